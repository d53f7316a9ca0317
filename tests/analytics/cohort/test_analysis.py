"""An endpoint's table with values of its patients or lesions beside it."""

import pytest

from analytics.cohort.analysis import analysis_frame
from analytics.cohort.read import read_cohort
from registry.scope import system_scope
from tests.analytics.extract.cohort import add_lesion, enrol, irradiate, see, study_of
from tests.factories import BaselineFactory, DiseaseFactory, PhaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    """P-2 has no follow-up and is in no table; P-1 has two lesions, P-3 one."""
    study = study_of("jinling")
    for pseudonym, grade, lesions, followed in (
        ("P-3", "3", 1, 500),
        ("P-2", "1", 1, None),
        ("P-1", "2", 2, 300),
    ):
        patient = enrol(study, pseudonym)
        DiseaseFactory.create(patient=patient, grade=grade, diagnosed_on=None)
        course = irradiate(
            patient, lesions=[add_lesion(patient, number) for number in range(1, lesions + 1)]
        )
        PhaseFactory.create(course=course, dose_gy=40 if grade == "3" else 50)
        BaselineFactory.create(patient=patient, course=course, kps=80)
        if followed:
            see(patient, followed)
    with system_scope():
        return read_cohort(study)


def test_values_stand_beside_the_rows_of_their_patients(cohort):
    found = analysis_frame(cohort, "OS", ["grade", "kps"])
    rows = found.frame[["USUBJID", "AVAL", "CNSR", "grade", "kps"]].to_numpy().tolist()
    assert rows == [["P-1", 300, 1, "2", 80], ["P-3", 500, 1, "3", 80]]
    assert [row.pseudonym for row in found.table.excluded] == ["P-2"]


def test_values_stand_beside_the_rows_of_their_lesions(cohort):
    found = analysis_frame(cohort, "LC", ["lesion_dose_gy", "grade"])
    rows = found.frame[["USUBJID", "LESID", "AVAL", "lesion_dose_gy", "grade"]]
    assert rows.to_numpy().tolist() == [
        ["P-1", "1", 300, 50, "2"],
        ["P-1", "2", 300, 50, "2"],
        ["P-3", "1", 500, 40, "3"],
    ]


def test_no_query_is_asked(cohort, django_assert_num_queries):
    with django_assert_num_queries(0):
        analysis_frame(cohort, "OS", ["grade"])


def test_an_endpoint_that_the_protocol_lacks_is_named_with_those_that_it_has(cohort):
    with pytest.raises(LookupError, match="no endpoint DMFS; it has LC"):
        analysis_frame(cohort, "DMFS")
