"""Letters: mails of their own about one occasion, each sent exactly once, like digests.

Who writes a kind of letter enters it when there is an occasion, and sends all of that kind with a
function that makes the mail. What it says is made at the moment of sending, by what holds then.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from django.core.mail import EmailMessage, get_connection

from followup import posting
from followup.days import Clock
from followup.delivery import deliver
from followup.models import Letter, LetterKind, MailState
from followup.models.letter import letter_id
from followup.relay_log import delivery_log
from registry.models import Study, User

Compose = Callable[[Letter], EmailMessage | None]
"""Makes the mail of a letter, with ``user`` and ``study`` loaded, under its Message-ID; None when
there is nothing to say any more: the letter is held back."""


def enter(
    kind: LetterKind, occasion: str, user_ids: Iterable[int], *, study: Study, now: dt.datetime
) -> None:
    """One letter to each of these people about the occasion, unless they have one already."""
    Letter.objects.bulk_create(
        [
            Letter(
                user_id=pk,
                study=study,
                kind=kind,
                occasion=occasion,
                message_id=letter_id(kind, occasion, pk),
                entered_at=now,
            )
            for pk in sorted(set(user_ids))
        ],
        ignore_conflicts=True,
    )


def send(kind: LetterKind, compose: Compose, *, clock: Clock) -> Counter[MailState]:
    """Send the letters of a kind that wait; safe to repeat, to interrupt, to run twice.

    Returns:
        How many ended in which state.
    """
    letters = Letter.objects.filter(kind=kind)
    log = delivery_log(get_connection())
    posting.settle_stale(letters, log, now=clock())
    posting.free_readdressed(letters, now=clock())
    waiting = letters.filter(posting.sendable(clock())).order_by("pk").values_list("pk", flat=True)
    ended: Counter[MailState] = Counter()
    for pk in list(waiting):
        claim = posting.take(letters.filter(pk=pk), now=clock())
        if claim is None:
            continue
        letter = letters.select_related("study").get(pk=pk)
        state = deliver(claim, _prepares(compose, letter), clock=clock)
        if state is not None:
            ended[state] += 1
    return ended


def _prepares(compose: Compose, letter: Letter) -> Callable[[User], EmailMessage | None]:
    def prepare(user: User) -> EmailMessage | None:
        letter.user = user
        return compose(letter)

    return prepare
