"""Patients under follow-up, and shortcuts to what is stored about their visits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from followup.models import ExpectedVisit
from followup.services import recompute
from registry.models import Assessment, Centre, Enrolment, Patient
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    ImagingStudyFactory,
    ProtocolVersionFactory,
)

ENDED_ON = "2024-01-31"
"""Last day of radiotherapy. Under jinling, month 3 is 30 April (16 April to 14 May 2024), month 6
is 31 July (17 July to 14 August 2024), month 12 is 31 January (1 January to 2 March 2025)."""


def followed(
    study: str = "jinling", *, centre: Centre | None = None, ended_on: str = ENDED_ON
) -> Enrolment:
    """A patient in a study whose radiotherapy ended on that day. Nothing is computed yet."""
    values: dict[str, Any] = {"patient__centre": centre or CentreFactory.create()}
    enrolment = EnrolmentFactory.create(
        protocol_version=ProtocolVersionFactory.create(study__key=study), **values
    )
    CourseFactory.create(
        patient=enrolment.patient, number=1, started_on=ended_on[:8] + "01", ended_on=ended_on
    )
    return enrolment


def expected(enrolment: Enrolment, today: dt.date) -> dict[str, ExpectedVisit]:
    """Recompute the patient; the stored visits as :func:`stored` gives them."""
    recompute([enrolment.patient_id], today=today)
    return stored(enrolment)


def stored(enrolment: Enrolment) -> dict[str, ExpectedVisit]:
    """The stored visits by key, "m03" for "last_rt_day-m03"."""
    with system_scope():
        rows = list(ExpectedVisit.objects.filter(enrolment=enrolment))
    return {row.key.removeprefix("last_rt_day-"): row for row in rows}


def full_visit(enrolment: Enrolment, on: str) -> Assessment:
    """A visit that provides everything: clinic, toxicity, treated site and chest imaged."""
    visit = AssessmentFactory.create(
        patient=enrolment.patient, assessed_on=on, toxicity_assessed=True
    )
    ImagingStudyFactory.create(assessment=visit, region="treated_site")
    ImagingStudyFactory.create(assessment=visit, region="chest", modality="ct")
    return visit


def open_visit(
    patient: Patient, closes: str, *, key: str = "last_rt_day-m03", **values: Any
) -> None:
    """An open visit whose window of four weeks closes on that day."""
    end = dt.date.fromisoformat(closes)
    with system_scope():
        enrolment = patient.enrolments.first() or EnrolmentFactory.create(patient=patient)
        ExpectedVisit.objects.create(
            enrolment=enrolment,
            key=key,
            anchor="last_rt_day",
            target=end - dt.timedelta(days=14),
            window_start=end - dt.timedelta(days=28),
            window_end=end,
            **({"state": "open"} | values),
        )
