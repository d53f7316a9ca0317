"""Marks of the demo: what was signed, verified and locked, so that pages show what that looks like.

Only whole patients at the end of their centre's list are marked: the first ones are those that a
reader of the demo opens to enter something.
"""

from __future__ import annotations

from registry.case import load_case
from registry.case_forms import FormKey, first_rows, whole_case
from registry.models import Centre, Course, Disease, Enrolment, Patient, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.services import marks

SIGNED = 2
"""Cases that the investigator of the first centre has signed."""

VERIFIED = 4
"""Cases of which the monitor has compared disease and courses with the source data."""


def leave_marks() -> None:
    """Let the monitor verify, the investigator sign and the coordinator lock."""
    centre = Centre.objects.order_by("code")[0]
    investigator = User.objects.get(username=f"inv-{centre.code.lower()}")
    monitor = User.objects.get(username=Role.MONITOR.value)
    coordinator = User.objects.get(username=Role.COORDINATOR.value)
    with system_scope():
        complete = _complete_cases(centre)
        for patient in complete[:VERIFIED]:
            for key in _forms_to_verify(patient):
                marks.verify(patient, key, by=monitor)
        for patient in complete[:SIGNED]:
            marks.sign(patient, whole_case(patient), by=investigator, meaning="reviewed")
        for patient in complete[:1]:
            marks.lock(patient, whole_case(patient), by=coordinator)


def _complete_cases(centre: Centre) -> list[Patient]:
    """The last patients of the centre's list of whom nothing is left to enter."""
    enrolled = Enrolment.objects.live().filter(patient__centre=centre).select_related("patient")
    complete: list[Patient] = []
    for row in enrolled.order_by("-patient__pseudonym").iterator():
        if len(complete) == VERIFIED:
            break
        if not marks.left_open(load_case(row.patient), whole_case(row.patient)):
            complete.append(row.patient)
    return complete


def _forms_to_verify(patient: Patient) -> list[FormKey]:
    wanted = (Disease.entity(), Course.entity())
    return [key for key in first_rows(load_case(patient)) if key.entity in wanted]
