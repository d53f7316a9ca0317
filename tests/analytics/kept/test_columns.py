"""Tables as columns and back: nothing is lost, and a part is the table of that part."""

import datetime as dt
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.extract.facts import StudyFacts
from analytics.extract.table import table_of
from analytics.kept.columns import columns_of, cut_to, excluded_of, table_from
from registry.protocols.presets import preset
from tests.analytics.extract import by_hand

ENDPOINTS = preset("jinling").endpoints

DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2024, 12, 31)).map(str)
DATES = st.one_of(DAYS, DAYS.map(lambda day: day[:7]), DAYS.map(lambda day: day[:4]))


@st.composite
def patients(draw, name, centre):
    """Anybody: with or without course, lesions, failures, death and contacts, in any order."""
    start = draw(st.none() | DAYS)
    one = by_hand.patient(
        courses=[by_hand.course(1, start, start)],
        lesions=by_hand.lesions(*draw(st.lists(st.sampled_from([(), (1,)]), max_size=2))),
        progressions=[
            by_hand.progression(on, lesion=draw(st.none() | st.just(1)))
            for on in draw(st.lists(st.none() | DATES, max_size=2))
        ],
        death=draw(st.none() | DATES.map(by_hand.death)),
        last_contact=draw(st.none() | DATES),
        last_local_imaging=draw(st.none() | DATES),
    )
    one.pseudonym, one.centre = name, centre
    return one


@st.composite
def studies(draw):
    names = [
        (f"P-{number}", draw(st.sampled_from("AB"))) for number in range(draw(st.integers(0, 6)))
    ]
    return [draw(patients(name, centre)) for name, centre in names]


def table(endpoint, patients):
    return table_of(StudyFacts("jinling", None, tuple(patients)), endpoint)


def assert_same(found, expected):
    pd.testing.assert_frame_equal(found.rows, expected.rows)
    np.testing.assert_array_equal(found.before_origin, expected.before_origin)
    assert found.before_origin.dtype == expected.before_origin.dtype
    assert found.excluded == expected.excluded
    assert (found.endpoint, found.data_cut) == (expected.endpoint, expected.data_cut)


@settings(max_examples=40)
@given(studies())
def test_kept_and_cut_to_some_patients_a_table_is_that_of_these_patients(everybody):
    some = everybody[::2]
    for endpoint in ENDPOINTS:
        whole = table(endpoint, everybody)
        kept = json.loads(json.dumps([columns_of(whole), excluded_of(whole)]))
        again = table_from("jinling", endpoint, *kept)
        assert_same(again, whole)
        assert_same(cut_to(again, {one.pseudonym for one in some}), table(endpoint, some))


def test_days_are_kept_as_iso_text():
    seen = by_hand.patient(death=by_hand.death("2025-03"), last_contact="2025-03-20")
    (endpoint,) = (one for one in ENDPOINTS if one.code == "OS")
    kept = columns_of(table(endpoint, [seen]))
    # The death is known to the month and not before the last contact.
    assert (kept["STARTDT"], kept["ADT"], kept["ADTF"]) == (["2024-01-10"], ["2025-03-20"], ["D"])
    assert (kept["AVAL"], kept["CNSR"]) == ([435], [0])


def test_a_reason_that_is_no_reason_is_refused():
    with pytest.raises(ValueError, match="bad_weather"):
        table_from(
            "jinling",
            ENDPOINTS[0],
            columns_of(table(ENDPOINTS[0], [])),
            [["A", "P-1", "", "bad_weather"]],
        )
