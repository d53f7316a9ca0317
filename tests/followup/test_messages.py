"""What a digest says, and what it must never say."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.template.defaultfilters import striptags

from followup import messages
from followup.models import Digest
from tests.factories import IdentityFactory, coordinator, data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, sweep_on

pytestmark = pytest.mark.django_db

CANARIES = ("Canary", "CANARY", "1960-05-17", "17 May 1960", "1960")


def sent() -> EmailMultiAlternatives:
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html_of(message: EmailMultiAlternatives) -> str:
    (alternative,) = message.alternatives
    assert alternative[1] == "text/html"
    return str(alternative[0])


@pytest.fixture
def enrolment():
    enrolment = followed()
    IdentityFactory.create(patient=enrolment.patient)
    return enrolment


def test_text_and_html_name_patient_visit_dates_needs_and_links(enrolment):
    data_manager(enrolment.patient.centre)
    sweep_on(DUE_DAY)
    pseudonym = enrolment.patient.pseudonym
    for text in (sent().body, html_of(sent())):
        assert pseudonym in text
        assert f"http://testserver/patients/{pseudonym}/" in text
        assert "Month 3" in text
        assert "jinling" in text
        assert "30 Apr 2024" in text
        assert "16 Apr 2024" in text
        assert "14 May 2024" in text
        assert "Clinical examination, toxicity assessment, local imaging, systemic imaging" in text


def test_nothing_in_a_mail_identifies_a_patient(enrolment):
    data_manager(enrolment.patient.centre)
    sweep_on(DUE_DAY)
    whole = sent().message().as_string() + sent().body + html_of(sent())
    assert [canary for canary in CANARIES if canary in whole] == []


def test_the_subject_counts_and_names_nobody(enrolment):
    data_manager(enrolment.patient.centre)
    followed(centre=enrolment.patient.centre)
    followed(centre=enrolment.patient.centre, ended_on="2024-02-09")  # month 3 opens on 25 April
    sweep_on(DUE_DAY)
    assert sent().subject == "Follow-up: 2 visits due, 1 visit opens soon"


def test_the_message_id_is_the_one_in_the_ledger(enrolment):
    data_manager(enrolment.patient.centre)
    sweep_on(DUE_DAY)
    assert sent().message()["Message-ID"] == Digest.objects.get().message_id
    assert sent().message()["Auto-Submitted"] == "auto-generated"


def test_sections_go_from_the_most_urgent_to_the_least(enrolment):
    steering = coordinator(enrolment.study)  # no data manager: told everything
    followed(centre=enrolment.patient.centre, ended_on="2024-04-30")
    followed(centre=enrolment.patient.centre, ended_on="2023-10-10")
    sweep_on(DUE_DAY)
    text = sent().body
    assert sent().to == [steering.email]
    heads = [
        "1 VISIT LONG OVERDUE",
        "1 VISIT OVERDUE",
        "2 VISITS DUE",
    ]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)


def test_a_long_section_is_cut_and_says_so(monkeypatch, enrolment):
    monkeypatch.setattr(messages, "MOST_LINES", 2)
    data_manager(enrolment.patient.centre)
    for _ in range(4):
        followed(centre=enrolment.patient.centre)
    sweep_on(DUE_DAY)
    assert sent().subject == "Follow-up: 5 visits due"
    for text in (sent().body, html_of(sent())):
        assert text.count("http://testserver/patients/") == 2
        assert "3 more visits are on the worklist." in text


def test_text_that_looks_like_markup_stays_text(enrolment):
    data_manager(enrolment.patient.centre, display_name="<b>Manager</b> & Co")
    sweep_on(DUE_DAY)
    assert "for <b>Manager</b> & Co" in sent().body
    assert "&lt;b&gt;Manager&lt;/b&gt; &amp; Co" in html_of(sent())
    assert "Manager" in striptags(html_of(sent()))
