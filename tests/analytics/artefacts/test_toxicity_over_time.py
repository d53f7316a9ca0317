"""First toxicity of a grade over time, with death competing: worked by hand."""

import datetime as dt

import pytest

from analytics.artefacts.parts import Figure
from analytics.artefacts.toxicity_over_time import toxicity_over_time
from analytics.extract.days import known_day
from analytics.extract.facts import CourseFact, DeathFact, PatientFacts, StudyFacts
from tests.analytics.cohorts import make_cohort

START = dt.date(2020, 1, 1)
MONTHS_12 = 365.25


def on(days):
    return START + dt.timedelta(days=days)


def patient(name, last, *, died=False):
    return PatientFacts(
        name,
        "A",
        courses=[CourseFact(1, 1, known_day(START), known_day(START))],
        last_contact=known_day(on(last)),
        death=DeathFact(known_day(on(last)), "disease") if died else None,
    )


def event(name, onset, grade=3, phase="late"):
    day = None if onset is None else on(onset)
    return {"USUBJID": name, "term": "Pain", "grade": grade, "phase": phase, "onset": day}


def artefact(patients, events, **options):
    cohort = make_cohort(
        patients=[{} for _patient in patients],
        courses=[{"USUBJID": one.pseudonym, "course": 1} for one in patients],
        toxicities=events,
        facts=StudyFacts("jinling", None, tuple(patients)),
    )
    return toxicity_over_time(cohort, **options)


def figure(*arguments, **options):
    (part,) = artefact(*arguments, **options).parts
    assert isinstance(part, Figure)
    return part


def at_12_months(found):
    return [cell.value for cell in found.table.rows[0].cells]


def test_death_competes_and_is_no_censoring():
    """Toxicity on days 100 and 300, death on day 200, one seen to day 500 without any.

    F(12 months) = 1/4 + (2/4) (1/2) = 1/2; 1 - Kaplan-Meier would give 1 - (3/4)(1/2) = 0.625.
    """
    patients = [patient(f"P{n}", 600) for n in (1, 2)]
    patients += [patient("P3", 200, died=True), patient("P4", 500)]
    found = figure(patients, [event("P1", 100), event("P2", 300)])

    assert at_12_months(found) == [1, 2, 1, pytest.approx(0.5)]
    assert "2 with toxicity, 1 died without it" in found.table.notes[0]


def test_the_first_event_of_the_grade_and_phase_counts():
    patients = [patient("P1", 900), patient("P2", 900)]
    events = [
        event("P1", 400, 3),
        event("P1", 200, 2),
        event("P1", 150, 1),
        event("P1", 20, 4, "acute"),
    ]

    assert at_12_months(figure(patients, events, grade=2))[1] == 1
    assert at_12_months(figure(patients, events, grade=3))[1] == 0
    assert at_12_months(figure(patients, events, grade=3, phase="acute"))[1] == 1


def test_toxicity_on_the_day_of_death_counts_as_toxicity():
    found = figure([patient("P1", 200, died=True), patient("P2", 900)], [event("P1", 200)])

    assert at_12_months(found) == [1, 1, 0, pytest.approx(0.5)]


def test_who_has_no_day_is_left_out_and_said():
    # An event without an onset is neither acute nor late: its patient is not one without toxicity.
    patients = [patient("P1", 900), patient("P2", 900), PatientFacts("P3", "A")]
    found = figure(patients, [event("P1", 100), event("P2", None, phase="")])

    assert at_12_months(found)[0:2] == [0, 1]
    said = "whose onset does not tell acute from late: 1 patient"
    assert any(said in note for note in found.table.notes)
    assert any("no known start or follow-up: 1 patient" in note for note in found.table.notes)


def test_an_unclear_event_beside_a_clear_one_or_below_the_grade_leaves_nobody_out():
    patients = [patient("P1", 900), patient("P2", 900)]
    events = [
        event("P1", 100),
        event("P1", None, phase=""),
        event("P2", None, grade=1, phase=""),
    ]
    found = figure(patients, events, grade=2)

    assert at_12_months(found)[0:2] == [1, 1]
    assert not any("does not tell acute from late" in note for note in found.table.notes)


def test_the_figure_names_axis_and_competing_deaths():
    svg = figure([patient("P1", 900), patient("P2", 300, died=True)], [event("P1", 100)]).svg

    assert "Cumulative incidence (%)" in svg
    assert "Months since first day of radiotherapy" in svg
    assert "Died without it" in svg


@pytest.mark.parametrize(
    ("patients", "events", "reason"),
    [
        ([], [], "No patient has been treated yet."),
        ([patient("P1", 900)], [], "None of the 1 patient with a known time had such toxicity."),
        ([PatientFacts("P1", "A")], [], "No patient has a known time since the first day of RT."),
    ],
)
def test_nothing_to_draw_is_said_in_words(patients, events, reason):
    assert artefact(patients, events).reason == reason
