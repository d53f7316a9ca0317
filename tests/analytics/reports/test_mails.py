"""Mails about reports are in the language of their reader, as the report is."""

import datetime as dt

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from analytics.models import ReportEdition, Rhythm
from analytics.reports import running
from analytics.services.report_schedules import Plan, enter_issue, make_schedule
from followup.services.wishes import set_wishes
from registry.models import User
from tests.analytics.extract.cohort import follow, study_of
from tests.factories import coordinator

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2024, 4, 20, 12, tzinfo=dt.UTC)


def wishes(person: User, language: str) -> User:
    set_wishes(
        person, rhythm="daily", weekday=0, tells_ahead=True, rests_on_days_off=False,
        language=language,
    )  # fmt: skip
    return person


def test_each_reader_gets_mail_and_report_in_the_language_wished() -> None:
    study = study_of("jinling")
    for number in range(6):
        follow(study, f"P-{number}", 400 + number, died=False)
    german, english = (wishes(coordinator(study), language) for language in ("de", "en"))
    plan = Plan(
        title="Quartalsbericht", rhythm=Rhythm.MONTHLY, readers=[german, english], blocks=["flow"]
    )
    schedule = make_schedule(study=study, plan=plan, by=None, now=NOW)
    enter_issue(schedule, occasion="2024-04", due_on=NOW.date(), now=NOW)

    running.run(clock=lambda: NOW)

    sent = {one.to[0]: one for one in mail.outbox}
    in_german, in_english = sent[german.email], sent[english.email]
    assert in_german.subject == f"Ergebnisbericht: {study.title}"
    assert "Quartalsbericht, Nummer 1, fällig am 20.04.2024" in in_german.body
    assert "Sie erhalten diese E-Mail, weil die Koordination Sie" in in_german.body
    assert isinstance(in_german, EmailMultiAlternatives)
    assert '<html lang="de">' in str(in_german.alternatives[0][0])
    assert "Open" not in in_german.body
    assert in_english.subject == f"Outcome report: {study.title}"
    assert "number 1, due 20 Apr 2024" in in_english.body

    titles = {one.language: bytes(one.html).decode() for one in ReportEdition.objects.all()}
    assert "Patientenfluss" in titles["de"]
    assert "Flow of patients" in titles["en"]
