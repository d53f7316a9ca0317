"""Which states can begin later, and with which endpoints they are refused."""

import pytest

from analytics.covariates import catalogue
from analytics.covariates.covariate import LATER_VALUES
from analytics.later.states import STATES, states_for, unfit
from registry.protocols import PRESETS, preset
from registry.protocols.vocabulary import EventKind, TimePoint
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import endpoint

PROGRESSIONS = ["local_progression", "regional_progression", "distant_progression"]


def offered(key, code):
    return [state.code for state in states_for(preset(key).endpoint(code))]


@pytest.mark.parametrize(
    ("protocol", "code", "refused"),
    [
        ("jinling", "OS", []),
        # The event itself, and any progression, which may be a local one.
        ("jinling", "LC", ["local_progression", "any_progression"]),
        ("jinling", "PFS", [*PROGRESSIONS, "any_progression"]),
        ("cams", "DMFS", ["distant_progression", "any_progression"]),
        # Progression in field is local; out of field may be of every kind.
        ("cnao", "LC", ["local_progression", "any_progression"]),
        ("cnao", "DPFS", [*PROGRESSIONS, "any_progression"]),
        ("jinling", "LATE_G2", ["late_toxicity_grade_2", "late_toxicity_grade_3"]),
        ("jinling", "LATE_G3", ["late_toxicity_grade_2", "late_toxicity_grade_3"]),
        # An amputation is an operation.
        ("preop", "AFS", ["later_surgery"]),
    ],
)
def test_a_state_that_is_part_of_the_endpoint_is_refused(protocol, code, refused):
    there = offered(protocol, code)
    possible = [state for state in STATES if state != "radiotherapy"]
    assert [state for state in possible if state not in there] == refused
    for state in refused:
        said = unfit(STATES[state], preset(protocol).endpoint(code))
        assert str(STATES[state].label) in said
        assert f"cannot be a later state for {code}" in said


def test_what_competes_with_the_event_cannot_be_a_state_either():
    competing = endpoint(events=[EventKind.DEATH_ANY], competing=[EventKind.DISTANT_PROGRESSION])
    assert "distant progression" in unfit(STATES["distant_progression"], competing)
    assert unfit(STATES["local_progression"], competing) == ""


@pytest.mark.parametrize(
    ("origin", "comes_after"),
    [
        (TimePoint.DIAGNOSIS, True),
        (TimePoint.SURGERY, True),
        (TimePoint.ENROLMENT, True),
        (TimePoint.FIRST_RT_DAY, False),
        (TimePoint.LAST_RT_DAY, False),
    ],
)
def test_radiotherapy_is_a_state_where_time_does_not_count_from_it(origin, comes_after):
    said = unfit(STATES["radiotherapy"], endpoint(events=[EventKind.DEATH_ANY], origin=origin))
    assert (said == "") == comes_after
    assert comes_after or "cannot come after the time origin" in said


def test_no_covariate_and_no_other_later_value_has_the_code_of_a_state():
    for protocol in PRESETS:
        assert not STATES.keys() & catalogue(make_cohort(protocol=protocol)).keys()
    assert not STATES.keys() & LATER_VALUES


def test_every_state_says_in_a_sentence_what_begins_it():
    for state in STATES.values():
        assert str(state.label)
        assert str(state.definition).endswith(".")
