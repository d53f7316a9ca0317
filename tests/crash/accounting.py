"""Counts what was due against what arrived: by the mails as received, not by what the ledger says.

Only that a mail is ``unknown``, so that a person is shown it, is the ledger's word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from followup.models import Digest, MailState, Reminder
from registry.scope import system_scope
from tests.crash.relay import Told
from tests.crash.seeding import Due

UNSETTLED = (MailState.PENDING, MailState.SENDING, MailState.FAILED)


@dataclass(frozen=True)
class Count:
    """Of one kind of thing that was due."""

    due: int
    delivered: int
    unknown: int
    doubled: int
    lost: int

    @property
    def is_right(self) -> bool:
        """Nothing lost in silence, nothing doubled, and everything accounted for."""
        accounted = self.delivered + self.unknown == self.due
        return accounted and not self.doubled and not self.lost


@dataclass(frozen=True)
class Account:
    """Reminders and the mails that carry them; ``arrived`` of the unknown mails were received."""

    reminders: Count
    mails: Count
    arrived: int
    doubtful: tuple[str, ...] = field(repr=False)  # Message-IDs of the unknown mails

    @property
    def is_right(self) -> bool:
        """Both are."""
        return self.reminders.is_right and self.mails.is_right


def account(due: Due, received: Iterable[Told]) -> Account:
    """Set what was received against what was due."""
    mails = list(received)
    states = dict(Digest.objects.values_list("message_id", "state"))
    copies = Counter(mail.message_id for mail in mails)
    doubtful = [name for name, state in states.items() if state == MailState.UNKNOWN]
    return Account(
        _reminders(due, mails, states),
        _mails(due, copies, states),
        sum(name in copies for name in doubtful),
        tuple(sorted(doubtful)),
    )


def settled(due: Due, *, without_doubt: bool) -> bool:
    """Whether nothing is left to do: every reminder exists, and its mail is sent or in doubt.

    ``without_doubt``: the relay can be asked, so no mail may stay in doubt.
    """
    unsettled = [*UNSETTLED, *([MailState.UNKNOWN] if without_doubt else [])]
    with system_scope():
        told_of = Reminder.objects.filter(held="").exclude(digest=None)
        return (
            not Digest.objects.filter(state__in=unsettled).exists()
            and not Reminder.objects.filter(digest=None, held="").exists()
            and told_of.count() >= due.total()
        )


def sent_so_far() -> int:
    """Mails that are sent, as the ledger says."""
    return Digest.objects.filter(state=MailState.SENT).count()


def _reminders(due: Due, mails: list[Told], states: dict[str, str]) -> Count:
    received: Due = Counter()
    certain: Due = Counter()
    for mail in mails:
        keys = [(mail.to, pseudonym) for pseudonym in mail.pseudonyms]
        received.update(keys)
        if states.get(mail.message_id) == MailState.SENT:
            certain.update(keys)
    with system_scope():
        rows = Reminder.objects.filter(digest__state=MailState.UNKNOWN, held="").values_list(
            "recipient__email", "visit__enrolment__patient__pseudonym"
        )
        in_doubt: Due = Counter(rows.order_by())
    delivered = unknown = lost = 0
    for key, wanted in due.items():
        sure = min(wanted, certain[key])
        doubted = min(wanted - sure, in_doubt[key])
        delivered += sure
        unknown += doubted
        lost += wanted - sure - doubted
    doubled = (received - due).total()
    return Count(due.total(), delivered, unknown, doubled, lost)


def _mails(due: Due, copies: Counter[str], states: dict[str, str]) -> Count:
    with system_scope():
        spoken = Reminder.objects.filter(held="").exclude(digest=None)
        wanted = set(spoken.values_list("digest__message_id", flat=True))
        people = set(spoken.values_list("recipient__email", flat=True))
    nothing_for = len({address for address, _ in due} - people)
    delivered = sum(states[name] == MailState.SENT and name in copies for name in wanted)
    unknown = sum(states[name] == MailState.UNKNOWN for name in wanted)
    doubled = sum(count - 1 for count in copies.values()) + len(set(copies) - wanted)
    total = len(wanted) + nothing_for
    return Count(total, delivered, unknown, doubled, total - delivered - unknown)
