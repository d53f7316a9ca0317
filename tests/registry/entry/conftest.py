"""A patient of a study, a data manager, and forms filled as the browser sends them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.services import recompute
from registry.models import Disease, Lesion, Patient, User
from registry.scope import system_scope
from tests.factories import (
    CourseFactory,
    EnrolmentFactory,
    LesionFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    data_manager,
)

Fields = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """A data manager before a patient's forms."""

    client: Client
    user: User
    patient: Patient
    lesion: Lesion

    def address(self, form: str, key: str = "new") -> str:
        return reverse("registry:enter", args=[form, key, self.patient.pseudonym])

    def live(self, form: str, key: str, fields: Fields) -> Any:
        return self.client.post(self.address(form, key).replace("/enter/", "/live/"), fields)

    def send(self, form: str, key: str, fields: Fields, **more: Any) -> Any:
        sent = {"submission": str(uuid.uuid4()), "user": str(self.user.pk), **fields}
        return self.client.post(self.address(form, key), sent, **more)

    def opened(self, form: str, key: str) -> Fields:
        """The fields of a form as a browser would send them back untouched."""
        return fields_of(self.client.get(self.address(form, key)).content.decode())


def fields_of(page: str) -> Fields:
    """What a browser sends of the entry form on a page when nothing is touched."""
    form = page[page.index('id="entry"') : page.index("</form>", page.index('id="entry"'))]
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        ticked = given.get("type") not in ("checkbox", "radio") or " checked" in tag
        if "name" in given and ticked:
            fields.setdefault(given["name"], []).append(unescape(given.get("value", "")))
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = [chosen.group(1) if chosen else ""]
    for name, text in re.findall(r'<textarea name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        fields[name] = [unescape(text)]
    return dict(fields)


DISEASE = {
    "disease-version": "1",
    "disease-diagnosed_on": "2023-05",
    "disease-site": "thigh",
    "disease-size_cm": "8,4",
    "disease-depth": "unknown",
    "disease-histology": "",
}


@pytest.fixture
def saved(desk: Desk) -> Disease:
    """The patient's disease, diagnosed in May 2023, 8.4 cm."""
    desk.send("disease", "new", DISEASE)
    with system_scope():
        disease: Disease = Disease.objects.get()
        return disease


@pytest.fixture
def make_desk(db: None, client: Client) -> Callable[..., Desk]:
    """A desk for a study, by its preset."""

    def make(study: str = "jinling") -> Desk:
        version = ProtocolVersionFactory.create(study__key=study)
        patient = PatientFactory.create(pseudonym=f"{study.upper()}-1")
        ParticipationFactory.create(study=version.study, centre=patient.centre)
        EnrolmentFactory.create(patient=patient, protocol_version=version)
        lesion = LesionFactory.create(patient=patient, number=1)
        user = data_manager(patient.centre)
        client.force_login(user)
        return Desk(client, user, patient, lesion)

    return make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    """A desk in the study jinling."""
    return make_desk()


@pytest.fixture
def treated(desk: Desk) -> Iterator[Desk]:
    """A patient irradiated until 31 January 2024, lesion 1 of 4 cm, visits planned; in May 2024."""
    now = dt.datetime(2024, 5, 10, 12, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        CourseFactory.create(patient=desk.patient, number=1)
        recompute([desk.patient.pk], today=now.date())
        yield desk
