"""Facts that follow from other facts."""

from decimal import Decimal

import pytest

from registry.case import Case
from registry.derive import (
    age_at,
    course_dose,
    is_acute,
    last_known_alive,
    phases_of,
    treatment_term_days,
)
from registry.models import (
    Assessment,
    Course,
    ImagingStudy,
    LossToFollowUp,
    Patient,
    Phase,
    Target,
    ToxicityEvent,
)
from registry.partial_date import PartialDate
from registry.protocols import preset

day = PartialDate.parse


def phase(dose_gy: str | None, fraction_count: int | None, target: Target | None = None) -> Phase:
    return Phase(
        dose_gy=None if dose_gy is None else Decimal(dose_gy),
        fraction_count=fraction_count,
        target=target,
    )


def test_the_dose_of_a_course_is_the_sum_of_its_phases() -> None:
    dose = course_dose([phase("50", 25), phase("16", 8)])

    assert dose is not None
    assert dose.total_gy == Decimal(66)
    assert dose.fraction_count == 33
    assert dose.dose_per_fraction_gy == 2.0
    assert dose.eqd2_gy(3) == pytest.approx(66)  # 2 Gy per fraction throughout


def test_bed_of_two_phases_is_summed_phase_by_phase() -> None:
    dose = course_dose([phase("50", 25), phase("10", 2)])

    assert dose is not None
    # 60 from the first phase (2 Gy fractions), 15 from the second (5 Gy fractions)
    assert dose.bed_gy(10) == pytest.approx(75.0)
    assert dose.dose_per_fraction_gy is None


@pytest.mark.parametrize("phases", [[], [phase(None, 25)]])
def test_a_dose_that_is_not_known_is_none(phases: list[Phase]) -> None:
    assert course_dose(phases) is None


def test_without_fractions_the_total_is_known_and_bed_is_not() -> None:
    dose = course_dose([phase("60", None)])

    assert dose is not None
    assert dose.total_gy == Decimal(60)
    assert dose.bed_gy(10) is None
    assert dose.eqd2_gy(10) is None


def test_a_target_gets_its_own_phases_and_those_for_all() -> None:
    first, second = Target(pk=1), Target(pk=2)
    common, own, other = phase("50", 25), phase("10", 5, first), phase("16", 8, second)

    assert phases_of([common, own, other], first) == [common, own]


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2024-01-15", "2024-01-15", 1),
        ("2024-02-28", "2024-03-01", 3),  # leap year
        ("2024-02", "2024-03-01", None),
        (None, "2024-03-01", None),
    ],
)
def test_treatment_term_counts_both_ends(
    start: str | None, end: str | None, days: int | None
) -> None:
    course = Course(started_on=start and day(start), ended_on=end and day(end))

    assert treatment_term_days(course) == days


@pytest.mark.parametrize(
    ("birth", "on", "age"),
    [
        ("1960-05-17", "2024-05-16", 63),
        ("1960-05-17", "2024-05-17", 64),
        ("1960-02-29", "2023-02-28", 62),
        ("1960", "2024", 64),
    ],
)
def test_age_is_in_completed_years(birth: str, on: str, age: int) -> None:
    assert age_at(Patient(birth_date=day(birth)), day(on)) == age


@pytest.mark.parametrize(
    ("study", "onset", "acute"),
    [
        # jinling: acute within 3 months of the end of treatment (2024-01-31 → 2024-04-30)
        ("jinling", "2024-04-30", True),
        ("jinling", "2024-05-01", False),
        ("jinling", "2024-04", True),
        # cnao: acute within 90 days of the start (2024-01-15 → 2024-04-14)
        ("cnao", "2024-04-14", True),
        ("cnao", "2024-04-15", False),
        ("cnao", "2024-04", None),  # the border lies within the month
    ],
)
def test_acute_or_late_follows_the_protocol(study: str, onset: str, acute: bool | None) -> None:
    course = Course(started_on=day("2024-01-15"), ended_on=day("2024-01-31"))
    event = ToxicityEvent(onset_on=day(onset))

    assert is_acute(event, course, preset(study)) is acute


def test_last_known_alive_is_the_latest_of_visits_imaging_and_statements() -> None:
    case = Case(Patient())
    case.add(Assessment(assessed_on=day("2024-05-02")))
    case.add(ImagingStudy(performed_on=day("2024-05-20")))
    case.add(LossToFollowUp(last_known_alive_on=day("2024-06")))

    # As stated, not as the 15th of June by which it is ordered.
    assert last_known_alive(case) == day("2024-06")
    assert last_known_alive(Case(Patient())) is None
