"""The form of a baseline: check boxes for the conditions, the index from them and the age.

The patient of the desk was born on 17 May 1960, the course begins on 15 January 2024: 63 years, two
points for age (Charlson 1994).
"""

from __future__ import annotations

import pytest

from registry.models import Baseline
from registry.scope import system_scope
from tests.factories import BaselineFactory, CourseFactory

NEW = {
    "baseline-version": "1",
    "baseline-course": "1",
    "baseline-assessed_on": "2024-01-10",
    "baseline-ecog": "1",
    "baseline-kps": "80",
    "baseline-setting": "primary",
    "baseline-comorbidities": ["pulmonary", "diabetes", "diabetes_organ_damage"],
}


@pytest.fixture
def course(desk):
    return CourseFactory.create(patient=desk.patient, number=1)


def saved():
    with system_scope():
        return Baseline.objects.select_related("course").get()


def test_a_baseline_of_a_course_is_saved(desk, course):
    assert desk.send("baseline", "new", NEW).status_code == 302

    row = saved()
    assert (row.course, row.ecog, row.kps, row.setting) == (course, 1, 80, "primary")
    assert row.comorbidities == "pulmonary;diabetes;diabetes_organ_damage"
    assert (row.cci, row.cci_age_adjusted) == (None, None)


def test_the_index_follows_the_conditions_and_the_age(desk, course):
    """Chronic pulmonary disease 1, diabetes with organ damage 2 (diabetes counts no more): 3."""
    shown = desk.live("baseline", "new", NEW).content.decode()

    assert "<dt>Age</dt><dd>63</dd>" in shown
    assert "<dt>Charlson index</dt><dd>3</dd>" in shown
    assert "<dt>Adjusted for age</dt><dd>5</dd>" in shown
    assert "usually goes with ECOG 1" in shown


def test_the_computed_index_is_taken_over_by_a_button(desk, course):
    shown = desk.live("baseline", "new", NEW).content.decode()
    assert 'value="baseline-cci=3"' in shown

    page = desk.send("baseline", "new", NEW | {"take": "baseline-cci=3"})
    field = page.content.decode().split('name="baseline-cci"')[1].split(">")[0]

    assert page.status_code == 200
    assert 'value="3"' in field
    assert "autofocus" in field
    with system_scope():
        assert not Baseline.objects.exists()
    desk.send("baseline", "new", NEW | {"baseline-cci": "3"})
    assert saved().cci == 3


def test_none_of_the_conditions_is_an_answer(desk):
    desk.send("baseline", "new", {"baseline-version": "1", "baseline-comorbidities": "none"})

    assert saved().comorbidities == "none"


@pytest.mark.parametrize("ticked", [["none", "aids"], ["unknown", "diabetes"], ["none", "unknown"]])
def test_what_stands_alone_is_ticked_alone(desk, ticked):
    answer = desk.send("baseline", "new", NEW | {"baseline-comorbidities": ticked})

    assert answer.status_code == 422
    assert "stands alone: untick it or the others" in answer.content.decode()
    with system_scope():
        assert not Baseline.objects.exists()


def test_a_reason_for_missing_conditions_is_kept_when_the_form_is_saved_again(desk):
    row = BaselineFactory.create(
        patient=desk.patient, number=1, missing={"comorbidities": "unknown", "ecog": "not_done"}
    )

    fields = desk.opened("baseline", "1")
    assert fields["baseline-comorbidities"] == ["unknown"]
    assert fields["baseline-ecog"] == ["not_done"]
    assert desk.send("baseline", "1", fields | {"baseline-setting": "primary"}).status_code == 302

    row = saved()
    assert row.missing == {"comorbidities": "unknown", "ecog": "not_done"}
    assert (row.kps, row.setting) == (90, "primary")


def test_a_new_baseline_is_proposed_for_the_course_without_one(desk, course):
    assert desk.opened("baseline", "new")["baseline-course"] == ["1"]
    BaselineFactory.create(patient=desk.patient, number=1, course=course)

    assert desk.opened("baseline", "new")["baseline-course"] == [""]
