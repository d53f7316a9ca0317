"""``manage.py demo_summary``: counts, visits, reminders and curves of every study."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from followup.services import recompute
from tests.analytics.extract.cohort import add_lesion, enrol, follow, irradiate, see, study_of
from tests.factories import StudyFactory

pytestmark = pytest.mark.django_db


def summary():
    out = StringIO()
    call_command("demo_summary", stdout=out)
    return out.getvalue().splitlines()


def test_without_a_study_it_says_so():
    assert summary() == ["There is no study yet."]


def test_every_study_has_its_counts_and_its_curves():
    cnao = study_of("cnao")
    follow(cnao, "C-1", 400, died=True)
    follow(cnao, "C-2", 800, died=False)
    jinling = study_of("jinling")
    patient = enrol(jinling, "J-1")
    irradiate(patient, lesions=[add_lesion(patient, 1), add_lesion(patient, 2)])
    irradiate(patient, start=100)
    see(patient, 700)
    StudyFactory.create(key="bare")

    lines = summary()
    assert lines[0].split() == [
        "Study", "Patients", "Lesions", "Courses", "Visits", "planned", "due", "overdue",
    ]  # fmt: skip
    assert [line.split() for line in lines[1:5]] == [
        ["bare", "0", "0", "0", "0", "0", "0"],
        ["cnao", "2", "0", "2", "0", "0", "0"],
        ["jinling", "1", "2", "2", "0", "0", "0"],
        ["sum", "3", "2", "4", "0", "0", "0"],
    ]
    assert "Reminders sent: 0 in 0 digests" in lines
    # The curve of the first lies at a half from day 400 to its end on day 800: median day 600.
    assert [line.split() for line in lines[-4:]] == [
        ["cnao", "LC", "by", "patient", "2", "0", "100.0", "100.0", "–", "–", "–"],
        ["cnao", "OS", "by", "patient", "2", "1", "100.0", "50.0", "–", "–", "19.7"],
        ["jinling", "LC", "by", "lesion", "2", "0", "100.0", "–", "–", "–", "–"],
        ["jinling", "OS", "by", "patient", "1", "0", "100.0", "–", "–", "–", "–"],
    ]


def test_visits_are_counted_as_they_stand_today():
    study = study_of("jinling")
    patient = enrol(study, "J-1")
    irradiate(patient)  # ends on 29 January 2020: visits to month 60, that is January 2025
    today = timezone.localdate()
    recompute([patient.pk], today=today)
    assert today > dt.date(2025, 2, 28)
    line = next(line for line in summary() if line.startswith("jinling"))
    # Months 3, 6, 12, 18, 24, 30, 36, 42, 48, 54 and 60: all overdue.
    assert line.split() == ["jinling", "1", "0", "1", "0", "0", "11"]
