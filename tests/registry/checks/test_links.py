"""Checks that rows point to rows of the same patient, course and study."""

from __future__ import annotations

import pytest

from registry.case import Case
from registry.models import (
    Course,
    Enrolment,
    Lesion,
    Patient,
    Phase,
    Progression,
    ProtocolVersion,
    Target,
)
from tests.registry.checks.examples import Example, adding, of_first, places, setting

pytestmark = pytest.mark.django_db


def lesion_of_another_patient(case: Case) -> None:
    lesion = Lesion(patient=Patient(pseudonym="P-2"), number=1)
    adding(Progression, kind="local", lesion=lesion)(case)


def lesion_of_the_patient(case: Case) -> None:
    adding(Progression, kind="local", lesion=case.of(Lesion)[0])(case)


def target_of_another_course(case: Case) -> None:
    setting(Phase, target=Target(course=Course(patient=case.patient, number=2), number=1))(case)


EXAMPLES = (
    Example(
        "same-patient", lesion_of_another_patient, "progression 2 lesion", lesion_of_the_patient
    ),
    Example(
        "target-of-course",
        target_of_another_course,
        "phase 1 target",
        of_first(Phase, "target", Target),
    ),
    Example(
        "version-of-study",
        adding(Enrolment, study_id=1, protocol_version=ProtocolVersion(study_id=2)),
        "enrolment protocol_version",
        adding(Enrolment, study_id=2, protocol_version=ProtocolVersion(study_id=2)),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_row_of_somebody_else_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
