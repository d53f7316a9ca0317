"""What a preview shows of an amendment is what saving it writes.

Radiotherapy ended on 31 January 2024. Under jinling visits are expected at months 3 and 6, then
every 6 to 60: on the last days of January and July. The amendment holds from 1 February 2025 on.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup.models import ExpectedVisit, Recomputation, VisitState
from followup.schedules import OverrideKind
from followup.selectors import amendment_preview
from followup.selectors.amendment_preview import (
    ChangeKind,
    PatientChanges,
    preview_page,
    preview_totals,
)
from followup.services import (
    amendments,
    apply_amendment,
    recompute_all,
    say_about_visit,
    visits,
)
from followup.services.visits import Changes
from registry.models import Enrolment, ProtocolVersion
from registry.models.choices import AmendmentReach
from registry.protocols.calendar import Offset, OffsetUnit
from registry.protocols.schedule import Schedule, Segment, Window
from registry.protocols.vocabulary import Item, WorkingDays
from registry.scope import scoped_to, system_scope
from registry.services.amendments import Amendment, drafted
from tests.factories import CentreFactory, DeathFactory, coordinator, data_manager
from tests.followup.amending import REASON, amendment, schedule_of, with_segments
from tests.followup.factories import followed, full_visit, stored

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
FROM = dt.date(2025, 2, 1)
M = OffsetUnit.MONTHS
MONTH = Window(Offset(30, OffsetUnit.DAYS), Offset(30, OffsetUnit.DAYS))


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def patient() -> Enrolment:
    """Month 3 (30 April 2024) took place; visits are stored as of 1 June 2024."""
    enrolment = followed()
    full_visit(enrolment, "2024-04-30")
    recompute_all(today=TODAY)
    return enrolment


def yearly(version: ProtocolVersion) -> Schedule:
    """Months 3 and 6, then every 12 to 36."""
    three, six, _rest = schedule_of(version).clocks[0].segments
    return with_segments(version, three, six, Segment(M, 12, 36, 12, MONTH))


def on_working_days(version: ProtocolVersion) -> Schedule:
    return dataclasses.replace(schedule_of(version), working_days=WorkingDays.NEXT)


def without_toxicity(version: ProtocolVersion) -> Schedule:
    schedule = schedule_of(version)
    (clock,) = schedule.clocks
    items = tuple(item for item in clock.items if item is not Item.TOXICITY)
    return dataclasses.replace(schedule, clocks=(dataclasses.replace(clock, items=items),))


def previewed(enrolment: Enrolment, change: Amendment) -> PatientChanges:
    draft = drafted(enrolment.protocol_version, change)
    with scoped_to(coordinator(enrolment.study)):
        _page, lines = preview_page(draft, None, today=TODAY)
    (line,) = [one for one in lines if one.pseudonym == enrolment.patient.pseudonym]
    return line


def save(enrolment: Enrolment, change: Amendment) -> amendments.Applied:
    return apply_amendment(
        change, study=enrolment.study, seen_number=1, reason=REASON, by=None, today=TODAY
    )


def months(changes: Iterable[amendment_preview.VisitChange], kind: ChangeKind) -> list[str]:
    shown = [one.after or one.before for one in changes if one.kind is kind]
    return [one.label for one in shown if one]


def test_visits_that_the_new_schedule_does_not_have_are_dropped(patient: Enrolment) -> None:
    version = patient.protocol_version

    line = previewed(patient, amendment(version, yearly(version), FROM))

    assert months(line.visits, ChangeKind.DROPPED) == [
        f"Month {number}" for number in (18, 30, 42, 48, 54, 60)
    ]
    assert (line.added, line.dropped, line.moved, line.changed, line.unchanged) == (0, 6, 0, 0, 5)


def test_visits_move_from_the_day_on_and_not_before(patient: Enrolment) -> None:
    version = patient.protocol_version

    line = previewed(patient, amendment(version, on_working_days(version), FROM))

    # 31 January 2026 and 2027 and 31 July 2027 are days of a weekend.
    moved = [
        (one.before.target, one.after.target) for one in line.visits if one.before and one.after
    ]
    assert moved == [
        (dt.date(2026, 1, 31), dt.date(2026, 2, 2)),
        (dt.date(2027, 1, 31), dt.date(2027, 2, 1)),
        (dt.date(2027, 7, 31), dt.date(2027, 8, 2)),
    ]
    assert (line.moved, line.unchanged) == (3, 8)


def test_other_items_are_a_change(patient: Enrolment) -> None:
    version = patient.protocol_version

    line = previewed(patient, amendment(version, without_toxicity(version), FROM))

    # Month 18 to 60 ask for less; 3, 6 and 12 stand before the day.
    assert months(line.visits, ChangeKind.CHANGED) == [
        f"Month {number}" for number in range(18, 61, 6)
    ]
    assert all("toxicity" not in one.after.items for one in line.visits if one.after)
    assert line.unchanged == 3


def test_visits_that_are_new_are_added(patient: Enrolment) -> None:
    version = patient.protocol_version
    segments = schedule_of(version).clocks[0].segments
    longer = with_segments(version, *segments, Segment(M, 72, 84, 12, MONTH))

    line = previewed(patient, amendment(version, longer, FROM))

    assert [(one.after.label, one.after.target) for one in line.visits if one.after] == [
        ("Month 72", dt.date(2030, 1, 31)),
        ("Month 84", dt.date(2031, 1, 31)),
    ]
    assert (line.added, line.unchanged) == (2, 11)


def test_nobody_is_expected_after_a_death_whatever_is_added(patient: Enrolment) -> None:
    DeathFactory.create(patient=patient.patient, died_on="2024-05-20")
    recompute_all(today=TODAY)
    version = patient.protocol_version
    segments = schedule_of(version).clocks[0].segments
    longer = with_segments(version, *segments, Segment(M, 72, 84, 12, MONTH))

    line = previewed(patient, amendment(version, longer, FROM))

    assert line.visits == ()


@pytest.mark.parametrize("change", [yearly, on_working_days, without_toxicity])
def test_what_was_shown_is_what_is_written(patient: Enrolment, change) -> None:
    other = followed(ended_on="2024-03-15", centre=CentreFactory.create(code="Z"))
    recompute_all(today=TODAY)
    version = patient.protocol_version
    with system_scope():
        visit = ExpectedVisit.objects.get(enrolment=other, key="last_rt_day-m06")
    say_about_visit(
        visit,
        by=None,
        kind=OverrideKind.POSTPONED,
        reason="Abroad",
        postponed_to=dt.date(2024, 9, 20),
        today=TODAY,
    )
    amended = amendment(version, change(version), FROM)
    shown = {row.pk: previewed(row, amended) for row in (patient, other)}
    before = {row.pk: stored(row) for row in (patient, other)}

    applied = save(patient, amended)

    written = 0
    for row in (patient, other):
        after = stored(row)
        for one in shown[row.pk].visits:
            key = _key_of(before[row.pk] | after, one)
            was, now = before[row.pk].get(key), after[key]
            is_gone = now.state in (VisitState.SUPERSEDED, VisitState.CANCELLED)
            assert (one.after is None) == is_gone
            assert one.after is None or one.after.target == now.target
            assert one.after is None or list(one.after.items) == now.requirements
            assert (one.before.target if one.before else None) == (was.target if was else None)
        same = [
            key
            for key, was in before[row.pk].items()
            if (was.state, was.target, was.window_start, was.window_end, was.requirements)
            == tuple(
                getattr(after[key], name)
                for name in ("state", "target", "window_start", "window_end", "requirements")
            )
        ]
        assert len(same) == shown[row.pk].unchanged
        written += len(shown[row.pk].visits)
    assert applied.changes is not None
    assert applied.changes.created + applied.changes.updated == written
    assert recompute_all(today=TODAY) == Changes()


def _key_of(rows: dict[str, ExpectedVisit], change: amendment_preview.VisitChange) -> str:
    shown = change.after or change.before
    assert shown is not None
    (key,) = [key for key, row in rows.items() if row.label == shown.label]
    return key


def test_a_visit_that_is_done_stays(patient: Enrolment) -> None:
    version = patient.protocol_version
    three, *rest = schedule_of(version).clocks[0].segments
    without_three = with_segments(version, *rest)
    assert three.first == 3

    line = previewed(patient, amendment(version, without_three, dt.date(2024, 4, 1)))
    save(patient, amendment(version, without_three, dt.date(2024, 4, 1)))

    assert line.visits == ()
    assert stored(patient)["m03"].state == VisitState.DONE


def test_new_patients_only_changes_nobody(patient: Enrolment) -> None:
    version = patient.protocol_version
    change = amendment(version, yearly(version), FROM, AmendmentReach.NEW_PATIENTS)
    before = stored(patient)

    line, applied = previewed(patient, change), save(patient, change)

    assert line.visits == ()
    assert applied.changes == Changes()
    assert [row.revision for row in stored(patient).values()] == [0] * len(before)


def test_totals_are_summed_by_centre(patient: Enrolment) -> None:
    for _ in range(2):
        followed(centre=CentreFactory.create(code="Z", name="Centre Z"))
    recompute_all(today=TODAY)
    version = patient.protocol_version
    draft = drafted(version, amendment(version, yearly(version), FROM))

    with scoped_to(coordinator(patient.study)):
        totals = preview_totals(draft, today=TODAY)

    *_, centre_z = totals.centres
    assert (centre_z.centre, centre_z.patients, centre_z.dropped) == ("Centre Z", 2, 12)
    assert (totals.together.patients, totals.together.affected) == (3, 3)
    assert (totals.together.dropped, totals.together.unchanged) == (18, 15)
    assert not totals.is_cut


def test_totals_say_when_they_are_cut(patient: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:
    followed()
    monkeypatch.setattr(amendment_preview, "MOST_COUNTED", 1)
    version = patient.protocol_version
    draft = drafted(version, amendment(version, yearly(version), FROM))

    with scoped_to(coordinator(patient.study)):
        totals = preview_totals(draft, today=TODAY)

    assert (totals.together.patients, totals.enrolled, totals.is_cut) == (1, 2, True)


def test_a_preview_shows_the_readers_patients_only(patient: Enrolment) -> None:
    elsewhere = followed(centre=CentreFactory.create(code="Z"))
    version = patient.protocol_version
    draft = drafted(version, amendment(version, yearly(version), FROM))

    with scoped_to(data_manager(patient.patient.centre)):
        _page, lines = preview_page(draft, None, today=TODAY)

    assert [line.pseudonym for line in lines] == [patient.patient.pseudonym]
    assert elsewhere.patient.pseudonym != patient.patient.pseudonym


def test_the_queries_of_a_preview_do_not_grow_with_the_patients(patient: Enrolment) -> None:
    version = patient.protocol_version
    draft = drafted(version, amendment(version, yearly(version), FROM))
    person = coordinator(patient.study)

    def queries() -> int:
        with scoped_to(person), CaptureQueriesContext(connection) as captured:
            preview_page(draft, None, today=TODAY)
        return len(captured)

    few = queries()
    for _ in range(4):
        full_visit(followed(), "2024-05-02")
    recompute_all(today=TODAY)
    assert queries() == few


def test_an_amendment_during_a_sweep_is_not_lost(
    patient: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    Recomputation.objects.all().delete()
    version = patient.protocol_version
    recompute = visits.recompute

    def amended_meanwhile(patient_ids: Iterable[int], *, today: dt.date) -> Changes:
        changes = recompute(patient_ids, today=today)
        save(patient, amendment(version, yearly(version), FROM))
        return changes

    monkeypatch.setattr(visits, "recompute", amended_meanwhile)
    recompute_all(today=TODAY)

    assert not Recomputation.objects.filter(day=TODAY).exists()


def test_the_visits_of_many_patients_are_left_to_the_next_sweep(
    patient: Enrolment, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(amendments, "AT_ONCE", 0)
    version = patient.protocol_version
    assert Recomputation.objects.filter(day=TODAY).exists()

    with django_capture_on_commit_callbacks(execute=True):
        applied = save(patient, amendment(version, yearly(version), FROM))

    assert applied.changes is None
    assert not Recomputation.objects.filter(day=TODAY).exists()
    assert stored(patient)["m18"].state == VisitState.OPEN
    recompute_all(today=TODAY)
    assert stored(patient)["m18"].state == VisitState.SUPERSEDED
