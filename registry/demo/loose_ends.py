"""What is left to do in the demo: required items missing, and questions of the monitor.

A registry in use is never quite complete; without loose ends the worklist and the grid would show
nothing of what they are for. No outcome figure rests on the items that are left out.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from registry.models import ClinicalRow, Enrolment, Patient, Target, User
from registry.models.choices import Role
from registry.scope import system_scope
from registry.services import records
from registry.services.corrections import ask

LEFT_OUT: dict[str, tuple[type[ClinicalRow], str]] = {
    "cnao": (Enrolment, "consent_on"),
    "jinling": (Target, "homogeneity_index"),
    "miyakojima": (Enrolment, "consent_on"),
    "preop": (Enrolment, "consent_on"),
}
"""Study → the item that the first patient of each centre lacks."""


def leave_loose_ends() -> None:
    """Take the items out, and let the monitor ask a question at every centre."""
    monitor = User.objects.get(username=Role.MONITOR.value)
    with system_scope():
        for patient, study in _first_patients():
            if study in LEFT_OUT:
                _leave_out(patient, *LEFT_OUT[study])
            else:
                question = _("Please compare the date of the last visit with the patient's record.")
                ask(patient=patient, question=question, by=monitor)


def _first_patients() -> list[tuple[Patient, str]]:
    """The first patient of every study at every centre, with the key of the study."""
    enrolments = Enrolment.objects.live().select_related("patient__centre", "study")
    first: dict[tuple[int, str], Patient] = {}
    for row in enrolments.order_by("patient__pseudonym"):
        first.setdefault((row.patient.centre_id, row.study.key), row.patient)
    return [(patient, study) for (_centre, study), patient in first.items()]


def _leave_out(patient: Patient, model: type[ClinicalRow], field: str) -> None:
    rows: Any = model.objects.live().filter(**{model.patient_path: patient}).order_by("pk")
    row = rows.first()
    if row is not None:
        reason = _("left open for the demonstration")
        records.change(row, by=None, reason=reason, version=row.version, **{field: None})
