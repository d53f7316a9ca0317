"""Late toxicity from the recorded events: by border, grade, attribution and suspected course.

Radiotherapy runs from 15 to 29 January 2020. Under jinling what begins within three months of its
last day, up to 29 April (day 105), is acute.
"""

import pytest

from analytics.extract import time_to_event
from registry.models import CtcaeTerm
from registry.scope import system_scope
from tests.analytics.extract.cohort import after, die, enrol, irradiate, see, study_of
from tests.factories import SurgeryFactory, ToxicityEventFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def patient():
    return enrol(study_of("jinling"), "P-1")


def outcome(code, key="jinling"):
    """(AVAL, CNSR) of the only row, or the reason why there is none."""
    study = study_of(key)
    with system_scope():
        table = time_to_event(study, study.protocol_version().protocol.endpoint(code))
    if table.excluded:
        return table.excluded[0].reason.value
    (row,) = table.rows.to_dict("records")
    return row["AVAL"], row["CNSR"]


def suffer(patient, onset, **values):
    return ToxicityEventFactory.create(patient=patient, onset_on=onset, **values)


@pytest.mark.parametrize(
    ("values", "grade_2", "grade_3"),
    [
        ({"onset": after(105), "grade": 3}, (400, 1), (400, 1)),
        ({"onset": after(106), "grade": 2}, (106, 0), (400, 1)),
        ({"onset": after(106), "grade": 3}, (106, 0), (106, 0)),
        ({"onset": after(106), "grade": 1}, (400, 1), (400, 1)),
        ({"onset": after(106), "attribution": "unrelated"}, (400, 1), (400, 1)),
        ({"onset": after(106), "attribution": "unlikely"}, (400, 1), (400, 1)),
        ({"onset": after(106), "attribution": "possible"}, (106, 0), (400, 1)),
        ({"onset": after(106), "present_before_rt": True}, (400, 1), (400, 1)),
        ({"onset": "2020-05"}, (121, 0), (400, 1)),  # 15 May 2020
        ({"onset": "2020-04"}, "maybe_late", (400, 1)),
        ({"onset": None}, "maybe_late", (400, 1)),
        ({"onset": None, "attribution": "unrelated"}, (400, 1), (400, 1)),
    ],
)
def test_late_toxicity_of_a_grade_that_radiotherapy_may_have_caused(
    patient, values, grade_2, grade_3
):
    irradiate(patient)
    see(patient, 400)
    suffer(patient, **values)
    assert (outcome("LATE_G2"), outcome("LATE_G3")) == (grade_2, grade_3)


def test_the_border_is_that_of_the_suspected_course(patient):
    irradiate(patient)
    second = irradiate(patient, start=300)
    see(patient, 600)
    suffer(patient, after(350), course=second)
    assert outcome("LATE_G2") == (600, 1)
    suffer(patient, after(500), course=second)
    assert outcome("LATE_G2") == (500, 0)


def test_between_two_courses_an_event_without_a_suspected_one_may_be_acute_or_late(patient):
    irradiate(patient)
    irradiate(patient, start=300)
    see(patient, 600)
    suffer(patient, after(350))
    assert outcome("LATE_G2") == "maybe_late"


def test_death_competes(patient):
    irradiate(patient)
    die(patient, 200)
    assert outcome("LATE_G2") == (200, 2)
    suffer(patient, after(150))
    assert outcome("LATE_G2") == (150, 0)


@pytest.mark.parametrize(
    ("days", "term", "expected"),
    [
        (50 + 120, "Wound dehiscence", (600, 1)),
        (50 + 121, "Wound dehiscence", (171, 0)),
        (50 + 120, "Fibrosis deep connective tissue", (170, 0)),
    ],
)
def test_wounds_of_the_operation_are_left_to_their_own_endpoint(days, term, expected):
    """Under preop late begins on day 91, and wounds heal for 120 days after surgery on day 50."""
    patient = enrol(study_of("preop"), "P-1")
    irradiate(patient)
    SurgeryFactory.create(patient=patient, performed_on=after(50))
    see(patient, 600)
    found = CtcaeTerm.objects.get(release="5.0", term=term)
    suffer(patient, after(days), term=found, grade=3)
    assert outcome("LATE_G3", "preop") == expected
