"""A form that arrives twice at the same moment, as after a double click on a slow network."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from registry.models import Disease
from registry.scope import system_scope
from tests.factories import PatientFactory, data_manager

# SQLite in memory has one connection: only a server runs two writers side by side.
pytestmark = [pytest.mark.services(only=True), pytest.mark.django_db(transaction=True)]


def send_together(user, addresses, fields):
    """Send the same fields to each address from threads that start together."""
    start = threading.Barrier(len(addresses))
    answers = []

    def send(address):
        client = Client()
        client.force_login(user)
        start.wait()
        answers.append(client.post(address, fields).status_code)
        connections.close_all()

    threads = [threading.Thread(target=send, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_form_sent_four_times_at_once_makes_one_row():
    patient = PatientFactory.create()
    address = reverse("registry:enter", args=["disease", "new", patient.pseudonym])
    fields = {"submission": str(uuid.uuid4()), "disease-version": "1", "disease-site": "thigh"}

    answers = send_together(data_manager(patient.centre), [address] * 4, fields)

    assert answers == [302] * 4
    with system_scope():
        assert Disease.objects.count() == 1


def test_two_people_who_add_a_row_at_once_get_numbers_of_their_own():
    patient = PatientFactory.create()
    address = reverse("registry:enter", args=["disease", "new", patient.pseudonym])
    fields = {"disease-version": "1", "disease-site": "thigh"}

    answers = send_together(data_manager(patient.centre), [address] * 3, fields)

    assert answers == [302] * 3
    with system_scope():
        assert sorted(row.number for row in Disease.objects.all()) == [1, 2, 3]
