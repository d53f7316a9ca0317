"""The day on which a state began: sources, partial dates, what is not known, the data cut."""

import math

import pytest

from analytics.extract import LandmarkTime
from analytics.extract.facts import CourseFact, StudyFacts, TherapyFact
from analytics.extract.table import table_of
from analytics.later.began import days_begun
from analytics.later.states import STATES
from registry.protocols.vocabulary import EventKind, TimePoint, Unit
from tests.analytics.extract.by_hand import (
    course,
    death,
    endpoint,
    lesions,
    on,
    patient,
    progression,
    surgery,
    toxicity,
)

NEVER, UNKNOWN = math.inf, "not known"
DEATH = endpoint(events=[EventKind.DEATH_ANY])


def begun(state, facts, of=DEATH, landmark=None):
    """The day of each row; the patient is irradiated from 10 January 2024 on."""
    study = StudyFacts("jinling", None, (facts,))
    table = table_of(study, of)
    if landmark is not None:
        table = table.from_landmark(landmark)
    assert len(table.rows)
    days = days_begun(STATES[state], study, table)
    return [UNKNOWN if math.isnan(day) else day for day in days]


def therapy(start, end=None, kind="chemotherapy", timing=""):
    return TherapyFact(on(start), on(end), kind, timing)


class TestProgression:
    def test_the_first_of_its_kind_from_the_origin_on_counts(self):
        facts = patient(
            progressions=[
                progression("2023-12-01", "distant"),  # often why the patient is treated
                progression("2024-03-10", "distant"),
                progression("2024-02-09", "distant"),
                progression("2024-01-20", "regional"),
            ]
        )
        assert begun("distant_progression", facts) == [30]
        assert begun("regional_progression", facts) == [10]
        assert begun("any_progression", facts) == [10]
        assert begun("local_progression", facts) == [NEVER]

    def test_one_on_the_day_of_the_origin_counts(self):
        facts = patient(progressions=[progression("2024-01-10", "distant")])
        assert begun("distant_progression", facts) == [0]

    @pytest.mark.parametrize(
        ("occurred", "expected"),
        [
            ("2024-03", 65),  # 15 March
            ("2024-01", 5),  # 15 January
            ("2023", -1),  # 1 July 2023 lies before the origin
        ],
    )
    def test_a_partial_date_counts_by_the_rule_of_the_events(self, occurred, expected):
        facts = patient(progressions=[progression(occurred, "distant")])
        assert begun("distant_progression", facts) == [NEVER if expected < 0 else expected]

    def test_an_imputed_day_is_not_after_death(self):
        facts = patient(progressions=[progression("2024-06", "distant")], death=death("2024-06-03"))
        assert begun("distant_progression", facts) == [145]  # 3 June

    def test_what_is_dated_after_death_did_not_happen(self):
        facts = patient(
            progressions=[progression("2024-07-01", "distant")], death=death("2024-06-03")
        )
        assert begun("distant_progression", facts) == [NEVER]

    def test_without_a_date_it_is_not_known_unless_another_has_one(self):
        undated = progression(None, "distant")
        assert begun("distant_progression", patient(progressions=[undated])) == [UNKNOWN]
        dated = progression("2024-02-09", "distant")
        assert begun("distant_progression", patient(progressions=[undated, dated])) == [30]

    def test_a_lesion_is_in_the_state_by_its_own_failure(self):
        of_lesions = endpoint(events=[EventKind.DEATH_ANY], unit=Unit.LESION)
        facts = patient(
            lesions=lesions([1], [1]),
            progressions=[progression("2024-02-09", "local", lesion=2)],
        )
        assert begun("local_progression", facts, of_lesions) == [NEVER, 30]
        assert begun("any_progression", facts, of_lesions) == [30, 30]
        unassigned = patient(
            lesions=lesions([1], [1]), progressions=[progression("2024-02-09", "local")]
        )
        assert begun("local_progression", unassigned, of_lesions) == [UNKNOWN, UNKNOWN]


def test_late_toxicity_counts_from_its_grade_on_and_what_may_be_acute_is_not_known():
    facts = patient(
        toxicities=[
            toxicity("2024-02-01", 3, "acute"),
            toxicity("2024-08-07", 2, "late"),
            toxicity("2024-12-05", 3, "late"),
        ]
    )
    assert begun("late_toxicity_grade_2", facts) == [210]
    assert begun("late_toxicity_grade_3", facts) == [330]
    assert begun("late_toxicity_grade_2", patient(toxicities=[toxicity(None, 2, "")])) == [UNKNOWN]


class TestRadiotherapy:
    def from_diagnosis(self, *courses, **facts):
        counted = endpoint(events=[EventKind.DEATH_ANY], origin=TimePoint.DIAGNOSIS)
        facts = patient(diagnosed="2024-01-01", courses=list(courses), **facts)
        return begun("radiotherapy", facts, counted)

    def test_it_begins_with_the_first_course(self):
        assert self.from_diagnosis(
            course(2, "2024-06-01"), course(1, "2024-03-01", "2024-04-01")
        ) == [60]

    def test_without_a_course_it_never_began(self):
        assert self.from_diagnosis() == [NEVER]

    def test_before_the_origin_it_has_begun_from_the_start(self):
        assert self.from_diagnosis(course(1, "2023-12-22")) == [-10]

    def test_a_course_without_a_first_day_leaves_it_open(self):
        assert self.from_diagnosis(course(1, None, "2024-04-01")) == [UNKNOWN]

    def test_a_course_after_the_data_cut_has_not_begun(self):
        assert self.from_diagnosis(CourseFact(1, 1, None, None, is_after_cut=True)) == [NEVER]

    def test_a_month_is_placed_after_the_origin_where_it_allows_it(self):
        assert self.from_diagnosis(course(1, "2024-01")) == [14]
        counted = endpoint(events=[EventKind.DEATH_ANY], origin=TimePoint.DIAGNOSIS)
        facts = patient(diagnosed="2024-01-20", courses=[course(1, "2024-01")])
        assert begun("radiotherapy", facts, counted) == [0]


class TestSystemicTherapy:
    def begun(self, *therapies, of=DEATH):
        facts = patient(therapies=list(therapies), surgeries=[surgery("2024-01-10")])
        return begun("later_systemic_therapy", facts, of)

    def test_the_first_that_certainly_began_after_the_origin_counts(self):
        assert self.begun(
            therapy("2023-11-01"),
            therapy("2024-01-10"),  # on the day of the origin: known then
            therapy("2024-01"),  # may have begun before
            therapy("2024-05-09"),
            therapy("2024-04-09", kind="targeted"),
        ) == [90]

    def test_interventional_therapy_is_none(self):
        assert self.begun(therapy("2024-04-09", kind="interventional")) == [NEVER]

    def test_nothing_on_file_is_none(self):
        assert self.begun() == [NEVER]

    @pytest.mark.parametrize(
        ("timing", "end", "origin", "expected"),
        [
            ("", None, TimePoint.FIRST_RT_DAY, UNKNOWN),
            ("palliative", None, TimePoint.FIRST_RT_DAY, UNKNOWN),
            ("neoadjuvant", None, TimePoint.FIRST_RT_DAY, NEVER),
            ("concurrent", None, TimePoint.FIRST_RT_DAY, NEVER),
            ("neoadjuvant", None, TimePoint.SURGERY, NEVER),
            ("concurrent", None, TimePoint.SURGERY, UNKNOWN),
            ("", "2023-12", TimePoint.FIRST_RT_DAY, NEVER),  # over before
            ("", "2024-02", TimePoint.FIRST_RT_DAY, UNKNOWN),
        ],
    )
    def test_without_a_first_day_it_is_not_known_unless_it_came_before(
        self, timing, end, origin, expected
    ):
        counted = endpoint(events=[EventKind.DEATH_ANY], origin=origin)
        assert self.begun(therapy(None, end, timing=timing), of=counted) == [expected]
        dated = therapy("2024-04-09")
        assert self.begun(therapy(None, end, timing=timing), dated, of=counted) == [90]


def test_the_first_later_operation_of_the_tumour_counts():
    facts = patient(
        surgeries=[
            surgery("2023-12-01"),
            surgery("2024-02-09", "biopsy"),
            surgery("2024-02-10", "metastasectomy"),
            surgery("2024-04-09", "re_excision"),
        ]
    )
    assert begun("later_surgery", facts) == [90]
    assert begun("later_surgery", patient(surgeries=[surgery("2023-12-01")])) == [NEVER]
    assert begun("later_surgery", patient(surgeries=[surgery(None)])) == [UNKNOWN]


def test_at_a_landmark_days_count_from_it():
    facts = patient(progressions=[progression("2024-02-09", "distant")])
    month = LandmarkTime(1)
    assert month.day == 30
    assert begun("distant_progression", facts, landmark=month) == [0]
    assert begun("distant_progression", facts, landmark=LandmarkTime(2)) == [-30]
