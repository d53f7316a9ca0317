"""Stepwise Cox models against step(), drop1() and add1() of R."""

import math

import numpy as np
import pandas as pd
import pytest

from analytics.estimators import cox, stepwise_cox
from tests.analytics.estimators.cox_answers import agrees, made_again, same_answers, stored

STORED = stored("stepwise_cox")
TRACES = STORED["traces"]
DATA = {name: pd.DataFrame(data) for name, data in STORED["data"].items()}
PATIENTS = DATA["patients"]


def select(columns=STORED["columns"], data=PATIENTS, **keywords):
    return stepwise_cox(data["days"], data["event"], data[columns], **keywords)


@pytest.mark.parametrize("name", TRACES)
def test_the_steps_and_their_aic_are_those_of_r(name):
    trace = TRACES[name]
    found = select(
        trace["columns"],
        DATA[trace["data"]],
        direction=trace["direction"],
        criterion=trace["criterion"],
        keep=trace["keep"],
    )
    sign = {"remove": "-", "enter": "+"}

    done = [f"{sign[step.chosen.action]} {step.chosen.variable}" for step in found.steps[:-1]]
    assert done == trace["done"]
    assert found.steps[-1].chosen is None
    agrees([step.aic for step in found.steps], trace["aic"])
    assert sorted(found.selected) == trace["final"]


@pytest.mark.parametrize("direction", ["backward", "forward", "both"])
def test_what_is_weighed_at_a_step_is_the_table_of_drop1_and_add1(direction):
    answer = STORED["considered"][direction]
    keep = ["depth"] if direction == "both" else []
    step = select(direction=direction, keep=keep).steps[0]

    assert list(step.variables) == answer["variables"]
    agrees(step.aic, answer["aic"])
    assert [c.action for c in step.candidates] == answer["action"]
    assert [c.variable for c in step.candidates] == answer["variable"]
    agrees([c.df for c in step.candidates], answer["df"])
    agrees([c.aic for c in step.candidates], answer["candidate_aic"])
    agrees([c.statistic for c in step.candidates], answer["statistic"])
    agrees([c.p_value for c in step.candidates], answer["p"])


@pytest.mark.slow
def test_the_stored_answers_are_what_the_script_makes():
    again = made_again("stepwise_cox")
    for part in ("nested", "considered", "traces"):
        same_answers(again[part], STORED[part])


def test_the_final_model_is_the_cox_model_of_what_was_selected():
    found = select()
    alone = cox(PATIENTS["days"], PATIENTS["event"], PATIENTS[list(found.selected)])
    assert found.final.terms == alone.terms
    assert found.warnings == ()


def test_the_borders_of_p_decide_who_enters_and_leaves():
    strict = select(direction="forward", enter=0.002)
    assert strict.selected == ("grade", "margin")
    generous = select(direction="backward", remove=0.999)
    assert generous.selected == tuple(STORED["columns"])


def test_where_nothing_meets_the_criterion_there_is_no_model():
    found = select(["ecog", "depth"])
    assert found.selected == ()
    assert found.final is None


def test_a_column_that_adds_nothing_is_the_first_to_leave_and_never_enters():
    data = PATIENTS.assign(months=PATIENTS["age"] * 12.0)
    backward = select(["age", "months", "grade"], data)
    forward = select(["age", "months"], data, direction="forward")

    assert backward.steps[0].chosen.df == 0
    assert math.isnan(backward.steps[0].chosen.p_value)
    assert set(backward.selected) == {"months", "grade"}
    assert forward.selected == ("age",)


def test_a_clustered_selection_ends_in_robust_errors_and_says_what_the_steps_assume():
    found = select(cluster=PATIENTS.index // 2)

    assert found.selected == select().selected
    assert found.final.clusters == 120
    assert found.warnings == (
        "the steps take the rows of a cluster as independent; "
        "only the errors of the final model are robust",
    )


def test_without_any_event_nothing_is_selected():
    found = stepwise_cox([10, 20, 30], [0, 0, 0], pd.DataFrame({"age": [50, 60, 70]}))
    assert (found.steps, found.selected, found.final) == ((), (), None)
    assert found.warnings == ("there is no event: nothing can be selected",)


def test_strata_and_entry_are_used_at_every_step():
    data = PATIENTS[PATIENTS["days"] > 0]
    days, event, frame = data["days"], data["event"], data[["grade", "age"]]
    entry, centre = np.minimum(days - 1, 40), data["centre"]
    found = stepwise_cox(days, event, frame, entry=entry, strata=centre)
    whole = cox(days, event, frame, entry=entry, strata=centre)

    assert found.steps[0].aic == pytest.approx(whole.aic, rel=1e-12)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"direction": "up"}, "direction must be one of 'backward', 'forward', 'both', got 'up'"),
        ({"criterion": "bic"}, "criterion must be one of 'lr', 'aic', got 'bic'"),
        ({"enter": 5}, "enter must be between 0 and 1"),
        ({"remove": 0}, "remove must be between 0 and 1"),
        ({"direction": "both", "enter": 0.2}, "enter must not be above remove, got 0.2 and 0.1"),
        ({"keep": ["dose"]}, "keep: 'dose' is not among the columns"),
    ],
)
def test_bad_input_is_refused_with_the_name_of_the_argument(keywords, message):
    with pytest.raises(ValueError, match=message):
        select(**keywords)
