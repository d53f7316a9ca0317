"""Names, record numbers, contacts and full birth dates reach nobody outside of their centre.

The world's patients bear words that occur nowhere else. All that people can get is collected and
looked through for them: of their own centre's patients it must be found, of others' never.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Task
from django.conf import settings
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.models import ReportEdition, ReportSchedule
from analytics.reports.files import FORMATS
from analytics.reports.mails import compose
from analytics.services.report_issues import make_due
from analytics.services.report_schedules import enter_issue
from followup import letters
from followup.models import LetterKind
from followup.sweep import sweep
from registry.api.entities import ENTITIES
from registry.models import Death, LossToFollowUp
from registry.scope import system_scope
from tests import figures
from tests.access.collecting import LINK, Collected, collect, plain, said
from tests.access.world import CANARIES, OTHER, OWN, Person, World, sign_in

pytestmark = pytest.mark.django_db

EVERYBODY_S = (*CANARIES[OWN].traces(), *CANARIES[OTHER].traces())

MUST_NOT_SEE = {
    "coordinator own": EVERYBODY_S,
    "monitor own": EVERYBODY_S,
    "analyst own": EVERYBODY_S,
    "administrator": EVERYBODY_S,
    "guest": EVERYBODY_S,
    "former data manager": EVERYBODY_S,
    "data_manager own": CANARIES[OTHER].traces(),
    "investigator other": CANARIES[OWN].traces(),
}


@pytest.fixture(autouse=True)
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test does, no line of any logger has a canary in it."""
    with caplog.at_level(logging.DEBUG):
        yield
    text = "\n".join(record.getMessage() for record in caplog.records).lower()
    assert [trace for trace in EVERYBODY_S if trace in text] == []


@pytest.mark.parametrize("name", MUST_NOT_SEE)
def test_nothing_that_a_person_can_get_tells_who_a_patient_of_others_is(
    name: str, world: World, record_property: Any
) -> None:
    found = collect(world.person(name), world)
    leaks = found.with_trace(MUST_NOT_SEE[name])

    record_property("shown", figures.of_canaries(dict(found.counts), len(leaks)))
    assert leaks == []
    assert len(found.texts) > 100


@pytest.mark.parametrize("place", [OWN, OTHER])
def test_the_own_centre_does_see_who_its_patients_are(place: str, world: World) -> None:
    """Or the test above would pass on empty pages."""
    person = world.person(f"data_manager {place}")
    client = browser_of(person)
    side = world.own if place == OWN else world.other
    canary = CANARIES[place]

    got = Collected()
    for address in (
        reverse("registry:patient", args=[side.patient.pseudonym]),
        reverse("registry:enter", args=["patient", "1", side.patient.pseudonym]),
        reverse("api:identities-list"),
        reverse("api:patients-list"),
    ):
        got.take(address, client.get(address))
    everything = "\n".join(got.texts.values())

    assert canary.family_name.lower() in everything
    assert canary.record_number.lower() in everything
    assert canary.birth_date in everything


def test_a_public_dashboard_tells_nobody_who_a_patient_is(world: World) -> None:
    """Nor under which pseudonym; and it leads nowhere else but to the sign-in page."""
    found = Collected()
    for side in (world.own, world.other):
        response = Client().get(side.dashboard)
        assert response.status_code == 200
        text = found.take(side.dashboard, response)
        assert side.patient.pseudonym.lower() not in text
        assert set(LINK.findall(text)) - {"/login/"} == {
            one for one in LINK.findall(text) if one.startswith("/static/")
        }

    assert found.with_trace(EVERYBODY_S) == []


def test_a_birth_date_shown_to_a_coordinator_would_be_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The collection can fail: with the rule of the own centre off, it finds what leaks."""
    monkeypatch.setattr("registry.selectors.history.is_own_centre", lambda _patient: True)
    client = browser_of(world.person("coordinator own"))
    address = reverse("registry:history", args=[world.own.patient.pseudonym])

    found = Collected()
    found.take(address, client.get(address))

    assert found.with_trace(EVERYBODY_S)


def browser_of(person: Person) -> Client:
    client = Client(raise_request_exception=False)
    sign_in(client, person.user)
    return client


@pytest.mark.parametrize("name", ["coordinator own", "analyst own", "guest", "data_manager other"])
def test_a_search_for_a_name_or_number_of_others_finds_what_a_search_for_nonsense_finds(
    name: str, world: World
) -> None:
    client = browser_of(world.person(name))
    address = reverse("followup:search")

    def found(text: str) -> tuple[int, str, str]:
        response = client.post(address, {"text": text})
        return response.status_code, response.headers.get("Location", ""), said(response, text)

    nonsense = found("Xyzzyplugh")
    canary = CANARIES[OWN]
    for text in (canary.family_name, canary.record_number, canary.given_names):
        assert found(text) == nonsense


def test_filters_and_orders_of_the_interface_take_no_column_of_identities(world: World) -> None:
    """A count of rows is an answer, too."""
    client = browser_of(world.person("coordinator own"))
    tried = 0
    for entity in ENTITIES:
        address = reverse(f"api:{entity.name}-list")
        for column in ("identity__family_name", "patient__identity__family_name", "birth_date"):
            for query in (
                {column: "Quillanova"},
                {f"{column}__startswith": "1957"},
                {"ordering": column},
                {"ordering": f"-{column}"},
                {"fields": column},
            ):
                if column == "birth_date" and entity.name == "patients":
                    continue  # its own column: shown as a year, see below
                tried += 1
                assert client.get(address, query).status_code in (400, 403, 422), (address, query)
    assert tried > 300


def test_a_birth_date_cannot_be_guessed_by_filters_or_orders(world: World) -> None:
    client = browser_of(world.person("coordinator own"))
    address = reverse("api:patients-list")
    right, wrong = CANARIES[OWN].birth_date, "1957-03-20"
    for name in ("birth_date", "birth_date__gte", "birth_date__lt", "birth_date__startswith"):
        answers = [
            (answer.status_code, said(answer, day))
            for day in (right, wrong)
            for answer in [client.get(address, {name: day})]
        ]
        assert answers[0] == answers[1], name


def test_mails_tasks_and_file_names_tell_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    sent: list[str] = []

    def queued(_task: Task, *args: Any, **kwargs: Any) -> None:
        sent.append(f"{args} {kwargs}".lower())

    monkeypatch.setattr(Task, "apply_async", queued)
    monkeypatch.setattr(transaction, "on_commit", lambda run, **_: run())
    manager = browser_of(world.person("data_manager own"))
    coordinator = browser_of(world.person("coordinator own"))
    pseudonym = world.own.patient.pseudonym
    coordinator.post(reverse("registry:send_message", args=[pseudonym]), {"text": "When?"})
    manager.post(reverse("registry:import_check", args=[world.own.upload.key]))
    manager.post(reverse("account_reset_password"), {"email": world.person("guest").user.email})
    administrator = browser_of(world.person("administrator"))
    person = world.person("former data manager").user
    administrator.post(reverse("registry:person", args=[person.pk]), {"do": "invite"})
    with system_scope():  # visits of the dead and the lost are not waited for
        Death.objects.all().delete()
        LossToFollowUp.objects.all().delete()
    now = dt.datetime(2024, 9, 2, 8, tzinfo=dt.UTC)
    sweep(clock=lambda: now)
    names = [path.name.lower() for path in Path(settings.UPLOAD_DIR).iterdir()]
    mails = [str(one.message()).lower() for one in mail.outbox]

    everything = "\n".join([*sent, *mails, *names])
    assert [trace for trace in EVERYBODY_S if trace in everything] == []
    assert sent
    assert names
    assert mails
    counts = {"tasks": len(sent), "mails": len(mails), "file names": len(names)}
    record_property("shown", figures.of_canaries(counts, 0))


def test_reports_that_a_worker_makes_and_mails_about_them_tell_nothing(
    world: World, record_property: Any
) -> None:
    ReportSchedule.objects.update(sends_file=True)
    now = timezone.now()
    issue = enter_issue(world.own.schedule, occasion="now", due_on=now.date(), now=now)
    make_due(clock=lambda: now)
    letters.send(LetterKind.REPORT, compose, clock=lambda: now)

    editions = list(ReportEdition.objects.filter(issue=issue))
    files = [
        plain(kind.split(";")[0], bytes(getattr(edition, ending)))
        for edition in editions
        for ending, (kind, _make) in FORMATS.items()
    ]
    mails = [str(one.message()) for one in mail.outbox]

    everything = "\n".join([*files, *mails]).lower()
    assert [trace for trace in EVERYBODY_S if trace in everything] == []
    assert "1 patient enrolled" in everything
    assert world.own.centre.code in everything
    assert world.other.centre.code not in everything
    # Everything, one centre, and of both what a mail may carry; the centre's address refuses mail.
    assert len(editions) == 4
    assert sum("application/pdf" in one for one in mails) == 1
    record_property("shown", figures.of_canaries({"reports": len(files)}, 0))


def test_a_fault_of_the_server_tells_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault in a page")

    client = browser_of(world.person("data_manager own"))
    monkeypatch.setattr("registry.views.entry.open_entry", fail)
    address = reverse("registry:enter", args=["patient", "1", world.own.patient.pseudonym])
    typed = {"identity-family_name": CANARIES[OWN].family_name}

    response = client.post(address, typed)

    assert response.status_code == 500
    text = response.content.decode().lower()
    assert [trace for trace in EVERYBODY_S if trace in text] == []
