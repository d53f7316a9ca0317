"""An amendment is the next version of a protocol: who may save it, from when, and only once."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from registry.errors import Refused, Stale
from registry.models import AuditEvent, ProtocolVersion
from registry.models.choices import AmendmentReach
from registry.protocols import ProtocolError
from registry.protocols.vocabulary import EndKind
from registry.selectors.protocol_versions import versions_of
from registry.services.amendments import Amendment, amend_schedule, drafted
from registry.services.studies import add_protocol_version
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.followup.amending import amendment, schedule_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 4, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def first() -> ProtocolVersion:
    return ProtocolVersionFactory.create()


def later_merge(version: ProtocolVersion, effective_on: dt.date = DAY) -> Amendment:
    """The schedule of the version with another tolerance."""
    return amendment(
        version, dataclasses.replace(schedule_of(version), merge_days=10), effective_on
    )


def test_an_amendment_is_saved_as_the_next_version(first: ProtocolVersion) -> None:
    person = coordinator(first.study, display_name="Coordinator")

    saved = amend_schedule(
        later_merge(first), study=first.study, seen_number=1, reason=" Amendment 1 ", by=person
    )

    saved.refresh_from_db()
    assert (saved.number, saved.effective_on) == (2, DAY)
    assert saved.applies_to == AmendmentReach.OPEN_VISITS
    assert saved.protocol.version == "2"
    assert schedule_of(saved).merge_days == 10
    newest, oldest = versions_of(first.study)
    assert (newest.version, newest.made_by, newest.reason) == (saved, "Coordinator", "Amendment 1")
    assert (oldest.version, oldest.made_by) == (first, "The registry itself")


def test_a_reason_is_needed(first: ProtocolVersion) -> None:
    with pytest.raises(Refused, match="reason: say why"):
        amend_schedule(
            later_merge(first),
            study=first.study,
            seen_number=1,
            reason=" ",
            by=coordinator(first.study),
        )


def test_who_does_not_coordinate_the_study_is_refused(first: ProtocolVersion) -> None:
    centre = ParticipationFactory.create(study=first.study, centre=CentreFactory.create()).centre
    elsewhere = ProtocolVersionFactory.create(study__key="cams").study
    people = [data_manager(centre), monitor(first.study), coordinator(elsewhere)]

    for person in people:
        with pytest.raises(PermissionDenied):
            amend_schedule(
                later_merge(first), study=first.study, seen_number=1, reason="No", by=person
            )
    assert first.study.protocol_versions.count() == 1


def test_the_second_of_two_coordinators_is_told(first: ProtocolVersion) -> None:
    by = coordinator(first.study)
    amend_schedule(later_merge(first), study=first.study, seen_number=1, reason="First", by=by)

    with pytest.raises(Stale):
        amend_schedule(later_merge(first), study=first.study, seen_number=1, reason="Then", by=by)
    assert first.study.protocol_versions.count() == 2


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (dt.date(2014, 12, 31), "Not before version 1, which is effective from 2015-01-01"),
        (dt.date(2028, 3, 11), "At most 24 months ahead, that is 2028-03-10"),
    ],
)
def test_an_impossible_day_is_refused(first: ProtocolVersion, day: dt.date, message: str) -> None:
    with pytest.raises(Refused, match=message):
        drafted(first, later_merge(first, day))


def test_the_last_possible_day_is_possible(first: ProtocolVersion) -> None:
    assert drafted(first, later_merge(first, dt.date(2028, 3, 10))).number == 2


def test_what_changes_nothing_is_refused(first: ProtocolVersion) -> None:
    with pytest.raises(Refused, match="nothing changes"):
        drafted(first, amendment(first, schedule_of(first), DAY))


def test_what_the_reader_refuses_is_not_saved(first: ProtocolVersion) -> None:
    endless = dataclasses.replace(schedule_of(first), ends_on=frozenset({EndKind.LOSS}))

    with pytest.raises(ProtocolError, match="schedule.ends_on"):
        amend_schedule(
            amendment(first, endless, DAY), study=first.study, seen_number=1, reason="x", by=None
        )
    assert first.study.protocol_versions.count() == 1


def test_a_draft_writes_nothing(first: ProtocolVersion) -> None:
    events = AuditEvent.objects.count()

    draft = drafted(first, later_merge(first))

    assert draft._state.adding
    assert (ProtocolVersion.objects.count(), AuditEvent.objects.count()) == (1, events)


def test_a_version_is_not_effective_before_the_one_it_follows(first: ProtocolVersion) -> None:
    day = first.effective_on - dt.timedelta(days=1)

    with pytest.raises(Refused, match="not before version 1"):
        add_protocol_version(study=first.study, source=first.source, effective_on=day, by=None)
    with (
        pytest.raises(IntegrityError, match="protocol_versions_in_order"),
        transaction.atomic(),
    ):
        ProtocolVersion.objects.create(
            study=first.study, number=2, effective_on=day, source=first.source
        )


def test_a_version_in_use_keeps_its_day_and_its_reach() -> None:
    version = EnrolmentFactory.create().protocol_version
    versions = ProtocolVersion.objects.filter(pk=version.pk)

    for change in ({"effective_on": DAY}, {"applies_to": "open_visits"}, {"number": 7}):
        with (
            pytest.raises(IntegrityError, match="protocol_version_in_use"),
            transaction.atomic(),
        ):
            versions.update(**change)
