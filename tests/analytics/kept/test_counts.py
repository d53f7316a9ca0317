"""Rows counted by the database: the answers are those from the rows, to the last digit."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection
from django.db.models import Count
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.curves import results_of
from analytics.estimators import logrank
from analytics.extract import TimeToEvent
from analytics.extract.facts import StudyFacts
from analytics.extract.table import table_of
from analytics.kept.counts import day_counts, observed
from analytics.kept.reading import rows_in_sight
from analytics.kept.writing import replace_rows
from analytics.models import StudyState
from analytics.observed import Observed
from registry.models import Study
from registry.protocols.presets import preset
from registry.scope import system_scope
from tests.analytics.extract import by_hand
from tests.analytics.extract.cohort import study_of

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ENDPOINTS = preset("jinling").endpoints
DAYS = st.dates(dt.date(2019, 1, 1), dt.date(2024, 12, 31)).map(str)
DATES = st.one_of(DAYS, DAYS.map(lambda day: day[:7]), DAYS.map(lambda day: day[:4]))
FEW_DAYS = st.sampled_from(["2024-01-10", "2024-02-10", "2024-02-11", "2024-03-01"])


@st.composite
def patients(draw, name, centre):
    """Anybody: with or without course, lesions, failures, death and contacts, often on one day."""
    dates = draw(st.sampled_from([DATES, FEW_DAYS]))
    start = draw(st.none() | st.sampled_from(["2019-06-03", "2024-01-10"]))
    one = by_hand.patient(
        courses=[by_hand.course(1, start, start)],
        lesions=by_hand.lesions(*draw(st.lists(st.sampled_from([(), (1,)]), max_size=3))),
        progressions=[
            by_hand.progression(on, lesion=draw(st.none() | st.just(1)))
            for on in draw(st.lists(st.none() | dates, max_size=2))
        ],
        death=draw(st.none() | dates.map(by_hand.death)),
        last_contact=draw(st.none() | dates),
        last_local_imaging=draw(st.none() | dates),
    )
    one.pseudonym, one.centre = name, centre
    return one


@st.composite
def tables(draw) -> list[TimeToEvent]:
    """The table of every endpoint over some patients."""
    people = [
        draw(patients(f"P-{number}", draw(st.sampled_from("AB"))))
        for number in range(draw(st.integers(0, 9)))
    ]
    facts = StudyFacts("jinling", None, tuple(people))
    return [table_of(facts, endpoint) for endpoint in ENDPOINTS]


@pytest.fixture
def state() -> StudyState:
    return StudyState.objects.create(study=study_of("jinling"))


def keep(state: StudyState, made: list[TimeToEvent]) -> None:
    with system_scope():
        replace_rows(state, made)


def same_curve(found, expected) -> None:
    assert (found is None) == (expected is None)
    if found is not None:
        for name in ("time", "n_risk", "n_event", "n_censor", "survival", "lower", "upper"):
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
        assert found.n_clusters == expected.n_clusters


def test_curves_from_kept_rows_are_those_from_the_facts_in_every_digit(state: StudyState) -> None:
    study = state.study

    @settings(max_examples=25, deadline=None)
    @given(tables())
    def check(made: list[TimeToEvent]) -> None:
        keep(state, made)
        with system_scope():
            kept = [observed(study, table.endpoint) for table in made]
        live = [Observed.of_table(table) for table in made]
        pairs = zip(results_of(study, 1, kept), results_of(study, 1, live), strict=True)
        for found, expected in pairs:
            assert found.numbers == expected.numbers
            assert found.rates == expected.rates
            assert (found.median, found.follow_up) == (expected.median, expected.follow_up)
            same_curve(found.km, expected.km)
            same_curve(found.reverse_km, expected.reverse_km)

    check()


def test_centres_are_compared_by_counts_as_by_rows(state: StudyState) -> None:
    @settings(max_examples=25, deadline=None)
    @given(tables())
    def check(made: list[TimeToEvent]) -> None:
        keep(state, made)
        for table in made:
            with system_scope():
                counts = day_counts(state.study, table.endpoint.code, stratum="centre")
            assert counts.stratum is not None
            if not len(table.rows):
                assert counts.n.size == counts.stratum.size == 0
                continue
            found = logrank(counts.days, counts.event, counts.stratum, weights=counts.n)
            expected = logrank(table.days, table.event, table.rows["SITEID"].to_numpy(dtype=object))
            assert found.groups == expected.groups
            for name in ("n", "observed", "expected", "variance", "statistic"):
                np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))

    check()


def eight_patients(state: StudyState) -> Study:
    """Overall survival: at centre A two deaths on day 30 and two visits, at B four visits."""
    people = []
    for number in range(8):
        died, day = number < 2, ("2024-02-09" if number < 4 else "2024-03-10")
        one = by_hand.patient(
            death=by_hand.death(day) if died else None, last_contact=None if died else day
        )
        one.pseudonym, one.centre = f"P-{number}", "A" if number < 4 else "B"
        people.append(one)
    facts = StudyFacts("jinling", None, tuple(people))
    keep(state, [table_of(facts, one) for one in ENDPOINTS if one.code == "OS"])
    return state.study


def test_rows_of_one_day_and_ending_come_as_one_count(state, django_assert_num_queries) -> None:
    study = eight_patients(state)
    with system_scope(), django_assert_num_queries(1):
        counts = day_counts(study, "OS")
    assert sorted(zip(counts.days, counts.event, counts.n, strict=True)) == [
        (30, False, 2),
        (30, True, 2),
        (60, False, 4),
    ]
    assert counts.stratum is None


def test_counts_are_made_from_the_index_alone(state: StudyState) -> None:
    """Reading the table itself for them would cost several times as much in a large study."""
    study = eight_patients(state)
    with system_scope():
        rows = rows_in_sight(study, "OS")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of a table this small the planner would rather read all.
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        for by in (("days", "ending"), ("days", "ending", "centre")):
            counted = rows.values(*by).annotate(n=Count("*"))
            plan = counted.explain()
            assert "keptrow_counts" in plan
            assert "Index Only Scan" in plan or "COVERING INDEX" in plan
