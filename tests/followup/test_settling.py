"""A person settles a doubtful mail: it arrived, or it is to be sent again."""

import pytest
from django.core.exceptions import PermissionDenied

from followup import ledger, posting
from followup.models import Digest
from followup.people import People
from followup.services import recompute_all
from followup.services.settling import it_arrived, send_again
from registry.errors import Refused
from registry.models import User
from registry.scope import system_scope
from tests.factories import UserFactory, coordinator, data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, digests, instant, mails_to, reminders, sweep_at

pytestmark = [pytest.mark.django_db, pytest.mark.services, pytest.mark.usefixtures("mailbox")]

EIGHT, NINE = instant("2024-04-20 08:00"), instant("2024-04-20 09:00")


@pytest.fixture
def enrolment():
    return followed()


@pytest.fixture
def manager(enrolment) -> User:
    return data_manager(enrolment.patient.centre)


@pytest.fixture
def claim(manager) -> posting.Claim:
    """Of a digest that was handed over, and nobody knows whether it arrived."""
    recompute_all(today=DUE_DAY)
    with system_scope():
        ledger.enter_needs(People.at(EIGHT), now=EIGHT)
        claim = ledger.claim(manager.pk, day=DUE_DAY, now=EIGHT)
    assert claim is not None
    posting.hand_over(claim, now=EIGHT)
    posting.mark_unknown(claim, error="TimeoutError")
    return claim


@pytest.fixture
def digest(claim) -> Digest:
    return Digest.objects.get(pk=claim.pk)


def test_it_arrived(digest, manager):
    it_arrived(digest, by=manager, now=NINE)
    assert (digest.state, digest.sent_at, digest.error) == ("sent", EIGHT, "")
    assert (digest.settled_by, digest.settled_at) == (manager, NINE)
    sweep_at("2024-04-20 10:00")
    assert mails_to(manager.email) == []


def test_it_is_sent_again_today_under_the_same_message_id(digest, manager):
    send_again(digest, by=manager, now=NINE)
    assert (digest.state, digest.settled_by, digest.settled_at) == ("failed", manager, NINE)
    sweep_at("2024-04-20 09:01")
    (mail,) = mails_to(manager.email)
    assert mail.message_id == digest.message_id
    assert digests() == [(DUE_DAY, "sent")]


def test_on_a_later_day_it_becomes_part_of_the_next_digest(digest, manager, settings):
    send_again(digest, by=manager, now=instant("2024-04-22 07:00"))
    sweep_at("2024-04-22 08:00")
    assert [state for _, state in digests()] == ["carried_over", "sent"]
    assert reminders() == [("due", 1, "sent")]


def test_a_late_answer_of_the_mail_server_comes_before_the_second_try(claim, digest, manager):
    send_again(digest, by=manager, now=NINE)
    posting.mark_sent(claim, now=NINE)
    sweep_at("2024-04-20 09:01")
    assert mails_to(manager.email) == []


@pytest.mark.parametrize("settle", [it_arrived, send_again])
def test_what_is_settled_is_not_settled_again(digest, manager, settle):
    it_arrived(digest, by=manager, now=NINE)
    with pytest.raises(Refused, match="This mail is settled"):
        settle(digest, by=manager, now=NINE)


@pytest.mark.parametrize("settle", [it_arrived, send_again])
def test_a_coordinator_of_a_study_in_it_may_settle_and_strangers_may_not(digest, enrolment, settle):
    strangers = [
        UserFactory.create(),
        data_manager(enrolment.patient.centre),
        coordinator(followed("cnao").study),
    ]
    for stranger in strangers:
        with pytest.raises(PermissionDenied):
            settle(digest, by=stranger, now=NINE)
    assert digests() == [(DUE_DAY, "unknown")]
    settle(digest, by=coordinator(enrolment.study), now=NINE)
    assert digests() != [(DUE_DAY, "unknown")]
