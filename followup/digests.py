"""Delivers the digest of a person: claimed, computed anew, checked once more, sent."""

from __future__ import annotations

from django.core.mail import EmailMessage

from followup import ledger
from followup.days import Clock
from followup.delivery import deliver
from followup.freshness import Freshness
from followup.messages import Content, digest_message
from followup.models import MailState
from followup.notices import notices_of
from followup.people import People, Person
from followup.posting import Claim
from registry.models import User


def deliver_digest(person: Person, *, fresh: Freshness, clock: Clock) -> MailState | None:
    """Send a person's digest of their day; returns the state it ended in, None if nothing was done.

    Never raises for a mail that cannot be sent: one bad address does not stop the others.
    """
    claim = ledger.claim(person.pk, day=person.day, now=clock())
    if claim is None:
        return None

    def prepare(user: User) -> EmailMessage | None:
        people = fresh.people_for(user.pk)
        fresh.see_to(ledger.patients_of(claim))
        return _prepared(claim, person, user, people)

    return deliver(claim, prepare, clock=clock)


def _prepared(claim: Claim, person: Person, user: User, people: People) -> EmailMessage | None:
    """The mail of what is still needed by the facts of this moment; None when nothing is."""
    checked = ledger.check_needs(claim, people)
    notices = notices_of(claim) if user.pk in people.persons else []
    if not checked.reminders and not notices:
        return None
    content = Content(
        person.day,
        checked.reminders,
        notices,
        checked.stood_in_for,
        is_unsubscribed=people.person(user.pk).is_unsubscribed,
    )
    return digest_message(user, content, message_id=claim.message_id)
