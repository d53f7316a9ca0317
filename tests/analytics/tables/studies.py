"""Studies with followed patients for the pages and files of tables."""

from __future__ import annotations

import datetime as dt

from registry.models import Centre, Patient, Study, User
from registry.models.choices import Role
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    MembershipFactory,
    ParticipationFactory,
    PatientFactory,
    ProtocolVersionFactory,
    UserFactory,
)

START = dt.date(2020, 1, 1)


def study_at(*codes: str, key: str = "jinling", title: str = "Study") -> tuple[Study, list[Centre]]:
    """A study with the centres of these codes taking part."""
    study = ProtocolVersionFactory.create(study__key=key, study__title=title).study
    centres = [CentreFactory.create(code=code) for code in codes]
    for centre in centres:
        ParticipationFactory.create(study=study, centre=centre)
    return study, centres


def followed(
    study: Study,
    centre: Centre,
    *,
    days: int,
    died: bool = False,
    sex: str = "female",
    **disease: object,
) -> Patient:
    """A patient irradiated on START and seen, or dead, so many days later."""
    patient = PatientFactory.create(centre=centre, sex=sex)
    version = study.protocol_version()
    EnrolmentFactory.create(patient=patient, protocol_version=version, enrolled_on="2019-12-20")
    CourseFactory.create(patient=patient, number=1, started_on=str(START), ended_on=str(START))
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2019-11-01", **disease)
    end = str(START + dt.timedelta(days))
    if died:
        DeathFactory.create(patient=patient, died_on=end)
    else:
        AssessmentFactory.create(patient=patient, number=1, assessed_on=end)
    return patient


def reader_of(study: Study) -> User:
    """Somebody who sees the figures of a study and not its cases."""
    user = UserFactory.create()
    MembershipFactory.create(user=user, role=Role.READER, study=study)
    return user
