"""The person-time of a study from what is on file, counted by hand up to 31 December 2024.

Jinling counts from the first day of radiotherapy. Centre A:

| patient                                        | observed | potential |
|------------------------------------------------|----------|-----------|
| from 1 January, last seen on 1 July            | 182      | 365       |
| from 1 January, died on 1 March                | 60       | 60        |
| from 31 December 2023, lost, alive on 30 January | 30     | 366       |
| from 1 December, withdrew from visits, never seen | 0     | 30        |
| radiotherapy without a date                    | left out |           |
| died, without a date                           | left out |           |

272 of 821 days, C = 0.3313. Centre B: one from June 2024 (the 15th), examined on 25 June: 10 of
199.
"""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from followup.person_time import PersonTime
from followup.selectors.follow_up.analysis_day import analysis_day
from followup.selectors.follow_up.person_times import person_times
from followup.selectors.follow_up.reach import Reach
from registry.models import Assessment, Centre, Patient, ProtocolVersion
from registry.partial_date import PartialDate, analysis_date
from registry.protocols import preset_text
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    CourseFactory,
    DeathFactory,
    DiseaseFactory,
    EnrolmentFactory,
    ImagingStudyFactory,
    LossToFollowUpFactory,
    ProtocolVersionFactory,
    SurgeryFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

CUT = dt.date(2024, 12, 31)


@pytest.fixture
def version() -> ProtocolVersion:
    return ProtocolVersionFactory.create()


def enrolled(version, centre: Centre, started_on: str | None, **values) -> Patient:
    """A patient of the study whose radiotherapy began on that day."""
    row = EnrolmentFactory.create(
        protocol_version=version, patient__centre=centre, consent_on=None, **values
    )
    CourseFactory.create(patient=row.patient, number=1, started_on=started_on, ended_on=None)
    return row.patient


def times(version, cut: dt.date = CUT, centres=None) -> dict[str, PersonTime]:
    """The person-time by code of centre."""
    with system_scope():
        found = person_times(Reach((version.study,), centres), cut)
    codes = dict(Centre.objects.values_list("pk", "code"))
    return {codes[centre]: time for (_study, centre), time in found.items()}


def two_centres_seen(version) -> tuple[Centre, Centre]:
    """The patients of the table above."""
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    patient = enrolled(version, a, "2024-01-01")
    for day in ("2024-03-01", "2024-07-01", "2023-12-01"):
        AssessmentFactory.create(patient=patient, assessed_on=day)
    died = enrolled(version, a, "2024-01-01")
    AssessmentFactory.create(patient=died, assessed_on="2024-02-01")
    DeathFactory.create(patient=died, died_on="2024-03-01")
    lost = enrolled(version, a, "2023-12-31")
    LossToFollowUpFactory.create(
        patient=lost, last_known_alive_on="2024-01-30", declared_on="2024-12-01"
    )
    enrolled(version, a, "2024-12-01", withdrawn_on="2024-12-05", withdrawal_scope="visits")
    enrolled(version, a, None)
    undated = enrolled(version, a, "2024-01-01")
    DeathFactory.create(patient=undated, died_on=None)
    visit = AssessmentFactory.create(
        patient=enrolled(version, b, "2024-06"), assessed_on="2024-06-20"
    )
    ImagingStudyFactory.create(assessment=visit, performed_on="2024-06-25")
    return a, b


def test_the_index_of_each_centre_is_that_by_hand(version) -> None:
    two_centres_seen(version)

    found = times(version)

    assert found == {
        "A": PersonTime(patients=4, left_out=2, observed=272, potential=821),
        "B": PersonTime(patients=1, observed=10, potential=199),
    }
    assert round(found["A"].index or 0, 4) == 0.3313


def test_only_the_centres_and_the_study_asked_for_are_counted(version) -> None:
    _a, b = two_centres_seen(version)
    other = ProtocolVersionFactory.create(study__key="cnao")
    enrolled(other, b, "2024-01-01")

    assert set(times(version, centres=[b.pk])) == {"B"}
    assert times(version)["B"].patients == 1


def test_what_was_taken_back_counts_nowhere(version) -> None:
    centre = CentreFactory.create(code="A")
    now = timezone.now()
    patient = enrolled(version, centre, "2024-12-01")
    AssessmentFactory.create(
        patient=patient, assessed_on="2024-12-20", voided_at=now, void_reason="entered by mistake"
    )
    enrolled(version, centre, "2024-12-01", voided_at=now, void_reason="entered by mistake")
    gone = enrolled(version, centre, "2024-12-01")
    with system_scope():
        Patient.objects.filter(pk=gone.pk).update(voided_at=now)

    assert times(version) == {"A": PersonTime(patients=1, observed=0, potential=30)}


def test_facts_after_the_data_cut_do_not_count(version) -> None:
    """Up to 1 March: seen for 31 of 60 days; the later visit and the death are not known yet."""
    patient = enrolled(version, CentreFactory.create(code="A"), "2024-01-01")
    for day in ("2024-02-01", "2024-05-01"):
        AssessmentFactory.create(patient=patient, assessed_on=day)
    DeathFactory.create(patient=patient, died_on="2024-06-01")

    assert times(version, dt.date(2024, 3, 1))["A"] == PersonTime(1, 0, observed=31, potential=60)


def test_what_follows_a_withdrawal_from_everything_is_not_used(version) -> None:
    """From 11 January to the withdrawal on 10 February 30 days; potential 355 to the cut."""
    patient = enrolled(
        version,
        CentreFactory.create(code="A"),
        "2024-01-11",
        withdrawn_on="2024-02-10",
        withdrawal_scope="all",
    )
    AssessmentFactory.create(patient=patient, assessed_on="2024-03-01")
    DeathFactory.create(patient=patient, died_on="2024-04-01")

    assert times(version)["A"] == PersonTime(1, 0, observed=30, potential=355)


def test_time_ends_with_the_close_of_the_study(version) -> None:
    """Closed on 31 January: one seen on the 11th, one later, one died later, one on the 21st."""
    version.study.follow_up_ends_on = dt.date(2024, 1, 31)
    version.study.save()
    a = CentreFactory.create(code="A")
    for day in ("2024-01-11", "2024-04-01"):
        AssessmentFactory.create(patient=enrolled(version, a, "2024-01-01"), assessed_on=day)
    for day in ("2024-06-01", "2024-01-21"):
        DeathFactory.create(patient=enrolled(version, a, "2024-01-01"), died_on=day)

    assert times(version)["A"] == PersonTime(
        4, 0, observed=10 + 30 + 30 + 20, potential=3 * 30 + 20
    )


@pytest.mark.parametrize(
    ("origin", "day"),
    [
        ("first_rt_day", "2024-02-01"),
        ("last_rt_day", "2024-02-20"),
        ("surgery", "2024-01-10"),
        ("diagnosis", "2023-11-05"),
        ("enrolment", "2023-12-24"),
    ],
)
def test_time_counts_from_the_origin_of_the_protocol(origin: str, day: str) -> None:
    source = preset_text("jinling").replace(
        'time_origin = "first_rt_day"', f'time_origin = "{origin}"'
    )
    version = ProtocolVersionFactory.create(source=source)
    row = EnrolmentFactory.create(protocol_version=version, enrolled_on="2023-12-24")
    patient = row.patient
    # The second course came first; of the first disease and the last operation before it is spoken.
    CourseFactory.create(patient=patient, number=1, started_on="2024-06-01", ended_on="2024-06-20")
    CourseFactory.create(patient=patient, number=2, started_on="2024-02-01", ended_on="2024-02-20")
    SurgeryFactory.create(patient=patient, number=1, performed_on="2023-12-01")
    SurgeryFactory.create(patient=patient, number=2, performed_on="2024-01-10")
    SurgeryFactory.create(patient=patient, number=3, performed_on="2024-03-10")
    DiseaseFactory.create(patient=patient, number=2, diagnosed_on="2024-01-05")
    DiseaseFactory.create(patient=patient, number=1, diagnosed_on="2023-11-05")

    (time,) = times(version).values()

    assert time.potential == (CUT - dt.date.fromisoformat(day)).days


@pytest.mark.parametrize("text", ["2024", "2024-05", "2024-05-17"])
def test_the_database_reads_partial_dates_as_everybody_else(text: str) -> None:
    visit = AssessmentFactory.create(assessed_on=text)

    with system_scope():
        row = Assessment.objects.annotate(day=analysis_day("assessed_on")).get(pk=visit.pk)

    assert row.day == analysis_date(PartialDate.parse(text))[0].isoformat()


def test_more_patients_ask_no_more_of_the_database(version) -> None:
    two_centres_seen(version)
    times(version)
    with CaptureQueriesContext(connection) as few:
        times(version)
    for number in range(5):
        patient = enrolled(version, CentreFactory.create(), "2024-01-01")
        AssessmentFactory.create(patient=patient, assessed_on=f"2024-0{number + 1}-01")
    with CaptureQueriesContext(connection) as many:
        times(version)

    assert len(many) == len(few)
