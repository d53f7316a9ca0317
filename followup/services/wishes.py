"""How a person wants to be reminded, and when they are away: written by that person alone."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from followup.models import Leave, ReminderWish, Rhythm, Weekday
from registry.errors import Finding, Refused
from registry.models import Membership, User
from registry.models.choices import Role
from registry.roles import Action, Reach, roles_with

_ENTERING = roles_with(Action.ENTER_CASES, Reach.CENTRE)

MOST_DAYS_AHEAD = 730
"""Days from today to the last day of a leave: a year that was mistyped silences nobody."""


def set_wishes(
    user: User,
    *,
    rhythm: str,
    weekday: int,
    tells_ahead: bool,
    rests_on_days_off: bool,
    language: str = "",
) -> ReminderWish:
    """Store the person's wishes; whether they are unsubscribed stays as it is.

    Raises:
        Refused: a rhythm, a day of the week or a language that there is not.
    """
    findings = []
    if rhythm not in Rhythm.values:
        findings.append(_finding("wishes", "rhythm", _("Choose how often: daily or weekly.")))
    if weekday not in Weekday.values:
        findings.append(_finding("wishes", "weekday", _("Choose a day of the week.")))
    if language not in ("", *dict(settings.LANGUAGES)):
        findings.append(_finding("wishes", "language", _("Choose a language.")))
    if findings:
        raise Refused(findings)
    said = {
        "rhythm": rhythm,
        "weekday": weekday,
        "tells_ahead": tells_ahead,
        "rests_on_days_off": rests_on_days_off,
        "language": language,
    }
    return _stored(user, said)


def unsubscribe(user: User, *, now: dt.datetime) -> ReminderWish:
    """No mails from now on but those of escalation; a second time changes nothing."""
    wish = _stored(user, {})
    if ReminderWish.objects.filter(pk=wish.pk, unsubscribed_at__isnull=True).update(
        unsubscribed_at=now
    ):
        wish.unsubscribed_at = now
    return wish


def subscribe_again(user: User) -> ReminderWish:
    """Mails as wished before."""
    return _stored(user, {"unsubscribed_at": None})


def possible_stand_ins(user: User, today: dt.date) -> QuerySet[User]:
    """Active people who can see to the person's visits today.

    They enter cases at one of the person's centres, or coordinate one of the person's studies.
    """
    held = Membership.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    own = held.filter(user=user)
    beside = held.filter(
        Q(role__in=_ENTERING, centre__in=own.filter(centre__isnull=False).values("centre"))
        | Q(role=Role.COORDINATOR, study__in=own.filter(study__isnull=False).values("study"))
    )
    people = User.objects.filter(is_active=True, pk__in=beside.values("user"))
    return people.exclude(pk=user.pk).order_by("display_name", "username")


def enter_leave(
    user: User, *, first_day: dt.date, last_day: dt.date, stand_in: User | None, today: dt.date
) -> Leave:
    """Note that the person is away on these days, both included.

    Raises:
        Refused: days in the wrong order, in the past or too far ahead, days of another leave of
            the person, or somebody who cannot stand in.
    """
    with transaction.atomic():
        # Two forms sent at once would both find the days free.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        findings = [
            *_findings_of_days(user, first_day, last_day, today),
            *_findings_of_stand_in(user, stand_in, today),
        ]
        if findings:
            raise Refused(findings)
        return Leave.objects.create(
            user=user, first_day=first_day, last_day=last_day, stand_in=stand_in
        )


def cancel_leave(leave: Leave, *, by: User, now: dt.datetime) -> None:
    """Take a leave back: the person is told as usual again from this moment on.

    Raises:
        PermissionDenied: somebody else's leave.
        Refused: it was cancelled before.
    """
    if by.pk != leave.user_id or not by.is_active:
        raise PermissionDenied(_("Only the person on leave cancels it."))
    if not Leave.objects.filter(pk=leave.pk, cancelled_at__isnull=True).update(cancelled_at=now):
        raise Refused([_finding("leave", "", _("This leave was cancelled before."))])
    leave.cancelled_at = now


def _stored(user: User, columns: dict[str, object]) -> ReminderWish:
    wish, _is_new = ReminderWish.objects.update_or_create(user=user, defaults=columns)
    return wish


def _findings_of_days(
    user: User, first_day: dt.date, last_day: dt.date, today: dt.date
) -> list[Finding]:
    if last_day < first_day:
        message = _("The last day lies before the first one.")
        return [_finding("leave", "last_day", message)]
    if first_day < today:
        message = _("This day has passed. Begin today or later.")
        return [_finding("leave", "first_day", message)]
    if last_day > today + dt.timedelta(days=MOST_DAYS_AHEAD):
        message = _("At most {days} days ahead.").format(days=MOST_DAYS_AHEAD)
        return [_finding("leave", "last_day", message)]
    other = Leave.objects.filter(
        user=user, cancelled_at__isnull=True, first_day__lte=last_day, last_day__gte=first_day
    ).first()
    if other is None:
        return []
    message = _("You are on leave from {first} to {last} already. Cancel that leave first.")
    return [
        _finding(
            "leave",
            "first_day",
            message.format(first=other.first_day.isoformat(), last=other.last_day.isoformat()),
        )
    ]


def _findings_of_stand_in(user: User, stand_in: User | None, today: dt.date) -> list[Finding]:
    if stand_in is None:
        return []
    if stand_in.pk == user.pk:
        return [_finding("leave", "stand_in", _("Choose somebody else than yourself."))]
    if not possible_stand_ins(user, today).filter(pk=stand_in.pk).exists():
        message = _("Choose somebody who enters cases at your centre or coordinates your study.")
        return [_finding("leave", "stand_in", message)]
    return []


def _finding(model: str, field: str, message: str) -> Finding:
    return Finding("reminders", "impossible", message, model, None, field)
