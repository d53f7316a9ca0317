"""A dashboard is made once, and again when something of it has changed: at once."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.dashboard import cached
from analytics.dashboard.contents import read_contents
from analytics.kept import changes
from analytics.models import Audience
from registry.models import Patient, ProtocolVersion, Study
from registry.protocols import preset_text
from registry.services.centres import change_participation, change_study
from tests.analytics.dashboard.opening import answer, open_to, public, read
from tests.analytics.extract.cohort import after, enrol, study_of
from tests.analytics.kept.keeping import keep, study_with_patients
from tests.factories import ProgressionFactory, administrator, coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 2, 8, 15, tzinfo=dt.UTC)


@pytest.fixture
def study(time_machine: Any) -> Study:
    """Twelve lesions, three of which failed; kept."""
    time_machine.move_to(NOW, tick=False)
    made = study_with_patients()
    keep(made)
    return made


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Study]:
    """The studies whose dashboards were made, one after another."""
    found: list[Study] = []

    def noted(setting: Any, **given: Any) -> Any:
        found.append(setting.study)
        return read_contents(setting, **given)

    monkeypatch.setattr(cached, "read_contents", noted)
    return found


def local_failures(html: str) -> str:
    """How many are said beside the curve of local control."""
    return re.findall(r"lesions, events: ([^<]*)", html)[0]


def test_the_second_reader_costs_two_queries(study, made, django_assert_num_queries) -> None:
    path = public(study)
    first = read(path)

    with django_assert_num_queries(2):
        second = read(path)
    assert second == first
    assert len(made) == 1


def test_a_change_of_facts_shows_at_once_before_and_after_tables_are_kept(study, made) -> None:
    path = public(study)
    assert local_failures(read(path)) == "fewer than 5"
    for pseudonym in ("A-5", "B-5"):
        patient = Patient._base_manager.get(pseudonym=pseudonym)
        ProgressionFactory.create(
            patient=patient, lesion=patient.lesions(manager="_base_manager").get(), number=9,
            occurred_on=after(150),
        )  # fmt: skip
    changes.note([patient.pk], now=timezone.now())

    assert local_failures(read(path)) == "5"
    keep(study)
    assert local_failures(read(path)) == "5"
    assert len(made) == 2


def test_a_new_patient_is_counted_at_once(study) -> None:
    path = public(study)
    assert "<b>15</b>" in read(path)
    patient = enrol(study, "A-6")
    changes.note([patient.pk], now=timezone.now())

    assert "<b>16</b>" in read(path)


def test_a_change_of_the_switch_shows_at_once_and_closed_means_closed(study) -> None:
    path = public(study)
    assert 'id="LC"' in read(path)

    open_to(Audience.PUBLIC, study, shows_lc=False)
    assert 'id="LC"' not in read(path)
    open_to(Audience.OFF, study)
    assert answer(path).status_code == 404


def test_another_plan_title_or_protocol_shows_at_once(study) -> None:
    path = public(study)
    read(path)
    keeper = administrator()
    part = study.participations.get(centre__code="A")
    change_participation(
        part,
        activated_on=dt.date(2020, 1, 1),
        target_accrual=40,
        planned_per_month=Decimal(1),
        by=keeper,
        reason="Agreed",
    )
    assert "of 40 planned" in read(path)

    change_study(
        study,
        title="Another title",
        target_accrual=60,
        note="",
        follow_up_ends_on=None,
        by=keeper,
        reason="Renamed",
    )
    html = read(path)
    assert "<h1>Another title</h1>" in html
    assert "of 60 planned" in html

    ProtocolVersion.objects.create(
        study=study, number=2, effective_on=dt.date(2026, 3, 1), source=preset_text("jinling")
    )
    assert "Protocol version 2" in read(path)


def test_the_next_day_has_a_dashboard_of_its_own(study, made, time_machine) -> None:
    path = public(study)
    read(path)
    time_machine.move_to(NOW + dt.timedelta(days=1), tick=False)
    read(path)

    assert len(made) == 2


def test_people_of_the_study_and_the_public_are_given_the_same_one(study, made, client) -> None:
    path = public(study)
    read(path)
    client.force_login(coordinator(study))
    response = client.get(reverse("analytics:dashboard", args=[study.key]))

    assert response.status_code == 200
    assert len(made) == 1


def test_studies_are_not_mixed_up(study, made) -> None:
    other = study_of("cams")
    for number in range(1, 7):
        enrol(other, f"X-{number}")
    first, second = public(study), public(other)

    assert "Study jinling" in read(first)
    assert "Study cams" in read(second)
    assert made == [study, other]
