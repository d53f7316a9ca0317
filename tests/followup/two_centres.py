"""Two centres of one study with figures counted by hand, as of 1 July 2024.

Centre A planned 20 patients, 2 a month from 1 January 2024 on: 12 by 1 July. Centre B said nothing.

| patient | enrolled   | missing, to confirm | overdue since | question of | what became of them |
|---------|------------|---------------------|---------------|-------------|---------------------|
| A-1     | 2024-07-01 | nothing             |               |             |                     |
| A-2     | 2024-05-20 | 3, 1                | 2024-06-01    |             | died                |
| A-3     | 2024-04    | 2, 0                | 2024-06-21    | 2024-06-21  | lost                |
| A-4     | 2023       | nobody worked it out|               |             | withdrew            |
| B-1     | 2024-06-30 | nothing             |               |             |                     |

Beside them a patient who was taken back, an enrolment that was taken back, and a patient of another
study: none of them counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from registry.models import Centre, Patient, Study
from tests.factories import (
    CaseStatusFactory,
    CentreFactory,
    CorrectionRequestFactory,
    DeathFactory,
    EnrolmentFactory,
    IdentityFactory,
    LossToFollowUpFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
)
from tests.followup.factories import open_visit

NOW = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
TODAY = NOW.date()


@dataclass(frozen=True)
class TwoCentres:
    """The study, its centres, and the patients by pseudonym."""

    study: Study
    a: Centre
    b: Centre
    patients: dict[str, Patient]


def two_centres() -> TwoCentres:
    """Write all of it."""
    version = ProtocolVersionFactory.create()
    other = ProtocolVersionFactory.create(study__key="cams")
    a = CentreFactory.create(code="A", name="Centre A")
    b = CentreFactory.create(code="B", name="Centre B")
    ParticipationFactory.create(
        study=version.study,
        centre=a,
        target_accrual=20,
        planned_per_month=Decimal(2),
        activated_on=dt.date(2024, 1, 1),
    )
    ParticipationFactory.create(study=version.study, centre=b)
    patients: dict[str, Patient] = {}

    def enrol(pseudonym: str, centre: Centre, day: str, **values: Any) -> Patient:
        patient = PatientFactory.create(
            pseudonym=pseudonym, centre=centre, voided_at=values.pop("patient_voided_at", None)
        )
        IdentityFactory.create(patient=patient)
        values = {"protocol_version": version, "consent_on": None} | values
        EnrolmentFactory.create(patient=patient, enrolled_on=day, **values)
        patients[pseudonym] = patient
        return patient

    CaseStatusFactory.create(patient=enrol("A-1", a, "2024-07-01"))

    died = enrol("A-2", a, "2024-05-20")
    CaseStatusFactory.create(patient=died, incomplete_count=3, unconfirmed_count=1)
    open_visit(died, "2024-06-01")
    DeathFactory.create(patient=died, died_on="2024-06-15")
    LossToFollowUpFactory.create(patient=died, declared_on="2024-06-10")

    lost = enrol("A-3", a, "2024-04")
    CaseStatusFactory.create(patient=lost, incomplete_count=2)
    open_visit(lost, "2024-06-21")
    open_visit(lost, "2024-12-31", key="last_rt_day-m06")
    asked_at = dt.datetime(2024, 6, 21, 9, tzinfo=dt.UTC)
    CorrectionRequestFactory.create(patient=lost, asked_at=asked_at)
    CorrectionRequestFactory.create(
        patient=lost, asked_at=asked_at, state="answered", answer="It is right."
    )
    LossToFollowUpFactory.create(patient=lost, declared_on="2024-06-30")

    enrol("A-4", a, "2023", withdrawn_on="2024-02-01", withdrawal_scope="visits")
    CaseStatusFactory.create(patient=enrol("B-1", b, "2024-06-30"))

    for pseudonym, centre, values in (
        ("A-5", a, {"patient_voided_at": NOW}),
        ("B-2", b, {"voided_at": NOW, "void_reason": "entered by mistake"}),
        ("B-3", b, {"protocol_version": other}),
    ):
        patient = enrol(pseudonym, centre, "2024-07-01", **values)
        CaseStatusFactory.create(patient=patient, incomplete_count=100, unconfirmed_count=100)
        open_visit(patient, "2024-01-31")
        CorrectionRequestFactory.create(patient=patient)
        DeathFactory.create(patient=patient)
    return TwoCentres(version.study, a, b, patients)
