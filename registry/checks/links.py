"""Checks that rows point to rows of the same patient, course and study."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place
from registry.models import (
    Baseline,
    ClinicalRow,
    Enrolment,
    LesionAssessment,
    Phase,
    Progression,
    TargetLesion,
    ToxicityEvent,
)

_LINKS: tuple[tuple[type[ClinicalRow], str], ...] = (
    (TargetLesion, "lesion"),
    (LesionAssessment, "lesion"),
    (Progression, "lesion"),
    (ToxicityEvent, "lesion"),
    (ToxicityEvent, "course"),
    (Baseline, "course"),
)


def same_patient(case: Case, today: dt.date) -> Iterator[Place]:
    """Lesions and courses that a row points to belong to the same patient."""
    for model, field in _LINKS:
        for row in case.of(model):
            other = getattr(row, field)
            if other is not None and other.patient != case.patient:
                message = _("the {thing} belongs to another patient").format(thing=field)
                yield Place(row, field, message)


def target_of_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A phase doses targets of its own course."""
    for row in case.of(Phase):
        if row.target is not None and row.target.course != row.course:
            yield Place(row, "target", _("the target belongs to another course"))


def version_of_study(case: Case, today: dt.date) -> Iterator[Place]:
    """The protocol version of an enrolment is one of its study."""
    for row in case.of(Enrolment):
        if row.protocol_version.study_id != row.study_id:
            yield Place(row, "protocol_version", _("the version belongs to another study"))
