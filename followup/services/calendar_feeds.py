"""Calendar feeds: made by their person, address shown once, never more than the person's rights."""

from __future__ import annotations

import hashlib
import secrets

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from followup.models import CalendarFeed
from followup.models.feed import LONGEST_NAME
from registry.errors import Finding, Refused
from registry.models import Centre, User
from registry.permissions import may_anywhere, may_at_centre
from registry.roles import Action

KEY_BYTES = 32
LONGEST_KEY = 100
"""Characters; those that are given out have 43."""

MOST_FEEDS = 20
"""Of one person at a time."""


def in_force(user: User) -> QuerySet[CalendarFeed]:
    """The feeds of a person that are not revoked."""
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True)


def create(*, user: User, name: str, centre: Centre | None) -> tuple[CalendarFeed, str]:
    """A feed of all that the person's roles show, or of one centre; and its key: kept nowhere.

    Raises:
        Refused: no name or one that a feed of the person bears, too many feeds, no role that shows
            patients, or none at that centre.
    """
    findings = _findings(user, name.strip(), centre)
    if findings:
        raise Refused(findings)
    key = secrets.token_urlsafe(KEY_BYTES)
    try:
        with transaction.atomic():
            feed = CalendarFeed.objects.create(
                user=user,
                centre=centre,
                name=name.strip(),
                digest=_digest(key),
                created_at=timezone.now(),
            )
    except IntegrityError:  # the same form, sent twice at once
        raise Refused([_name_is_taken()]) from None
    return feed, key


def revoke(feed: CalendarFeed, *, by: User) -> None:
    """End a feed at once; its row stays as the record that it was there.

    Raises:
        PermissionDenied: the feed is somebody else's.
    """
    if feed.user_id != by.pk or not by.is_active:
        raise PermissionDenied
    in_force(by).filter(pk=feed.pk).update(revoked_at=timezone.now())


def feed_of(key: str) -> CalendarFeed | None:
    """The feed of that key; None when there is none, it is revoked, or its person has left."""
    if len(key) > LONGEST_KEY:
        return None
    feeds = CalendarFeed.objects.select_related("user", "centre")
    return feeds.filter(digest=_digest(key), revoked_at__isnull=True, user__is_active=True).first()


def note_reading(feed: CalendarFeed) -> None:
    """The day on which the feed was last read, written at most once a day."""
    today = timezone.localdate()
    if feed.last_read_on != today:
        earlier = Q(last_read_on__isnull=True) | Q(last_read_on__lt=today)
        CalendarFeed.objects.filter(earlier, pk=feed.pk).update(last_read_on=today)


def _digest(key: str) -> str:
    """The key has 256 random bits, so a plain digest cannot be turned round."""
    return hashlib.sha256(key.encode()).hexdigest()


def _findings(user: User, name: str, centre: Centre | None) -> list[Finding]:
    findings = []
    if not name:
        findings.append(_finding(_("Give the calendar a name."), "name"))
    elif len(name) > LONGEST_NAME:
        findings.append(_finding(_("At most 80 characters."), "name"))
    elif in_force(user).filter(name=name).exists():
        findings.append(_name_is_taken())
    if in_force(user).count() >= MOST_FEEDS:
        message = _("At most {most} calendars at a time: revoke one first.")
        findings.append(_finding(message.format(most=MOST_FEEDS), ""))
    if centre is not None and not may_at_centre(user, Action.READ_CASES, centre.pk):
        findings.append(_finding(_("None of your roles is at this centre."), "centre"))
    elif not may_anywhere(user, Action.READ_CASES):
        findings.append(_finding(_("None of your roles shows patients."), ""))
    return findings


def _name_is_taken() -> Finding:
    return _finding(_("You have a calendar of this name."), "name")


def _finding(message: str, field: str) -> Finding:
    return Finding("calendar", "impossible", message, "calendar_feed", field=field)
