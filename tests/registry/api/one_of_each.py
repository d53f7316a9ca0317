"""One row of every table, with a change that fits it and a body that makes another one."""

from __future__ import annotations

from typing import Any

from registry.api.entities import ENTITIES, Entity
from registry.models import ClinicalRow, Patient, ProtocolVersion
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    DeathFactory,
    ParticipationFactory,
    ScreeningFactory,
    TreatmentHistoryFactory,
)
from tests.registry.views.full_case import full_case

CHANGES: dict[str, dict[str, Any]] = {
    "patients": {"sex": "male"},
    "identities": {"contact": "By telephone"},
    "screenings": {"comment": "Seen again"},
    "enrolments": {"consent_version": "2.1"},
    "diseases": {"histology": "Leiomyosarcoma"},
    "treatment_histories": {"had_systemic_therapy": True},
    "surgeries": {"description": "En bloc"},
    "systemic_therapies": {"cycle_count": 4},
    "prior_radiotherapies": {"fraction_count": 25},
    "lesions": {"description": "Left upper lobe"},
    "courses": {"machine": "Linac 1"},
    "baselines": {"kps": 80},
    "targets": {"label": "PTV_5000"},
    "target_lesions": {"missing": {}},
    "phases": {"dose_gy": 45},
    "dose_metrics": {"value": 10.5},
    "assessments": {"comment": "Well"},
    "imaging_studies": {"with_contrast": True},
    "lesion_assessments": {"response": "pr"},
    "progressions": {"comment": "Margin"},
    "deaths": {"cause_text": "Not of the sarcoma"},
    "losses": {"attempts": "Three letters"},
    "toxicity_events": {"comment": "Cream"},
}


def everything(version: ProtocolVersion, **values: Any) -> Patient:
    """A patient with a row in every table, at a centre that takes part in the study."""
    patient = full_case(version, **values)
    ParticipationFactory.create(study=version.study, centre=patient.centre)
    ScreeningFactory.create(
        study=version.study, centre=patient.centre, patient=patient, outcome="enrolled", number=1
    )
    TreatmentHistoryFactory.create(patient=patient)
    DeathFactory.create(patient=patient, died_on="2025-03-04")
    with system_scope():
        patient.losses.update(found_again_on=PartialDate.parse("2025-02-20"))
    return patient


def row_of(entity: Entity, patient: Patient) -> ClinicalRow:
    """The patient's row of that table."""
    with system_scope():
        if not entity.model.patient_path:
            return patient
        row = entity.model.objects.filter(**{entity.model.patient_path: patient}).get()
        assert isinstance(row, ClinicalRow)
        return row


ALL = [entity.name for entity in ENTITIES]
