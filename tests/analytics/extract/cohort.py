"""Patients in the database, typed as days from the first day of radiotherapy."""

import datetime as dt

from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    EnrolmentFactory,
    LesionFactory,
    PatientFactory,
    ProtocolVersionFactory,
    TargetFactory,
    TargetLesionFactory,
)

FIRST_DAY = dt.date(2020, 1, 15)


def after(days):
    """ISO text of the day so many days after the first day of radiotherapy."""
    return (FIRST_DAY + dt.timedelta(days=days)).isoformat()


def study_of(key="jinling"):
    return ProtocolVersionFactory.create(study__key=key).study


def enrol(study, pseudonym, *, centre="A", **values):
    version = study.protocol_version()
    patient = PatientFactory.create(pseudonym=pseudonym, centre=CentreFactory.create(code=centre))
    EnrolmentFactory.create(
        patient=patient, protocol_version=version, **{"enrolled_on": after(-10), **values}
    )
    return patient


def irradiate(patient, *, start=0, lesions=(), number=None):
    """A course, and a target that treats the lesions."""
    numbered = {} if number is None else {"number": number}
    course = CourseFactory.create(
        patient=patient, started_on=after(start), ended_on=after(start + 14), **numbered
    )
    if lesions:
        target = TargetFactory.create(course=course)
        for lesion in lesions:
            TargetLesionFactory.create(target=target, lesion=lesion)
    return course


def add_lesion(patient, number):
    return LesionFactory.create(patient=patient, number=number)


def see(patient, days):
    return AssessmentFactory.create(patient=patient, assessed_on=after(days))


def die(patient, days, cause="disease"):
    return DeathFactory.create(patient=patient, died_on=after(days), cause=cause)


def follow(study, pseudonym, days, *, died, centre="A"):
    """A patient treated on day 0 and followed for so many days, to death or to the last visit."""
    patient = enrol(study, pseudonym, centre=centre)
    irradiate(patient)
    if died:
        die(patient, days)
    else:
        see(patient, days)
    return patient
