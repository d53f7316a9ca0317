"""Mails that may have arrived or not, and addresses that refuse mail, with who may see to them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from followup.models import (
    AddressNotice,
    Digest,
    Letter,
    MailState,
    RefusedAddress,
    Reminder,
    ReminderKind,
)
from followup.people import open_refusals
from registry.models import Membership, Participation, User
from registry.permissions import memberships_with
from registry.roles import Action, Reach

MOST_ADDRESSES = 100
"""Refused addresses shown at a time."""


@dataclass(frozen=True)
class DoubtfulMail:
    """A digest of which nobody knows whether it arrived.

    ``kinds`` are its visits by kind, as (name, count), as far as the reader may see them;
    ``addresses`` counts the refused addresses that it tells of.
    """

    digest: Digest
    is_own: bool
    kinds: list[tuple[str, int]]
    addresses: int

    @property
    def visits(self) -> int:
        """How many visits it speaks of."""
        return sum(count for _kind, count in self.kinds)


@dataclass(frozen=True)
class RefusedAddresses:
    """Addresses that refuse mail: the first ``rows`` of ``total``."""

    total: int
    rows: list[RefusedAddress]


@dataclass(frozen=True)
class Waiting:
    """What waits for the reader.

    ``refused`` are addresses of others; ``is_own_refused``: the reader's own refuses mail.
    """

    doubtful: int = 0
    refused: int = 0
    is_own_refused: bool = False


def doubtful_digests(user: User) -> QuerySet[Digest]:
    """Doubtful digests to the person, or that speak of a visit in a study they steer."""
    # Who may settle a digest may know of it, whatever became of its visits since.
    spoken_of = Reminder._base_manager.filter(
        digest=OuterRef("pk"), visit__enrolment__study__in=_steered(user)
    )
    digests = Digest.objects.filter(Q(user=user) | Exists(spoken_of), state=MailState.UNKNOWN)
    return digests.select_related("user").order_by("-day", "user__display_name", "pk")


def doubtful_letters(user: User) -> QuerySet[Letter]:
    """Doubtful letters to the person, or about a study they steer."""
    letters = Letter.objects.filter(
        Q(user=user) | Q(study__in=_steered(user)), state=MailState.UNKNOWN
    )
    return letters.select_related("user", "study").order_by("-entered_at", "-pk")


def doubtful_mails(digests: Iterable[Digest], user: User) -> list[DoubtfulMail]:
    """Digests of :func:`doubtful_digests` with what they speak of, in two queries."""
    shown = list(digests)
    kinds: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        Reminder.objects.filter(digest__in=shown, held="")
        .order_by()
        .values_list("digest", "kind")
        .annotate(Count("pk"))
    )
    for digest_id, kind, count in rows:
        kinds[digest_id][kind] = count
    notices = AddressNotice.objects.filter(digest__in=shown).order_by()
    addresses = dict(notices.values_list("digest").annotate(Count("pk")))
    return [
        DoubtfulMail(
            digest=digest,
            is_own=digest.user_id == user.pk,
            kinds=[
                (str(kind.label), kinds[digest.pk][kind])
                for kind in ReminderKind
                if kind in kinds[digest.pk]
            ],
            addresses=addresses.get(digest.pk, 0),
        )
        for digest in shown
    ]


def refused_addresses(user: User, today: dt.date) -> QuerySet[RefusedAddress]:
    """Present addresses that refuse mail and that the person may see to.

    That is their own; for who keeps accounts, everybody's; for who steers a study, those of people
    with a role of today on it or at a centre that takes part in it.
    """
    steered = _steered(user)
    centres = Participation.objects.filter(study__in=steered).values("centre")
    around = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today),
        Q(study__in=steered) | Q(centre__in=centres),
    )
    keeps_accounts = memberships_with(user, Action.MANAGE_ACCOUNTS, Reach.INSTALLATION)
    shown = Q(user=user) | Q(user__in=around.values("user")) | Exists(keeps_accounts)
    return _open().filter(shown).order_by("-since", "-pk")


def refused_shown(user: User, today: dt.date) -> RefusedAddresses:
    """The first of them with who was told of each, and in which mail."""
    found = refused_addresses(user, today)
    rows = found.select_related("user").prefetch_related("notices__recipient", "notices__digest")
    return RefusedAddresses(found.count(), list(rows[:MOST_ADDRESSES]))


def own_refused(user: User) -> RefusedAddress | None:
    """The mark on the person's own present address, if there is one."""
    return _open().filter(user=user).first()


def waiting_for(user: User, today: dt.date) -> Waiting:
    """What a person has to see to, in three queries: it is asked on every first page."""
    people = refused_addresses(user, today).values_list("user_id", flat=True)
    refused = list(people)
    own = refused.count(user.pk)
    return Waiting(
        doubtful=doubtful_digests(user).count() + doubtful_letters(user).count(),
        refused=len(refused) - own,
        is_own_refused=bool(own),
    )


def _steered(user: User) -> QuerySet[Membership, Any]:
    """Keys of the studies that the person steers, as part of another query."""
    return memberships_with(user, Action.STEER_STUDY, Reach.STUDY).values("study")


def _open() -> QuerySet[RefusedAddress]:
    """Marks that stand, of active people."""
    return open_refusals().filter(user__is_active=True)
