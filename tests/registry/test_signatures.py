"""What a signature is bound to: content, person, time, meaning, patient and form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from registry.audit import recorded
from registry.case import load_case
from registry.case_forms import FormKey, key_of, rows_of, whole_case
from registry.models import Course, FormMark, Patient
from registry.models.choices import MarkKind
from registry.scope import system_scope
from registry.signatures import code_of, content_of, digest_of, is_authentic, is_intact
from tests.factories import (
    CentreFactory,
    CourseFactory,
    LesionFactory,
    PatientFactory,
    PhaseFactory,
    TargetFactory,
    TargetLesionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def digest(row: Course | Patient) -> str:
    with system_scope():
        patient = row if isinstance(row, Patient) else row.patient
        case = load_case(Patient.objects.get(pk=patient.pk))
        return digest_of(case, whole_case(row) if isinstance(row, Patient) else key_of(row))


def signature(course: Course, **changed: Any) -> FormMark:
    """A signature of the course as it is, made by hand."""
    mark = FormMark(
        patient=course.patient,
        kind=MarkKind.SIGNED,
        entity="course",
        row_id=course.pk,
        content_sha256=digest(course),
        meaning="I have reviewed it.",
        by=UserFactory.create(),
        at=dt.datetime(2026, 3, 2, 9, 30, tzinfo=dt.UTC),
    )
    mark.code = code_of(mark)
    for name, value in changed.items():
        setattr(mark, name, value)
    return mark


def intact(mark: FormMark) -> bool:
    with system_scope():
        return is_intact(mark, load_case(Patient.objects.get(pk=mark.patient_id)))


def by_sql(statement: str, *values: Any) -> None:
    """A write past the application, with the context that the trail needs."""
    with recorded(by=None, reason="by hand"), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_fresh_signature_is_intact() -> None:
    assert intact(signature(CourseFactory.create()))


def test_content_is_written_down_by_names_and_numbers_without_bookkeeping() -> None:
    course = CourseFactory.create(number=2, energy="6 MV")
    target = TargetFactory.create(course=course, number=1, label="PTV 1")
    lesion = LesionFactory.create(patient=course.patient, number=7)
    TargetLesionFactory.create(target=target, lesion=lesion)

    with system_scope():
        case = load_case(course.patient)
        text = content_of(rows_of(case, key_of(course)))

    assert text.splitlines() == [
        '[["course", 2], {"ended_on": "2024-01-31", "energy": "6 MV", "number": 2, '
        '"radiation_type": "photon", "started_on": "2024-01-15"}, {}]',
        '[["target", 2, 1], {"course": [2], "label": "PTV 1", "number": 1}, {}]',
        '[["target_lesion", 2, 1, 7], {"lesion": [7], "target": [2, 1]}, {}]',
    ]


def test_a_changed_value_changes_the_digest_and_the_same_value_again_does_not() -> None:
    course = CourseFactory.create(energy="6 MV")
    before = digest(course)

    by_sql("UPDATE registry_course SET energy = '10 MV', version = 2 WHERE id = %s", course.pk)
    changed = digest(course)
    by_sql("UPDATE registry_course SET energy = '6 MV', version = 3 WHERE id = %s", course.pk)

    assert changed != before
    assert digest(course) == before


def test_a_number_is_the_same_however_many_zeros_it_is_written_with() -> None:
    phase = PhaseFactory.create(dose_gy=Decimal("50"))
    with system_scope():
        held = content_of([type(phase).objects.get(pk=phase.pk)])

    assert content_of([phase]) == held
    assert '"dose_gy": "50"' in held


def test_a_reason_for_a_missing_value_is_content() -> None:
    course = CourseFactory.create()
    before = digest(course)

    by_sql(
        "UPDATE registry_course SET missing = %s WHERE id = %s",
        '{"energy": "unknown"}',
        course.pk,
    )

    assert digest(course) != before


@pytest.mark.parametrize("factory", [TargetFactory, PhaseFactory])
def test_a_new_part_of_the_form_ends_its_signature(factory: Any) -> None:
    course = CourseFactory.create()
    mark = signature(course)

    factory.create(course=course)

    assert not intact(mark)


def test_other_forms_of_the_patient_do_not_touch_it_but_the_whole_case() -> None:
    course = CourseFactory.create()
    mark, case = signature(course), digest(course.patient)

    LesionFactory.create(patient=course.patient)

    assert intact(mark)
    assert digest(course.patient) != case


def test_the_centre_is_no_content() -> None:
    course = CourseFactory.create()
    before = digest(course.patient)

    other = CentreFactory.create()
    by_sql("UPDATE registry_patient SET centre_id = %s WHERE id = %s", other.pk, course.patient_id)

    assert digest(course.patient) == before


def test_an_edit_past_the_application_voids_it() -> None:
    course = CourseFactory.create(energy="6 MV")
    mark = signature(course)

    by_sql("UPDATE registry_course SET energy = '10 MV' WHERE id = %s", course.pk)

    assert is_authentic(mark)
    assert not intact(mark)


def test_a_form_that_was_taken_back_has_no_intact_signature() -> None:
    course = CourseFactory.create()
    mark = signature(course)

    by_sql("UPDATE registry_course SET voided_at = %s WHERE id = %s", timezone.now(), course.pk)

    assert not intact(mark)


@pytest.mark.parametrize("part", ["by", "at", "meaning", "content_sha256", "code"])
def test_a_signature_with_one_part_changed_is_not_authentic(part: str) -> None:
    changed = {
        "by": lambda: UserFactory.create(),
        "at": lambda: dt.datetime(2026, 3, 2, 9, 30, 0, 1, tzinfo=dt.UTC),
        "meaning": lambda: "I have reviewed it!",
        "content_sha256": lambda: "0" * 64,
        "code": lambda: "0" * 64,
    }

    mark = signature(CourseFactory.create(), **{part: changed[part]()})

    assert not is_authentic(mark)


def test_a_signature_copied_to_a_form_of_the_same_content_fails() -> None:
    """Two patients with the same course: the digest is the same, the code is not."""
    first = CourseFactory.create(number=1)
    second = CourseFactory.create(number=1)
    assert digest(first) == digest(second)

    copied = signature(first, patient=second.patient, row_id=second.pk)

    assert not is_authentic(copied)
    assert not intact(copied)


def test_a_signature_of_a_form_does_not_sign_the_case() -> None:
    course = CourseFactory.create()

    copied = signature(course, entity="case", row_id=course.patient_id)

    assert not is_authentic(copied)


def test_another_key_recognises_nothing(settings: Any) -> None:
    mark = signature(CourseFactory.create())

    settings.SIGNATURE_KEY = "another key of at least thirty-two letters"

    assert not is_authentic(mark)


def test_digests_do_not_give_the_content_away(settings: Any) -> None:
    """Who does not know the key cannot find a birth date by trying every day."""
    patient = PatientFactory.create(birth_date="1960-05-17")
    before = digest(patient)

    settings.SIGNATURE_KEY = "another key of at least thirty-two letters"

    assert digest(patient) != before


def test_a_form_of_another_patient_is_empty_in_this_case() -> None:
    course = CourseFactory.create()
    other = PatientFactory.create()
    with system_scope():
        assert rows_of(load_case(other), FormKey("course", course.pk)) == []
