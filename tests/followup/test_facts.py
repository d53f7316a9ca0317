"""Which facts make an anchor, and what an assessment provides."""

import datetime as dt

import pytest

from followup.facts import anchors, read_facts
from registry.models import Enrolment
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import Item, TimePoint
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    DiseaseFactory,
    ImagingStudyFactory,
    SurgeryFactory,
)
from tests.followup.factories import followed

pytestmark = pytest.mark.django_db


def anchors_of(enrolment: Enrolment) -> dict[str, str | None]:
    """Anchors as texts by the name of the time point."""
    with system_scope():
        facts = read_facts([enrolment.patient_id])[enrolment.patient_id]
        schedule = enrolment.protocol_version.protocol.schedule
        assert schedule is not None
        found = anchors(facts, enrolment, schedule)
    return {point.value: None if day is None else str(day) for point, day in found.items()}


def provided(enrolment: Enrolment) -> list[tuple[dt.date, set[str]]]:
    with system_scope():
        facts = read_facts([enrolment.patient_id])[enrolment.patient_id]
    return [(contact.date, {item.value for item in contact.provides}) for contact in facts.contacts]


def test_anchors_are_the_first_course_the_first_diagnosis_and_the_enrolment():
    enrolment = followed()
    CourseFactory.create(patient=enrolment.patient, number=2, started_on="2023-05", ended_on=None)
    DiseaseFactory.create(patient=enrolment.patient, number=2, diagnosed_on="2023-08-01")
    DiseaseFactory.create(patient=enrolment.patient, number=1, diagnosed_on="2023-06")
    assert anchors_of(enrolment) == {
        TimePoint.FIRST_RT_DAY: "2023-05",
        TimePoint.LAST_RT_DAY: None,
        TimePoint.SURGERY: None,
        TimePoint.DIAGNOSIS: "2023-06",
        TimePoint.ENROLMENT: "2023-12-01",
    }


@pytest.mark.parametrize(
    ("study", "surgery"),
    [
        # Radiotherapy ran from 1 to 31 January 2024.
        ("cams", "2023-11-20"),  # radiotherapy follows surgery: the last one before it
        ("preop", "2024-03-04"),  # surgery follows radiotherapy: the first one after it began
    ],
)
def test_the_surgery_is_the_one_that_the_protocol_speaks_of(study, surgery):
    enrolment = followed(study)
    for day in ("2019-02-01", "2023-11-20", "2024-03-04", "2024-06-01"):
        SurgeryFactory.create(patient=enrolment.patient, performed_on=day)
    assert anchors_of(enrolment)["surgery"] == surgery


def test_an_old_operation_is_not_the_surgery_after_radiotherapy():
    enrolment = followed("preop")
    SurgeryFactory.create(patient=enrolment.patient, performed_on="2019-02-01")
    assert anchors_of(enrolment)["surgery"] is None


@pytest.mark.parametrize(
    ("kind", "toxicity", "items"),
    [
        ("clinic", None, {Item.CLINIC}),
        ("clinic", True, {Item.CLINIC, Item.TOXICITY}),
        ("clinic", False, {Item.CLINIC}),
        ("phone", True, {Item.TOXICITY}),
        ("record", None, set()),
    ],
)
def test_a_contact_provides_vital_status_and_by_its_kind_clinic_and_toxicity(kind, toxicity, items):
    enrolment = followed()
    AssessmentFactory.create(patient=enrolment.patient, kind=kind, toxicity_assessed=toxicity)
    assert provided(enrolment) == [(dt.date(2024, 5, 2), items | {Item.VITAL_STATUS})]


@pytest.mark.parametrize(
    ("region", "items"),
    [
        ("treated_site", {Item.LOCAL_IMAGING}),
        ("chest", {Item.SYSTEMIC_IMAGING}),
        ("chest_abdomen", {Item.SYSTEMIC_IMAGING}),
        ("whole_body", {Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING}),
        ("head", set()),
    ],
)
def test_imaging_provides_by_its_region(region, items):
    enrolment = followed()
    visit = AssessmentFactory.create(patient=enrolment.patient, kind="imaging")
    ImagingStudyFactory.create(assessment=visit, region=region)
    assert provided(enrolment) == [(dt.date(2024, 5, 2), items | {Item.VITAL_STATUS})]


@pytest.mark.parametrize(
    ("assessed_on", "performed_on", "day"),
    [
        ("2024-05-02", "2024-04-28", dt.date(2024, 5, 2)),
        (None, "2024-04-28", dt.date(2024, 4, 28)),
        ("2024-05", None, dt.date(2024, 5, 15)),  # the analysis date of a month is its 15th
    ],
)
def test_a_contact_has_the_day_of_the_assessment_or_of_its_imaging(assessed_on, performed_on, day):
    enrolment = followed()
    visit = AssessmentFactory.create(
        patient=enrolment.patient, kind="imaging", assessed_on=assessed_on
    )
    ImagingStudyFactory.create(assessment=visit, performed_on=performed_on)
    assert provided(enrolment) == [(day, {Item.LOCAL_IMAGING, Item.VITAL_STATUS})]


def test_a_contact_without_any_date_is_none():
    enrolment = followed()
    AssessmentFactory.create(patient=enrolment.patient, assessed_on=None)
    assert provided(enrolment) == []


def test_partial_dates_stay_partial_as_anchors():
    enrolment = followed()
    with system_scope():
        enrolment.patient.courses.update(ended_on=PartialDate.parse("2024-01"))
    assert anchors_of(enrolment)["last_rt_day"] == "2024-01"
