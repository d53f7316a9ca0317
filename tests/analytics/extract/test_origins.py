"""From which day the time of an endpoint counts, and whom it is estimated in."""

import pytest

from analytics.extract.origins import has_single_viable_site, origin_day
from registry.protocols.vocabulary import TimePoint
from tests.analytics.extract.by_hand import baseline, course, lesions, patient, surgery


def origin(point, facts, lesion=None):
    found = origin_day(point, facts, lesion)
    return found and found.day.isoformat()


TWO_COURSES = [
    course(1, "2024-06-03", "2024-06-14"),
    course(2, "2023-02-06", "2023-03-10"),
    course(3),  # planned: no date yet
]


@pytest.mark.parametrize(
    ("point", "day"),
    [(TimePoint.FIRST_RT_DAY, "2023-02-06"), (TimePoint.LAST_RT_DAY, "2023-03-10")],
)
def test_radiotherapy_is_the_earliest_course_whatever_its_number(point, day):
    assert origin(point, patient(courses=TWO_COURSES)) == day


@pytest.mark.parametrize(
    ("point", "day"),
    [(TimePoint.FIRST_RT_DAY, "2024-06-03"), (TimePoint.LAST_RT_DAY, "2024-06-14")],
)
def test_for_a_lesion_radiotherapy_is_the_earliest_course_that_treats_it(point, day):
    facts = patient(courses=TWO_COURSES, lesions=lesions({1, 3}, {2}))
    assert origin(point, facts, facts.lesions[1]) == day


def test_there_is_no_last_day_while_the_first_course_goes_on():
    facts = patient(courses=[course(1, "2024-01-10"), course(2, "2025-01-10", "2025-01-20")])
    assert origin(TimePoint.LAST_RT_DAY, facts) is None


def test_without_radiotherapy_there_is_no_first_day():
    assert origin(TimePoint.FIRST_RT_DAY, patient(courses=[])) is None
    assert origin(TimePoint.FIRST_RT_DAY, patient(courses=[course(1)])) is None


def test_diagnosis_and_enrolment_are_their_own_dates():
    facts = patient(diagnosed="2023-04-05", enrolled="2023-12-01")
    assert origin(TimePoint.DIAGNOSIS, facts) == "2023-04-05"
    assert origin(TimePoint.ENROLMENT, facts) == "2023-12-01"


OPERATIONS = [
    surgery("2023-09-01", "biopsy"),
    surgery("2023-10-02"),
    surgery("2023-11-20", "re_excision"),
    surgery("2023-12-04", "reconstruction"),
    surgery("2024-02-26"),
    surgery("2024-03-11", "metastasectomy"),
    surgery("2024-08-05", "amputation"),
    surgery(None),
]


def test_surgery_is_the_last_operation_of_the_tumour_up_to_radiotherapy():
    assert origin(TimePoint.SURGERY, patient(surgeries=OPERATIONS)) == "2023-11-20"


def test_surgery_is_the_first_operation_from_radiotherapy_on_where_the_protocol_operates_after():
    facts = patient(surgeries=OPERATIONS, surgery_follows_rt=True)
    assert origin(TimePoint.SURGERY, facts) == "2024-02-26"


def test_an_operation_on_the_first_day_of_radiotherapy_is_on_both_sides_of_it():
    operations = [surgery("2024-01-10")]
    assert origin(TimePoint.SURGERY, patient(surgeries=operations)) == "2024-01-10"
    after = patient(surgeries=operations, surgery_follows_rt=True)
    assert origin(TimePoint.SURGERY, after) == "2024-01-10"


def test_an_operation_on_the_wrong_side_of_radiotherapy_is_no_origin():
    assert origin(TimePoint.SURGERY, patient(surgeries=[surgery("2024-02-26")])) is None
    before = patient(surgeries=[surgery("2023-10-02")], surgery_follows_rt=True)
    assert origin(TimePoint.SURGERY, before) is None


@pytest.mark.parametrize(
    ("baselines", "single"),
    [
        ([], None),
        ([baseline("")], None),
        ([baseline("single")], True),
        ([baseline("multiple")], False),
        # That of the first course goes before one without a course.
        ([baseline("multiple", number=1), baseline("single", number=2, course_id=1)], True),
        # That of a later course says nothing about the start.
        ([baseline("single", course_id=2)], None),
        ([baseline("", number=1, course_id=1), baseline("multiple", number=2)], False),
    ],
)
def test_the_number_of_viable_sites_is_that_at_the_first_course(baselines, single):
    assert has_single_viable_site(patient(baselines=baselines)) is single
