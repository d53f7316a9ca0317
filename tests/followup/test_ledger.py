"""Claims, leases, and what becomes of a claim whose sweeper is gone."""

import datetime as dt

import pytest

from followup import ledger, posting
from followup.mailbox import MailboxBackend
from followup.models import Digest, Mail, Reminder
from followup.people import People
from followup.services import recompute_all
from registry.scope import system_scope
from tests.factories import data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, digests, reminders, sweep_on

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.services,
    pytest.mark.usefixtures("mailbox"),
]

NOW = dt.datetime(2024, 4, 20, 8, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
NO_LOG = None


@pytest.fixture
def manager():
    manager = data_manager(followed().patient.centre)
    recompute_all(today=DUE_DAY)
    return manager


@pytest.fixture(autouse=True)
def scope():
    with system_scope():
        yield


@pytest.fixture
def claim(manager) -> posting.Claim:
    ledger.enter_needs(People.at(NOW), now=NOW)
    claim = ledger.claim(manager.pk, day=DUE_DAY, now=NOW)
    assert claim is not None
    return claim


def test_a_digest_is_claimed_once(claim, manager):
    assert ledger.claim(manager.pk, day=DUE_DAY, now=NOW) is None
    assert digests() == [(DUE_DAY, "sending")]
    assert reminders() == [("due", 1, "sending")]


def test_the_message_id_is_the_same_on_every_try(claim, manager):
    posting.mark_failed(claim, now=NOW, error="", try_again=True)
    again = ledger.claim(manager.pk, day=DUE_DAY, now=NOW + dt.timedelta(minutes=1))
    assert again is not None
    assert again.message_id == claim.message_id == f"<followup-20240420-{manager.pk}@testserver>"
    assert again.token != claim.token


def test_the_lease_is_longer_than_a_mail_session_can_take(settings):
    settings.EMAIL_TIMEOUT = 30
    # Banner, EHLO, STARTTLS, EHLO, AUTH, MAIL, RCPT, DATA, the text: nine waits at most.
    assert posting.lease() > 9 * dt.timedelta(seconds=30)
    settings.EMAIL_TIMEOUT = None
    assert posting.lease() == dt.timedelta(minutes=1)


def test_a_claim_within_its_lease_is_left_alone(claim):
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=NOW + posting.lease())
    assert digests() == [(DUE_DAY, "sending")]


def test_a_stale_claim_before_the_hand_over_is_free_again(claim):
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=NOW + posting.lease() + SECOND)
    assert digests() == [(DUE_DAY, "pending")]
    sweep_on(DUE_DAY, 9)
    assert digests() == [(DUE_DAY, "sent")]


def test_a_stale_claim_after_the_hand_over_is_unknown_without_a_log(claim, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    posting.hand_over(claim, now=NOW)
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=NOW + posting.lease() + SECOND)
    assert digests() == [(DUE_DAY, "unknown")]
    assert ledger.unknown_count() == 1
    assert sweep_on(DUE_DAY, 9).digests_sent == 0


def test_a_log_that_has_the_mail_makes_it_sent(claim):
    posting.hand_over(claim, now=NOW)
    Mail.objects.create(message_id=claim.message_id, sender="", subject="", text="")
    posting.settle_stale(Digest.objects.all(), MailboxBackend(), now=NOW + posting.lease() + SECOND)
    digest = Digest.objects.get()
    assert (digest.state, digest.sent_at) == ("sent", NOW)


def test_a_log_that_does_not_have_the_mail_makes_it_free(claim):
    posting.hand_over(claim, now=NOW)
    posting.settle_stale(Digest.objects.all(), MailboxBackend(), now=NOW + posting.lease() + SECOND)
    assert digests() == [(DUE_DAY, "pending")]
    sweep_on(DUE_DAY, 9)
    assert Mail.objects.count() == 1


def test_handing_over_renews_the_lease(claim):
    later = NOW + dt.timedelta(seconds=50)
    posting.hand_over(claim, now=later)
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=NOW + posting.lease() + SECOND)
    assert digests() == [(DUE_DAY, "sending")]


def test_a_sweeper_that_lost_its_claim_must_not_send(claim, manager):
    late = NOW + posting.lease() + SECOND
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=late)
    other = ledger.claim(manager.pk, day=DUE_DAY, now=late)
    assert other is not None
    with pytest.raises(posting.ClaimLost):
        posting.hand_over(claim, now=late)
    posting.hand_over(other, now=late)


def test_a_late_answer_of_the_mail_server_settles_the_doubt(claim):
    posting.hand_over(claim, now=NOW)
    late = NOW + posting.lease() + SECOND
    posting.settle_stale(Digest.objects.all(), NO_LOG, now=late)
    posting.mark_sent(claim, now=late)
    assert digests() == [(DUE_DAY, "sent")]


def test_what_may_have_gone_out_is_sent_again_unchanged_or_not_at_all(claim, manager):
    """Else the log would show the first mail while the second one had more to say."""
    posting.hand_over(claim, now=NOW)
    followed(centre=manager.memberships.get().centre)
    recompute_all(today=DUE_DAY)
    sweep_on(DUE_DAY, 9)
    assert reminders() == [("due", 1, "sent"), ("due", 1, "pending")]
    sweep_on(DUE_DAY + dt.timedelta(days=1))
    assert reminders() == [("due", 1, "sent"), ("due", 1, "sent")]


def test_an_unsent_digest_of_yesterday_becomes_part_of_todays(claim):
    tomorrow = DUE_DAY + dt.timedelta(days=1)
    sweep_on(tomorrow)
    assert digests() == [(DUE_DAY, "carried_over"), (tomorrow, "sent")]
    assert Mail.objects.count() == 1
    assert Reminder.objects.get().digest == Digest.objects.get(day=tomorrow)


def test_of_the_same_need_one_row_is_entered(manager):
    assert ledger.enter_needs(People.at(NOW), now=NOW) == 1
    assert ledger.enter_needs(People.at(NOW), now=NOW) == 0
    assert Reminder.objects.count() == 1
