"""The form of a radiotherapy course: rows written, figures shown while typing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from registry.models import Course, Disease, DoseMetric, Phase, Target, TargetLesion
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import CourseFactory, PhaseFactory, SurgeryFactory, TargetFactory

NEW_COURSE = {
    "course-version": "1",
    "course-intent": "definitive",
    "course-technique": "cyberknife",
    "course-radiation_type": "photon",
    "course-started_on": "2024-01-15",
    "course-ended_on": "2024-01-19",
    "course-is_completed": "true",
    "phase-new": "n1",
    "phase-n1-version": "1",
    "phase-n1-kind": "initial",
    "phase-n1-dose_gy": "45",
    "phase-n1-fraction_count": "5",
    "phase-n1-fractions_per_week": "5",
    "target-new": "n1",
    "target-n1-version": "1",
    "target-n1-label": "PTV_4500",
    "target-n1-lesions": "1",
    "target-n1-ptv_cm3": "31,5",
}


def test_a_course_with_phase_target_and_lesion_is_saved_in_one_step(desk):
    answer = desk.send("course", "new", NEW_COURSE)

    assert answer.status_code == 302
    with system_scope():
        course = Course.objects.get()
        assert (course.patient, course.number) == (desk.patient, 1)
        assert course.started_on == PartialDate(2024, 1, 15)
        assert course.is_completed is True
        phase, target = Phase.objects.get(), Target.objects.get()
        assert (phase.course, phase.dose_gy, phase.fraction_count) == (course, Decimal(45), 5)
        assert (target.course, target.ptv_cm3) == (course, Decimal("31.5"))
        assert TargetLesion.objects.get().lesion == desk.lesion
        assert not DoseMetric.objects.exists()


def test_the_figures_follow_what_is_typed(desk):
    """45 Gy in 5 fractions: BED10 = 45 (1 + 9 / 10) = 85.5, BED3 = 45 (1 + 9 / 3) = 180;
    EQD2 = BED / (1 + 2 / (α/β)): 71.25 and 108 Gy."""
    shown = desk.live("course", "new", NEW_COURSE).content.decode()

    for figure in ("45 Gy", "85.5 Gy", "180 Gy", "71.3 Gy", "108 Gy", "5 days"):
        assert figure in shown, figure


def test_another_alpha_beta_changes_the_figures(desk):
    """45 (1 + 9 / 4) = 146.25 Gy."""
    shown = desk.live("course", "new", {**NEW_COURSE, "alpha-beta-tumour": "4"}).content.decode()

    assert "α/β 4" in shown
    assert "146.3 Gy" in shown


def test_live_figures_write_nothing(desk):
    desk.live("course", "new", NEW_COURSE)

    with system_scope():
        assert not Course.objects.exists()
        assert not TargetLesion.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"course-technique": "3d_crt"}, "3D conformal RT is not a technique of the protocol"),
        ({"phase-n1-dose_gy": "66", "phase-n1-fraction_count": "33"}, "66 / 33 (Gy / fractions)"),
        ({"course-radiation_type": "carbon"}, "doses in Gy(RBE); the protocol speaks of Gy"),
    ],
)
def test_departures_from_the_protocol_are_shown_and_not_refused(desk, typed, said):
    shown = desk.live("course", "new", NEW_COURSE | typed).content.decode()

    assert said in shown
    assert "not a technique" not in desk.live("course", "new", NEW_COURSE).content.decode()


def test_radiotherapy_too_late_after_surgery_is_a_deviation(make_desk):
    desk = make_desk("cams")
    SurgeryFactory.create(
        patient=desk.patient, performed_on="2023-10-01", procedure="wide_excision"
    )
    late = desk.live("course", "new", NEW_COURSE).content.decode()
    in_time = desk.live("course", "new", NEW_COURSE | {"course-started_on": "2023-11-05"})

    # 1 October 2023 to 15 January 2024 are 106 days; to 5 November 35, within 28 to 42.
    assert "106 days" in late
    assert "35 days" not in in_time.content.decode()


def test_an_organ_dose_above_its_constraint_is_a_deviation(make_desk):
    desk = make_desk("cams")
    metric = {
        "metric-new": "n1",
        "metric-n1-version": "1",
        "metric-n1-structure": "Bone",
        "metric-n1-metric": "V40Gy",
        "metric-n1-unit": "%",
    }
    with system_scope():
        Disease.objects.create(patient=desk.patient, site="thigh")

    above = desk.live("course", "new", NEW_COURSE | metric | {"metric-n1-value": "61"})
    kept = desk.live("course", "new", NEW_COURSE | metric | {"metric-n1-value": "60"})

    assert "At most 60 % of a bone receive 40 Gy." in above.content.decode()
    assert "At most 60 %" not in kept.content.decode()


def test_a_row_is_added_in_place_and_nothing_typed_is_lost(desk):
    page = desk.send("course", "new", NEW_COURSE | {"add": "phase"})
    shown = page.content.decode()

    assert 'name="phase-n2-dose_gy"' in shown
    assert 'value="PTV_4500"' in shown
    with system_scope():
        assert not Course.objects.exists()


def test_a_phase_may_belong_to_a_target_that_is_entered_with_it(desk):
    desk.send("course", "new", NEW_COURSE | {"phase-n1-target": "1"})

    with system_scope():
        assert Phase.objects.get().target == Target.objects.get()


def test_a_lesion_that_is_unticked_is_taken_back_and_can_be_ticked_again(desk):
    desk.send("course", "new", NEW_COURSE)
    fields = desk.opened("course", "1")
    target = next(name for name in fields if name.endswith("-lesions"))
    reason = {"reason-code": "typing_error"}

    desk.send("course", "1", {**fields, target: []} | reason)
    with system_scope():
        assert TargetLesion.objects.get().is_void
    fields = desk.opened("course", "1")
    desk.send("course", "1", {**fields, target: ["1"]} | reason)

    with system_scope():
        assert [link.is_void for link in TargetLesion.objects.order_by("pk")] == [True, False]


def test_a_target_takes_its_lesions_along_when_it_is_taken_back(desk):
    desk.send("course", "new", NEW_COURSE)
    fields = desk.opened("course", "1")
    with system_scope():
        target = Target.objects.get()

    answer = desk.send(
        "course", "1", {**fields, f"target-{target.pk}-remove": "1", "reason-code": "duplicate"}
    )

    assert answer.status_code == 302
    with system_scope():
        assert Target.objects.get().void_reason == "Entered twice"
        assert TargetLesion.objects.get().is_void


def test_a_target_that_a_phase_points_to_cannot_be_taken_back(desk):
    course = CourseFactory.create(patient=desk.patient, number=1)
    target = TargetFactory.create(course=course, number=1)
    PhaseFactory.create(course=course, number=1, target=target)
    fields = desk.opened("course", "1")

    answer = desk.send(
        "course", "1", {**fields, f"target-{target.pk}-remove": "1", "reason-code": "duplicate"}
    )

    assert answer.status_code == 422
    assert "Target: There is no such row any more. Choose another one." in answer.content.decode()
    with system_scope():
        assert not Target.objects.get().is_void
