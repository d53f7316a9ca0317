"""What a person wishes of their reminders, who is on leave, and who stands in for whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet

from followup.models import Digest, Leave, MailState, ReminderWish
from followup.next_digest import next_digest_day
from registry.models import Centre, Membership, User
from registry.models.choices import Role
from registry.selectors.colleagues import Colleague, people_of

REMINDED = (Role.DATA_MANAGER, Role.COORDINATOR)
"""Roles that are told about visits."""


@dataclass(frozen=True)
class OwnLeave:
    """A leave of the reader.

    Attributes:
        away: the stand-in's own leave on some of its days.
        reads_no_mails: the stand-in has unsubscribed.
    """

    leave: Leave
    is_running: bool
    away: Leave | None
    reads_no_mails: bool


@dataclass(frozen=True)
class PersonAtCentre:
    """Somebody with a role at a centre; ``leave`` is the one they are on, if any."""

    colleague: Colleague
    leave: Leave | None


def wishes_of(user: User) -> ReminderWish:
    """The person's wishes; the usual ones, not stored, for who has said nothing."""
    return ReminderWish.objects.filter(user=user).first() or ReminderWish(user=user)


def language_of(user: User) -> str:
    """Code of the language of a person's reports and of the mails about them."""
    wished = wishes_of(user).language
    # One that the installation offers no more is not written any more.
    return wished if wished in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def is_reminded(user: User, today: dt.date) -> bool:
    """True for data managers and coordinators of today: others are told only as stand-ins."""
    return _held(user, today).filter(role__in=REMINDED).exists()


def next_digest_of(user: User, wish: ReminderWish, today: dt.date) -> dt.date | None:
    """The first day on which the person's next digest can come; None for no digests.

    There is one a day: after that of today is settled, tomorrow is the earliest.
    """
    settled = Digest.objects.filter(user=user, day=today).exclude(
        Q(state=MailState.PENDING) | Q(state=MailState.FAILED, retry_at__isnull=False)
    )
    earliest = today + dt.timedelta(days=1) if settled.exists() else today
    leaves = list(_not_over(today).filter(user=user))
    return next_digest_day(wish, country=_country(user, today), earliest=earliest, leaves=leaves)


def own_leaves(user: User, today: dt.date) -> list[OwnLeave]:
    """The person's leaves of today and to come, in two queries at most."""
    leaves = list(_not_over(today).filter(user=user).select_related("stand_in__reminder_wish"))
    stand_ins = {leave.stand_in_id for leave in leaves if leave.stand_in_id is not None}
    of_others = list(_not_over(today).filter(user__in=stand_ins)) if stand_ins else []
    return [
        OwnLeave(
            leave=leave,
            is_running=leave.first_day <= today,
            away=next((one for one in of_others if _stands_in_but_is_away(leave, one)), None),
            reads_no_mails=_has_unsubscribed(leave.stand_in),
        )
        for leave in leaves
    ]


def leave_of_today(user: User, today: dt.date) -> Leave | None:
    """The leave that the person is on."""
    return _on(today).filter(user=user).select_related("stand_in").first()


def standing_in(user: User, today: dt.date) -> QuerySet[Leave]:
    """Leaves of today and to come in which the person stands in for somebody."""
    return _not_over(today).filter(stand_in=user, user__is_active=True).select_related("user")


def people_at(centre: Centre, today: dt.date) -> list[PersonAtCentre]:
    """The people of a centre, as :func:`people_of` gives them, with the leave that they are on."""
    colleagues = people_of(centre, today)
    leaves = _leaves_of({one.user_id for one in colleagues}, today)
    return [PersonAtCentre(one, leaves.get(one.user_id)) for one in colleagues]


def _leaves_of(user_ids: Collection[int], today: dt.date) -> dict[int, Leave]:
    rows = _on(today).filter(user__in=user_ids).select_related("stand_in")
    return {leave.user_id: leave for leave in rows}


def _not_over(today: dt.date) -> QuerySet[Leave]:
    return Leave.objects.filter(cancelled_at__isnull=True, last_day__gte=today)


def _on(today: dt.date) -> QuerySet[Leave]:
    return _not_over(today).filter(first_day__lte=today)


def _stands_in_but_is_away(leave: Leave, other: Leave) -> bool:
    is_stand_in = other.user_id == leave.stand_in_id
    return is_stand_in and other.first_day <= leave.last_day and leave.first_day <= other.last_day


def _has_unsubscribed(person: User | None) -> bool:
    wish = getattr(person, "reminder_wish", None)
    return wish is not None and wish.unsubscribed_at is not None


def _held(user: User, today: dt.date) -> QuerySet[Membership]:
    return Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), user=user)


def _country(user: User, today: dt.date) -> str:
    """Whose days off count: the country of the person's first centre; "" without a centre."""
    at_centre = _held(user, today).filter(centre__isnull=False).order_by("pk")
    return at_centre.values_list("centre__country", flat=True).first() or ""
