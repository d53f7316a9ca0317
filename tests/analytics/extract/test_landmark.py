"""The table of an endpoint from a landmark on: who goes on, from which day, and who is left out."""

import datetime as dt

import pytest

from analytics.extract import LandmarkTime, Reason
from analytics.extract.facts import StudyFacts
from analytics.extract.landmark import months_of_landmark
from analytics.extract.table import table_of
from registry.protocols.vocabulary import EventKind
from tests.analytics.extract.by_hand import death, endpoint, on, patient, progression

LOCAL_CONTROL = endpoint(competing=[EventKind.DEATH_ANY])


@pytest.mark.parametrize(
    ("months", "day"),
    # Months of 30.4375 days: 182.625, 365.25, 547.875, 730.5, 487 (16 months exactly).
    [(6, 182), (12, 365), (18, 547), (24, 730), (16, 487), (0.5, 15)],
)
def test_the_landmark_is_the_last_whole_day_within_the_months(months, day):
    assert LandmarkTime(months).day == day


@pytest.mark.parametrize("text", ["0", "-3", "twelve", "", "nan", "inf", "1201"])
def test_no_landmark_but_a_number_of_months_above_0(text):
    with pytest.raises(ValueError, match="Landmark: .*no number of months above 0, up to 1200"):
        months_of_landmark(text)


def test_months_are_read_as_typed():
    assert months_of_landmark("1.5") == 1.5


def table(*patients):
    return table_of(StudyFacts("jinling", None, patients), LOCAL_CONTROL)


def followed(name, *, last=None, failed=None, died=None):
    """Seen from 10 January 2024; day 365 is 9 January 2025."""
    facts = patient(last_contact=last)
    facts.pseudonym = name
    if failed:
        facts.progressions.append(progression(failed))
    if died:
        facts.death = death(died)
        facts.last_contact = on(died)
    return facts


@pytest.fixture
def at_a_year():
    return table(
        followed("P-1", failed="2025-01-09", last="2026-01-10"),
        followed("P-2", failed="2025-01-10", last="2026-01-10"),
        followed("P-3", last="2025-01-09"),
        followed("P-4", last="2026-01-10"),
        followed("P-5", died="2024-05-01"),
        followed("P-6", last="2024-01-01"),
    ).from_landmark(LandmarkTime(12))


def test_who_ended_up_to_and_including_the_landmark_is_left_out_with_the_reason(at_a_year):
    assert list(at_a_year.rows["USUBJID"]) == ["P-2", "P-4"]
    assert {one.pseudonym: one.reason for one in at_a_year.excluded} == {
        "P-1": Reason.EVENT_BEFORE_LANDMARK,
        "P-3": Reason.CENSORED_BEFORE_LANDMARK,
        "P-5": Reason.COMPETING_BEFORE_LANDMARK,
        "P-6": Reason.FOLLOW_UP_BEFORE_ORIGIN,
    }


def test_time_counts_from_the_landmark(at_a_year):
    rows = at_a_year.rows
    assert list(rows["AVAL"]) == [1, 366]
    assert {day.date().isoformat() for day in rows["STARTDT"]} == {"2025-01-09"}
    assert ((rows["ADT"] - rows["STARTDT"]).dt.days == rows["AVAL"]).all()
    assert at_a_year.event.tolist() == [True, False]


def test_the_numbers_say_from_where_they_count(at_a_year):
    numbers = at_a_year.numbers
    assert (numbers.n, numbers.events, numbers.n_excluded) == (2, 1, 4)
    assert numbers.landmark == LandmarkTime(12)


def test_columns_and_types_are_those_of_the_table():
    whole = table(followed("P-1", last="2026-01-10"))
    for months in (12, 36):
        cut = whole.from_landmark(LandmarkTime(months))
        assert cut.rows.dtypes.equals(whole.rows.dtypes)
        assert len(cut.rows) == len(cut.before_origin) == (months == 12)


def test_a_table_without_rows_stays_one():
    assert len(table().from_landmark(LandmarkTime(12)).rows) == 0


def test_as_many_go_on_as_are_at_risk_after_the_months():
    days = [181, 182, 183, 184]
    start = dt.date(2024, 1, 10)
    facts = [
        followed(f"P-{day}", last=(start + dt.timedelta(days=day)).isoformat()) for day in days
    ]
    cut = table(*facts).from_landmark(LandmarkTime(6))
    assert list(cut.rows["AVAL"]) == [day - 182 for day in days if day > 6 * 30.4375]
