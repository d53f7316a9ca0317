"""The address of the workbench is the whole state: it is read back as it was written."""

import datetime as dt
from dataclasses import replace

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.address import read_conditions, read_data_cut
from analytics.condition_form import condition_form, typed_condition
from analytics.covariates import Condition, catalogue
from analytics.extract import LandmarkTime
from analytics.later.states import STATES, states_for
from analytics.workbench.choices import Choices, read_choices, read_landmark
from tests.analytics.cohorts import make_cohort

COHORT = make_cohort()
COVARIATES = catalogue(COHORT)
GROUPINGS = [code for code, one in COVARIATES.items() if one.kind == "category"]

ENDPOINT = COHORT.protocol.endpoint("OS")

choices = st.builds(
    Choices,
    endpoint=st.just("OS"),
    group=st.sampled_from(["", *GROUPINGS]),
    where=st.lists(
        st.sampled_from([Condition.parse("grade:in:1,2"), Condition.parse("size_cm:gt:5")]),
        unique=True,
    ).map(tuple),
    at_months=st.lists(st.integers(0, 240).map(float), min_size=1, max_size=5, unique=True).map(
        lambda months: tuple(sorted(months))
    ),
    landmark=st.none() | st.sampled_from([0.5, 6.0, 12.0, 1200.0]),
    adjust=st.lists(st.sampled_from(list(COVARIATES)), max_size=4, unique=True).map(tuple),
    later=st.lists(
        st.sampled_from([state.code for state in states_for(ENDPOINT)]), max_size=3, unique=True
    ).map(tuple),
    data_cut=st.none() | st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)),
    conf_type=st.sampled_from(["log-log", "log", "plain"]),
    small=st.booleans(),
)


def read(text: str) -> tuple[Choices, list[str]]:
    query = QueryDict(text)
    cut, problems = read_data_cut(query, allowed=True)
    where, wrong = read_conditions(query.getlist("where"), COVARIATES)
    landmark, bad = read_landmark(query)
    cohort = COHORT if landmark is None else replace(COHORT, landmark=LandmarkTime(landmark))
    found, more = read_choices(
        query, COHORT.protocol, catalogue(cohort), where=where, landmark=landmark, data_cut=cut
    )
    return found, [*problems, *wrong, *bad, *more]


@settings(max_examples=60, deadline=None)
@given(choices)
def test_choices_are_read_back_from_their_address(chosen):
    assert read(chosen.query) == (chosen, [])


def test_an_empty_address_is_the_first_endpoint_without_groups():
    assert read("") == (Choices(endpoint=COHORT.protocol.endpoints[0].code), [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("endpoint=XX", "there is no XX"),
        ("group=size_cm", "size_cm is a number"),
        ("group=tumour", "no covariate tumour"),
        ("where=grade:in:9", "grade has no category 9"),
        ("where=nonsense", "nonsense"),
        ("at=twelve", "twelve is no list of months"),
        ("at=-3", "from 0 to 1200"),
        ("group=distant_progression", "Ask for it at a landmark (whether it had begun"),
        (
            "adjust=local_progression",
            "landmark=12 or later=local_progression in the address",
        ),
        ("adjust=response", "as time-dependent in a Cox model, are these states: local_progr"),
        ("landmark=soon", "soon is no number of months above 0, up to 1200"),
        ("landmark=0", "0 is no number of months"),
        ("later=sex", "sex is no state that begins later; there are local_progression"),
        # The first endpoint is local control.
        ("later=local_progression", "cannot be a later state for LC"),
        ("where=distant_progression:in:yes", "distant_progression becomes known only after"),
        ("cut=2024-13-01", "2024-13-01 is no day"),
        ("ci=wald", "there is no wald"),
    ],
)
def test_what_cannot_be_used_is_left_out_and_said(text, said):
    found, problems = read(text)
    assert found == Choices(endpoint=COHORT.protocol.endpoints[0].code)
    assert len(problems) == 1
    assert said in problems[0]


def test_at_a_landmark_groups_and_adjustment_may_be_what_had_begun_by_then():
    text = "endpoint=OS&group=distant_progression&landmark=12&adjust=any_progression"
    found, problems = read(text)
    assert problems == []
    assert (found.group, found.landmark) == ("distant_progression", 12)
    assert found.query == text


@pytest.mark.parametrize("code", STATES)
def test_at_a_landmark_conditions_are_still_on_what_was_known_at_the_origin(code):
    found, problems = read(f"endpoint=OS&landmark=12&where={code}:in:yes")
    assert found.where == ()
    assert "becomes known only after the time origin" in problems[0]


def test_a_study_with_relative_dates_takes_no_data_cut():
    cut, problems = read_data_cut(QueryDict("cut=2024-01-01"), allowed=False)
    assert cut is None
    assert "relative" in problems[0]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("by=grade&is=in&value=1&value=3", "grade:in:1,3"),
        ("by=size_cm&is=gt&value=5", "size_cm:gt:5"),
        ("by=grade&is=missing&value=1", "grade:missing"),
        ("by=grade", ""),
        ("is=in&value=1", ""),
    ],
)
def test_the_controls_of_a_condition_write_it_as_the_address_does(text, condition):
    assert typed_condition(QueryDict(text)) == condition


def test_a_number_is_compared_and_categories_are_chosen_from():
    number = condition_form(QueryDict("by=size_cm"), COVARIATES)
    grade = condition_form(QueryDict("by=grade"), COVARIATES)
    assert number is not None
    assert grade is not None
    assert [value for value, _words in number.operators] == [
        "ge",
        "gt",
        "le",
        "lt",
        "eq",
        "known",
        "missing",
    ]
    assert [value for value, _words in grade.operators] == ["in", "not", "known", "missing"]
    assert condition_form(QueryDict("by=nothing"), COVARIATES) is None
