"""Later states of patients in the database: what is read, and what is known at a data cut."""

import datetime as dt
import math

import pytest

from analytics.extract.read import read_facts
from analytics.extract.table import table_of
from analytics.later.began import days_begun
from analytics.later.states import STATES
from registry.scope import system_scope
from tests.analytics.extract.cohort import FIRST_DAY, after, enrol, irradiate, see, study_of
from tests.factories import (
    DiseaseFactory,
    ProgressionFactory,
    SurgeryFactory,
    SystemicTherapyFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

UNDATED = {"started_on": None, "missing": {"started_on": "unknown"}}


@pytest.fixture
def study():
    """P-1, diagnosed on day 0 and seen on days 100, 200 and 300."""
    study = study_of("tcga_sarc")
    patient = enrol(study, "P-1")
    DiseaseFactory.create(patient=patient, diagnosed_on=after(0))
    for days in (100, 200, 300):
        see(patient, days)
    study.only = patient
    return study


def begun(study, state, *, cut=None):
    """The day on which the state of P-1 began, in the analysis of overall survival."""
    day = None if cut is None else FIRST_DAY + dt.timedelta(days=cut)
    with system_scope():
        endpoint = study.protocol_version().protocol.endpoint("OS")
        facts = read_facts(study, day)
    (found,) = days_begun(STATES[state], facts, table_of(facts, endpoint))
    return found


def test_a_state_that_begins_after_the_data_cut_has_not_begun(study):
    irradiate(study.only, start=120)
    SystemicTherapyFactory.create(patient=study.only, started_on=after(140))
    SurgeryFactory.create(patient=study.only, performed_on=after(160))
    ProgressionFactory.create(patient=study.only, occurred_on=after(180), kind="distant")
    for state, day in (
        ("radiotherapy", 120),
        ("later_systemic_therapy", 140),
        ("later_surgery", 160),
        ("distant_progression", 180),
    ):
        assert begun(study, state) == day
        assert begun(study, state, cut=day) == day
        assert begun(study, state, cut=day - 1) == math.inf


def test_drugs_are_read_with_their_kind_timing_and_end(study):
    for values in (
        {"started_on": after(40), "kind": "interventional"},
        {"ended_on": after(-5), **UNDATED},
        {"started_on": after(190), "kind": "targeted"},
    ):
        SystemicTherapyFactory.create(patient=study.only, **values)
    assert begun(study, "later_systemic_therapy") == 190
    assert begun(study, "later_systemic_therapy", cut=180) == math.inf


def test_drugs_without_a_day_leave_it_open_from_the_diagnosis_on(study):
    SystemicTherapyFactory.create(patient=study.only, timing="neoadjuvant", **UNDATED)
    assert math.isnan(begun(study, "later_systemic_therapy"))
