"""What mails about reports say, in which language, what they carry, and when they are held back."""

from __future__ import annotations

import datetime as dt
from email import policy
from email.parser import BytesParser

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from analytics.models import ReportCopy, ReportEdition, ReportIssue, Rhythm
from analytics.reports import running
from analytics.reports.mails import compose
from analytics.reports.sight import Sight
from analytics.services.report_schedules import Plan, enter_issue, make_schedule
from followup import letters
from followup.models import Letter, LetterKind, MailState, ReminderWish
from followup.services.wishes import set_wishes
from registry.models import Study, User
from registry.models.choices import Role
from registry.time_zones import installation_day
from tests.analytics.extract.cohort import enrol, follow, study_of
from tests.analytics.reports.issuing import NOW, PDF, edition, issued, scheduled
from tests.analytics.reports.three_centres import on_study
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db

SITE = "https://registry.example.org"
HOSTILE = '<script>alert(1)</script>\r\nBcc: all@example.org "{{ 7|add:7 }}"'


@pytest.fixture(autouse=True)
def site(settings) -> None:
    settings.SITE_URL = f"{SITE}/"


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    centre = CentreFactory.create(code="A")
    ParticipationFactory.create(study=study, centre=centre)
    enrol(study, "CANARY-1")
    return study


@pytest.fixture
def reader(study: Study) -> User:
    return on_study(study, Role.COORDINATOR, display_name="Reading person")


def letter_to(
    reader: User,
    study: Study,
    *,
    title: str = "Quarterly report",
    carries: bool = False,
    is_test: bool = False,
) -> Letter:
    """The letter about a report whose copy the reader has."""
    schedule = scheduled(study, reader, title=title, sends_file=carries)
    issued(schedule, number=3, tests_for=reader if is_test else None)
    return Letter.objects.select_related("study", "user").get()


def made(letter: Letter) -> EmailMultiAlternatives:
    found = compose(letter)
    assert isinstance(found, EmailMultiAlternatives)
    return found


def html_of(message: EmailMultiAlternatives) -> str:
    ((content, kind),) = message.alternatives
    assert kind == "text/html"
    return str(content)


def test_a_mail_leads_to_the_copy_and_carries_nothing(study: Study, reader: User) -> None:
    message = made(letter_to(reader, study))

    copy = ReportCopy.objects.get()
    link = f"{SITE}/reports/{copy.pk}/"
    assert message.subject == "Outcome report: Study jinling"
    assert message.to == [reader.email]
    assert message.attachments == []
    assert link in message.body
    assert f'href="{link}"' in html_of(message)
    for text in (message.body, html_of(message)):
        assert "Quarterly report, number 3, due 2 Jan 2026" in text
        assert "sign in" in text
        assert "CANARY" not in text
        assert "attached" not in text
        assert "Nobody else got it" not in text


def test_it_bears_the_message_id_of_the_letter_and_a_way_to_get_no_more(
    study: Study, reader: User
) -> None:
    letter = letter_to(reader, study)
    parsed = BytesParser(policy=policy.default).parsebytes(made(letter).message().as_bytes())

    assert parsed["Message-ID"] == letter.message_id
    assert parsed["Auto-Submitted"] == "auto-generated"
    off = parsed["List-Unsubscribe"].strip()
    assert off.startswith(f"<{SITE}/")
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = parsed.get_body(("plain",))
    assert body is not None
    assert off.strip("<>") in "".join(body.get_content().split("\n"))


def test_a_test_says_so(study: Study, reader: User) -> None:
    message = made(letter_to(reader, study, is_test=True))

    assert message.subject == "Test: Outcome report: Study jinling"
    assert "You asked for this test. Nobody else got it." in message.body
    assert "You asked for this test. Nobody else got it." in html_of(message)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.MONITOR, Role.READER])
def test_what_is_attached_by_choice_tells_of_nobody(study: Study, role: Role) -> None:
    message = made(letter_to(on_study(study, role), study, carries=True))

    assert message.attachments == [
        ("jinling-report-3.pdf", PDF + b"study-figures", "application/pdf")
    ]
    assert "The attached copy tells nothing of single patients" in message.body


def test_what_a_centre_is_sent_is_of_its_own_patients_without_telling_of_one(
    study: Study,
) -> None:
    centre = CentreFactory.create(code="A")
    message = made(letter_to(data_manager(centre), study, carries=True))

    ((_name, content, _kind),) = message.attachments
    assert content == PDF + f"{centre.pk}-figures".encode()


def test_hostile_words_stay_words_and_no_header_is_added(study: Study, reader: User) -> None:
    Study.objects.filter(pk=study.pk).update(title=HOSTILE)
    study.refresh_from_db()
    reader.display_name = HOSTILE
    message = made(letter_to(reader, study, title=HOSTILE))

    parsed = BytesParser(policy=policy.default).parsebytes(message.message().as_bytes())
    assert parsed["Bcc"] is None
    assert parsed["Subject"].startswith("Outcome report: <script>alert(1)</script> Bcc: all@")
    html = html_of(message)
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ 7|add:7 }}" in html
    assert "{{ 7|add:7 }}" in message.body


class TestHeldBack:
    def test_from_who_wants_no_mails(self, study: Study, reader: User) -> None:
        letter = letter_to(reader, study)
        wish = ReminderWish.objects.create(user=reader)
        assert compose(letter) is not None
        wish.unsubscribed_at = timezone.now()
        wish.save()
        assert compose(letter) is None

    def test_from_who_lost_the_right_to_read_it(self, study: Study, reader: User) -> None:
        letter = letter_to(reader, study)
        reader.memberships.update(ends_on=installation_day() - dt.timedelta(days=1))
        assert compose(letter) is None

    def test_from_who_reads_figures_only_by_now(self, study: Study, reader: User) -> None:
        letter = letter_to(reader, study)
        reader.memberships.update(role=Role.READER)
        assert compose(letter) is None

    def test_from_who_was_deactivated(self, study: Study, reader: User) -> None:
        letter = letter_to(reader, study)
        User.objects.filter(pk=reader.pk).update(is_active=False)
        ended = letters.send(LetterKind.REPORT, compose, clock=lambda: NOW)
        assert ended == {MailState.HELD: 1}
        assert mail.outbox == []
        assert letter.user == reader

    def test_not_from_who_reads_more_by_now(self, study: Study) -> None:
        reader = on_study(study, Role.READER)
        letter = letter_to(reader, study)
        MembershipFactory.create(user=reader, role=Role.COORDINATOR, study=study)
        assert compose(letter) is not None

    def test_of_two_centres_from_who_has_one_of_them_left(self, study: Study) -> None:
        other = CentreFactory.create(code="B")
        ParticipationFactory.create(study=study, centre=other)
        person = data_manager(CentreFactory.create(code="A"))
        MembershipFactory.create(user=person, role=Role.DATA_MANAGER, centre=other)
        letter = letter_to(person, study)
        assert compose(letter) is not None
        person.memberships.filter(centre=other).delete()
        assert compose(letter) is None


class TestFailedParts:
    @pytest.fixture
    def letter(self, study: Study, reader: User) -> Letter:
        issue = ReportIssue.objects.get(pk=int(letter_to(reader, study).occasion))
        edition(issue, Sight((1,)), ("flow", "curves"))
        edition(issue, Sight((2,)), ("flow",))
        occasion = f"{issue.pk} failed"
        letters.enter(LetterKind.REPORT, occasion, [reader.pk], study=study, now=NOW)
        return Letter.objects.select_related("study", "user").get(occasion=occasion)

    def test_coordinators_are_told_which_and_how_the_rest_went(self, letter: Letter) -> None:
        message = made(letter)
        assert message.subject == "A part of the report on jinling failed"
        assert "- Flow of patients\n- Endpoints\n" in message.body
        assert "<li>Flow of patients</li><li>Endpoints</li>" in html_of(message)
        assert "the rest was delivered" in message.body
        assert message.attachments == []

    def test_who_coordinates_no_more_is_not(self, letter: Letter) -> None:
        letter.user.memberships.update(role=Role.MONITOR)
        assert compose(letter) is None

    def test_neither_is_who_wants_no_mails(self, letter: Letter) -> None:
        ReminderWish.objects.create(user=letter.user, unsubscribed_at=NOW)
        assert compose(letter) is None


def test_a_letter_is_sent_once_by_the_steps_of_letters(study: Study, reader: User) -> None:
    letter_to(reader, study)
    sent = [letters.send(LetterKind.REPORT, compose, clock=lambda: NOW) for _ in range(2)]

    assert sent == [{MailState.SENT: 1}, {}]
    assert [one.subject for one in mail.outbox] == ["Outcome report: Study jinling"]


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
    enter_issue(schedule, occasion="2026-03", due_on=NOW.date(), now=NOW)

    running.run(clock=lambda: NOW)

    sent = {one.to[0]: one for one in mail.outbox}
    in_german, in_english = sent[german.email], sent[english.email]
    assert in_german.subject == f"Ergebnisbericht: {study.title}"
    assert "Quartalsbericht, Nummer 1, fällig am 10.03.2026" in in_german.body
    assert "Sie erhalten diese E-Mail, weil die Koordination Sie" in in_german.body
    assert isinstance(in_german, EmailMultiAlternatives)
    assert '<html lang="de">' in str(in_german.alternatives[0][0])
    assert "Open" not in in_german.body
    assert in_english.subject == f"Outcome report: {study.title}"
    assert "number 1, due 10 Mar 2026" in in_english.body

    titles = {one.language: bytes(one.html).decode() for one in ReportEdition.objects.all()}
    assert "Patientenfluss" in titles["de"]
    assert "Flow of patients" in titles["en"]
