"""The table of Fine and Gray's model."""

import pytest

from analytics.artefacts.fine_gray_table import fine_gray_table
from analytics.artefacts.univariate import univariate
from tests.analytics.artefacts.reading import line, table
from tests.analytics.artefacts.survival_cohort import followed, lesions_of_r

RATIO = 2


def test_without_a_competing_event_the_model_is_that_of_cox():
    # No patient of these lesions dies, so that R's clustered Cox model answers here too.
    shown = table(
        fine_gray_table(
            lesions_of_r(),
            endpoint="LC",
            variables=["lesion_size_5"],
            references={"lesion_size_5": "le5"},
        )
    )
    assert line(shown, "> 5 cm")[RATIO] == "5.65 (2.19–14.60)"
    assert "Competing: death (0)." in shown.notes


def test_whoever_dies_first_stays_at_risk():
    # Nobody is censored before the last failure, so that the weights of the dead are 1 until then:
    # the model is that of Cox with the dead men as if they had been seen for long.
    values = [{"sex": "male"}] * 5 + [{"sex": "female"}] * 5
    failures = {0: 290, 1: 390, 5: 340, 6: 440}
    died = followed(
        [300, 400, 100, 110, 120, 350, 450, 500, 600, 700],
        [0, 0, 1, 1, 1, 0, 0, 0, 0, 0],
        values,
        local_failures=failures,
    )
    alive = followed(
        [300, 400, 900, 900, 900, 350, 450, 500, 600, 700],
        [0] * 10,
        values,
        local_failures=failures,
    )
    shown = table(fine_gray_table(died, endpoint="LC", variables=["sex"]))
    of_cox = table(univariate(alive, endpoint="LC", variables=["sex"], at_months=[12]))

    assert "Competing: death (3)." in shown.notes
    assert line(shown, "Male")[RATIO] == line(of_cox, "Male")[3]
    of_dead = table(univariate(died, endpoint="LC", variables=["sex"], at_months=[12]))
    assert line(shown, "Male")[RATIO] != line(of_dead, "Male")[3]


def test_an_endpoint_without_competing_events_is_said():
    found = fine_gray_table(
        followed([100], [1], [{"sex": "male"}]), endpoint="OS", variables=["sex"]
    )
    assert found.reason == "No event competes with this endpoint."


def test_nobody_is_said():
    found = fine_gray_table(followed([], []), endpoint="LC", variables=["sex"])
    assert found.reason == "There is nobody of whom all variables and the end are known."


def test_no_event_gives_no_ratio():
    cohort = followed([100, 200], [0, 1], [{"sex": "male"}, {"sex": "female"}])
    shown = table(fine_gray_table(cohort, endpoint="LC", variables=["sex"]))
    assert line(shown, "Male")[RATIO] == "–"


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("LC_PT", "Limits and Wald tests are robust (sandwich estimate, each patient by itself)."),
        ("LC", "Limits and Wald tests are robust: lesions are clustered in 4 patients."),
    ],
)
def test_what_the_limits_allow_for_is_said_of_patients_and_of_lesions(endpoint, said):
    cohort = followed(
        [100, 200, 300, 400],
        [1, 0, 0, 0],
        [{"sex": sex} for sex in ("male", "female", "male", "female")],
        local_failures={1: 150, 2: 250},
    )
    shown = table(fine_gray_table(cohort, endpoint=endpoint, variables=["sex"]))
    assert [note for note in shown.notes if note.startswith("Limits")] == [said]
