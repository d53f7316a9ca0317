"""The time-to-event table: columns, types, exclusions, and as many queries for many as for few."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.extract import time_to_event
from registry.scope import system_scope
from tests.analytics.extract.cohort import (
    add_lesion,
    after,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.factories import CourseFactory, ImagingStudyFactory, ProgressionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def table(study, code, **keywords):
    with system_scope():
        endpoint = study.protocol_version().protocol.endpoint(code)
        return time_to_event(study, endpoint, **keywords)


def test_a_row_carries_the_adtte_columns():
    study = study_of("jinling")
    patient = enrol(study, "P-1", centre="A")
    lesion = add_lesion(patient, 2)
    irradiate(patient, lesions=[lesion])
    ProgressionFactory.create(patient=patient, lesion=lesion, occurred_on="2020-07")
    see(patient, 400)
    (row,) = table(study, "LC").rows.to_dict("records")
    assert {**row, "STARTDT": row["STARTDT"].date(), "ADT": row["ADT"].date()} == {
        "STUDYID": "jinling",
        "SITEID": "A",
        "USUBJID": "P-1",
        "LESID": "2",
        "PARAMCD": "LC",
        "STARTDT": dt.date(2020, 1, 15),
        "STARTDTF": "",
        "ADT": dt.date(2020, 7, 15),
        "ADTF": "D",
        "AVAL": 182,
        "CNSR": 0,
        "EVNTDESC": "local progression",
        "CNSDTDSC": "",
    }


def test_rows_come_by_subject_and_lesion_number_whatever_the_order_of_entry():
    study = study_of("jinling")
    for pseudonym in ("P-2", "P-1"):
        patient = enrol(study, pseudonym)
        irradiate(patient, lesions=[add_lesion(patient, number) for number in (11, 2)])
        see(patient, 100)
    rows = table(study, "LC").rows
    assert list(zip(rows["USUBJID"], rows["LESID"], strict=True)) == [
        ("P-1", "2"),
        ("P-1", "11"),
        ("P-2", "2"),
        ("P-2", "11"),
    ]


def test_a_table_without_rows_keeps_its_columns_and_types():
    study = study_of("jinling")
    follow(study, "P-1", 100, died=True)
    filled, empty = table(study, "OS").rows, table(study_of("cnao"), "OS").rows
    assert len(empty) == 0
    assert list(empty.columns) == list(filled.columns)
    assert list(empty.dtypes) == list(filled.dtypes)


def test_arrays_for_estimators_tell_events_competing_events_and_deaths_apart():
    study = study_of("cnao")
    failed = follow(study, "P-1", 500, died=True)
    ProgressionFactory.create(patient=failed, occurred_on=after(100))
    follow(study, "P-2", 200, died=True)
    follow(study, "P-3", 300, died=False)
    found = table(study, "LC")
    assert found.days.tolist() == [100, 200, 300]
    assert found.event.tolist() == [True, False, False]
    assert found.competing.tolist() == [False, True, False]
    assert found.event_or_death.tolist() == [True, True, False]


def test_everybody_enrolled_is_in_the_table_or_named_with_the_reason():
    study = study_of("cnao")
    follow(study, "P-1", 100, died=True, centre="A")
    enrol(study, "P-2", centre="B")
    unseen = enrol(study, "P-3")
    irradiate(unseen)
    planned = enrol(study, "P-4")
    CourseFactory.create(patient=planned, started_on=None, ended_on=None)
    undated = follow(study, "P-5", 100, died=False)
    ProgressionFactory.create(patient=undated, occurred_on=None)
    seen_before = enrol(study, "P-6")
    irradiate(seen_before)
    see(seen_before, -1)

    found = table(study, "LC")
    assert list(found.rows["USUBJID"]) == ["P-1"]
    assert [(row.centre, row.pseudonym, row.reason.value) for row in found.excluded] == [
        ("B", "P-2", "no_origin"),
        ("A", "P-3", "no_follow_up"),
        ("A", "P-4", "no_origin"),
        ("A", "P-5", "undated_event"),
        ("A", "P-6", "follow_up_before_origin"),
    ]


def test_events_before_the_origin_are_counted():
    study = study_of("cnao")
    for pseudonym in ("P-1", "P-2"):
        patient = follow(study, pseudonym, 100, died=False)
        ProgressionFactory.create(patient=patient, occurred_on=after(-30))
    found = table(study, "LC")
    assert found.events_before_origin == 2
    assert found.event.sum() == 0


def test_thirty_patients_take_as_many_queries_as_three():
    study = study_of("jinling")

    def fill(first, last):
        for number in range(first, last):
            patient = enrol(study, f"P-{number}")
            lesions = [add_lesion(patient, 1), add_lesion(patient, 2)]
            irradiate(patient, lesions=lesions)
            ImagingStudyFactory.create(assessment=see(patient, 100 + number))
            ProgressionFactory.create(patient=patient, lesion=lesions[0], occurred_on=after(90))

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(table(study, "LC").rows) > 0
        return len(captured)

    fill(0, 3)
    few = queries()
    fill(3, 30)
    assert queries() == few
