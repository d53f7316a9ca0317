"""Which adverse events and deaths meet a rule, on patients typed by hand."""

import pytest

from analytics.safety.case_rules import SevereToxicity, TreatmentDeath, days_after_rt
from tests.analytics.extract.by_hand import course, death
from tests.analytics.safety.by_hand import event, facts, patient

ANY_4 = SevereToxicity(4, possible_only=False)
POSSIBLE_4 = SevereToxicity(4, possible_only=True)


def grades(rule, *events):
    found = rule.look(
        facts({one.patient.pseudonym: one.patient for one in events}.values(), events)
    )
    return [case.facts["grade"] for case in found.cases]


def test_each_event_of_the_grade_or_worse_is_a_case():
    one = patient()
    assert grades(ANY_4, *(event(one, grade) for grade in (1, 3, 4, 5, 4))) == [4, 5, 4]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("unrelated", False),
        ("unlikely", False),
        ("possible", True),
        ("probable", True),
        ("definite", True),
        ("", True),
    ],
)
def test_possibly_of_radiotherapy_is_what_nobody_judged_unrelated_or_unlikely(said, counts):
    one = event(patient(), 4, said=said)
    assert bool(grades(POSSIBLE_4, one)) is counts
    assert grades(ANY_4, one) == [4]


@pytest.mark.parametrize("rule", [ANY_4, POSSIBLE_4])
def test_what_was_there_before_radiotherapy_is_no_case(rule):
    assert grades(rule, event(patient(), 4, before=True)) == []
    assert grades(rule, event(patient(), 4, before=False)) == [4]


def test_a_severe_wound_complication_and_an_event_without_an_onset_are_cases():
    one = patient()
    wound = event(one, 4, term="Wound dehiscence", phase="acute")
    assert grades(POSSIBLE_4, wound, event(one, 4, onset=None, phase="")) == [4, 4]


def test_a_case_says_who_it_is_and_what_is_on_file():
    one = event(patient("P-7"), 4, term="Pneumonitis", said="probable")
    (case,) = POSSIBLE_4.look(facts([patient("P-1"), one.patient], [one])).cases
    assert (case.patient_id, case.pseudonym, case.toxicity_id) == (2, "P-7", one.id)
    assert case.facts == {
        "term": "Pneumonitis",
        "grade": 4,
        "onset": "2025-03-01",
        "phase": "late",
        "attribution": "probable",
        "present_before_rt": None,
    }


def deaths(rule, one, *events):
    return [case.facts for case in rule.look(facts([one], events)).cases]


@pytest.mark.parametrize(
    ("cause", "counts"),
    [("treatment", True), ("disease", False), ("other", False), ("unknown", False)],
)
def test_a_death_of_the_cause_treatment_counts_and_no_other_cause_by_itself(cause, counts):
    one = patient(death=death("2025-06-01", cause))
    assert bool(deaths(TreatmentDeath(), one)) is counts


@pytest.mark.parametrize(("said", "counts"), [("possible", True), ("", True), ("unlikely", False)])
def test_a_grade_5_that_may_be_of_radiotherapy_makes_any_death_one_of_treatment(said, counts):
    one = patient(death=death("2025-06-01", "disease"))
    found = deaths(TreatmentDeath(), one, event(one, 5, term="Sepsis", said=said))
    assert [facts["fatal"] for facts in found] == ([["Sepsis"]] if counts else [])


def test_a_patient_dies_once_whatever_speaks_for_it():
    one = patient(death=death("2025-06", "treatment"))
    rule = TreatmentDeath(within_days=365)
    (found,) = deaths(rule, one, event(one, 5, term="Sepsis"), event(one, 5, term="Lung infection"))
    assert found["cause"] == "treatment"
    assert found["died_on"] == "2025-06"
    assert found["fatal"] == ["Sepsis", "Lung infection"]


@pytest.mark.parametrize(
    ("died", "days"),
    [
        ("2024-01-24", 0),
        ("2024-02-23", 30),
        ("2024-02-24", 31),
        # During the course, which ended on the 24th.
        ("2024-01-20", 0),
        # Known to the month: as early as it may be, the 1st.
        ("2024-02", 8),
        ("2025", 343),
        # Before radiotherapy began.
        ("2024-01-09", None),
    ],
)
def test_days_after_radiotherapy_count_from_the_last_day_of_the_course(died, days):
    assert days_after_rt(patient(death=death(died, "unknown"))) == days


def test_within_thirty_days_any_cause_counts():
    rule = TreatmentDeath(within_days=30)
    assert deaths(rule, patient(death=death("2024-02-23", "disease")))
    assert not deaths(rule, patient(death=death("2024-02-24", "disease")))
    assert not deaths(rule, patient(death=death(None, "unknown")))
    assert not deaths(rule, patient())


def test_of_two_courses_the_last_before_death_counts():
    courses = [course(1, "2024-01-10", "2024-01-24"), course(2, "2025-05-01", "2025-05-12")]
    one = patient(courses=courses, death=death("2025-05-20", "disease"))
    assert days_after_rt(one) == 8
    # A course without a last day counts from its first.
    unfinished = patient(courses=[course(1, "2024-01-10")], death=death("2024-01-15", "disease"))
    assert days_after_rt(unfinished) == 5
    planned = patient(courses=[course(1)], death=death("2024-01-15", "disease"))
    assert days_after_rt(planned) is None
