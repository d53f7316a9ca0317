"""What was on file: at the end of a data cut, or now, and whether that is the same."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from analytics.known import NOW, THEN, is_as_now, known_at
from registry.models import Study
from tests.analytics.extract.cohort import follow, study_of
from tests.factories import ProtocolVersionFactory
from tests.registry.selectors.test_past_state import a_moment_later

NOON = dt.datetime(2026, 7, 10, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("data_cut", "known", "expected"),
    [
        (None, THEN, None),
        (None, NOW, None),
        (dt.date(2026, 7, 10), THEN, None),
        (dt.date(2026, 7, 11), THEN, None),
        (dt.date(2026, 7, 9), NOW, None),
        (dt.date(2026, 7, 9), THEN, dt.datetime(2026, 7, 9, 23, 59, 59, 999999, tzinfo=dt.UTC)),
    ],
)
def test_a_data_cut_in_the_past_is_known_as_at_the_end_of_its_day(
    data_cut: dt.date | None, known: str, expected: dt.datetime | None
) -> None:
    with time_machine.travel(NOON, tick=False):
        assert known_at(data_cut, known) == expected


def test_the_day_ends_where_the_installation_is(settings: Any) -> None:
    settings.TIME_ZONE = "Pacific/Auckland"
    with time_machine.travel(NOON, tick=False):
        # It is 11 July there, twelve hours ahead.
        assert known_at(dt.date(2026, 7, 11)) is None
        assert known_at(dt.date(2026, 7, 10)) == dt.datetime(
            2026, 7, 10, 11, 59, 59, 999999, tzinfo=dt.UTC
        )


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    follow(study, "P-1", 400, died=True)
    return study


@pytest.mark.django_db
@pytest.mark.services
def test_the_tables_are_those_of_a_moment_until_something_is_written(study: Study) -> None:
    moment = a_moment_later()
    assert is_as_now(study, moment)
    assert is_as_now(study, dt.datetime.now(dt.UTC))
    follow(study_of("cams"), "P-2", 400, died=True)
    assert not is_as_now(study, moment)


@pytest.mark.django_db
@pytest.mark.services
def test_they_are_not_when_another_protocol_has_come_into_force_since(study: Study) -> None:
    ProtocolVersionFactory.create(study=study, number=2, effective_on=dt.date(2060, 6, 1))
    evening = dt.datetime(2060, 5, 31, 20, tzinfo=dt.UTC)
    for hours, expected in ((0, True), (2, True), (12, False)):
        with time_machine.travel(evening + dt.timedelta(hours=hours), tick=False):
            assert is_as_now(study, evening) is expected
