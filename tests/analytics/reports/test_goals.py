"""Goals of a study: read from a text, held to the limits of the rate that was seen."""

import pytest

from analytics.artefacts.parts import Table
from analytics.curves import Estimate
from analytics.reports.goals import Goal, goals_table, standing
from registry.protocols import preset
from tests.analytics.artefacts.survival_cohort import followed

GOAL = Goal("LC", 24, 85)


def test_a_goal_is_read_from_a_text_and_written_as_one() -> None:
    assert Goal.read(" LC@24>=85 ") == GOAL
    assert Goal.read("LATE_G2@6.5>=90.5") == Goal("LATE_G2", 6.5, 90.5)
    assert GOAL.text == "LC@24>=85"


@pytest.mark.parametrize(
    "text", ["", "LC", "LC@24", "LC@24>85", "LC@0>=85", "LC@24>=101", "L C@2>=5"]
)
def test_a_text_that_is_no_goal_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="goal"):
        Goal.read(text)


def test_a_goal_of_an_unknown_endpoint_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"goal XX@24>=85: .*it has LC"):
        Goal("XX", 24, 85).check(preset("jinling"))


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (Estimate(0.95, 0.85, 0.99), "Reached"),
        (Estimate(0.70, 0.60, 0.80), "Missed"),
        (Estimate(0.85, 0.70, 0.95), "Not decided: the estimate reaches the goal"),
        (Estimate(0.84, 0.70, 0.95), "Not decided: the estimate is below the goal"),
        (Estimate(1.0, None, None), "Not decided: the estimate reaches the goal"),
        (Estimate(None, None, None), "Not known"),
    ],
)
def test_the_limits_decide_whether_a_goal_is_reached(seen: Estimate, words: str) -> None:
    assert standing(GOAL, seen).startswith(words)


def test_a_goal_stands_beside_the_rate_that_was_seen() -> None:
    # One of four dies on day 100, the others are seen for 1000 days: 75 % at 24 months.
    artefact = goals_table(followed([100, 1000, 1000, 1000], [1, 0, 0, 0]), [Goal("OS", 24, 85)])

    table = artefact.parts[0]
    assert isinstance(table, Table)
    assert table.rows[0].label == "Overall survival at 24 months ≥ 85.0 %"
    assert table.rows[0].cells[0].text.startswith("75.0 % (")
    assert table.rows[0].cells[1].text.startswith("Not decided: the estimate is below the goal")
