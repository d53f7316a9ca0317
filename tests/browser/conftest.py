"""A study with a few patients, and people who look at it in Chromium."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from followup.services import recompute_all
from registry.models import Patient, Study, User
from tests.browser.typist import Typist
from tests.factories import (
    CentreFactory,
    DeathFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.factories.people import PASSWORD
from tests.registry.views.full_case import full_case

# A busy machine is slow, not wrong: what is waited for comes at once or, when it fails, never.
expect.set_options(timeout=20_000)

PATIENTS = 6

SignIn = Callable[[User], None]


@dataclass(frozen=True)
class World:
    """What the browser tests walk through."""

    study: Study
    patient: Patient
    manager: User
    coordinator: User


@pytest.fixture
def world(transactional_db: None) -> World:
    """A study of one centre: patients with rows of every kind, two of them dead, visits planned."""
    study = ProtocolVersionFactory.create().study
    centre = CentreFactory.create(code="A", name="Centre A")
    ParticipationFactory.create(study=study, centre=centre)
    version = study.protocol_version()
    patients = [
        full_case(version, centre=centre, pseudonym=f"JINLING-A-{number:03d}")
        for number in range(1, PATIENTS + 1)
    ]
    for patient, died_on in zip(patients, ("2024-09-02", "2025-04-17"), strict=False):
        DeathFactory.create(patient=patient, died_on=died_on)
    recompute_all(today=dt.date(2026, 1, 15))
    return World(
        study=study,
        patient=patients[-1],
        manager=data_manager(centre, display_name="Data manager, Centre A", email="dm@example.org"),
        coordinator=coordinator(study, display_name="Coordinator, jinling"),
    )


@pytest.fixture
def sign_in(page: Page) -> SignIn:
    """Sign a person in through the form."""

    def through_the_form(user: User) -> None:
        page.goto(reverse(settings.LOGIN_URL))
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"**{reverse('registry:home')}")

    return through_the_form


@pytest.fixture
def hands(page: Page, transactional_db: None) -> Typist:
    """A person at the keyboard."""
    page.set_default_timeout(20_000)
    return Typist(page)
