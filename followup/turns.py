"""Whose digest goes out now: by the person's day and hour, their rhythm and their days off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db.models import Max, Min

from followup.days import ONE_DAY, day_at, weekly_day
from followup.days_off import is_day_off
from followup.models import Digest, MailState, Recomputation, Reminder
from followup.notices import waiting_notices
from followup.people import People, Person
from followup.posting import sendable

_SETTLED = (MailState.SENT, MailState.UNKNOWN, MailState.HELD)


def people_to_tell(people: People) -> list[Person]:
    """People who have something pending and whose digest of their day may go out now."""
    waiting = _waiting(people)
    persons = {pk: people.person(pk) for pk in waiting}
    days = {person.day for person in persons.values()} | _days_on_earth(people.now)
    had = {
        (user_id, day)
        for user_id, day in Digest.objects.filter(day__in=days).values_list("user_id", "day")
    }
    tried = Digest.objects.filter(sendable(people.now), day__in=days)
    again = {
        user_id
        for user_id, day in tried.values_list("user_id", "day")
        if day == people.person(user_id).day
    }
    fresh = [one for pk, one in persons.items() if (pk, one.day) not in had and _may_go_out(one)]
    in_turn = _weekly_turns(fresh, waiting)
    return [people.person(pk) for pk in sorted(again | {one.pk for one in in_turn})]


def _waiting(people: People) -> dict[int, dt.datetime]:
    """Who has something pending, and since when.

    A refused address alone is no reason to write to somebody who is away, or has no role any more.
    """
    pending = Reminder.objects.filter(digest__isnull=True, held="").order_by()
    rows = pending.values_list("recipient_id").annotate(since=Min("created_at"))
    waiting = dict(rows)
    for user_id, since in waiting_notices().values_list("recipient_id", "refused__since"):
        if user_id in waiting or (user_id in people.persons and not people.person(user_id).is_away):
            waiting[user_id] = min(since, waiting.get(user_id, since))
    return waiting


def _days_on_earth(now: dt.datetime) -> set[dt.date]:
    """The dates that may be in force somewhere."""
    today = now.astimezone(dt.UTC).date()
    return {today - ONE_DAY, today, today + ONE_DAY}


def _may_go_out(person: Person) -> bool:
    """True from the sending hour on, and not on a day off of whoever rests then."""
    if person.hour < settings.FOLLOWUP_SEND_FROM_HOUR:
        return False
    return not (person.rests and is_day_off(person.country, person.day))


def _weekly_turns(persons: Collection[Person], waiting: dict[int, dt.datetime]) -> list[Person]:
    """Those with a daily rhythm, and those with a weekly one whose day it is, or was missed.

    A day was missed when what waited then was not told since, or when nobody swept since.
    """
    found = [one for one in persons if one.weekday is None]
    late = []
    for one in persons:
        if one.weekday is not None:
            day = weekly_day(one.day, one.weekday, resting_in=one.country if one.rests else None)
            if day == one.day:
                found.append(one)
            else:
                late.append((one, day))
    if late:
        told, swept = _last_told(one.pk for one, _ in late), _days_swept(day for _, day in late)
        for one, day in late:
            waited = day_at(waiting[one.pk], one.zone) <= day
            was_swept = any(day <= on < one.day for on in swept)
            if told.get(one.pk, dt.date.min) < day and (waited or not was_swept):
                found.append(one)
    return found


def _last_told(users: Iterable[int]) -> dict[int, dt.date]:
    """The day of the last digest of each that was settled."""
    settled = Digest.objects.filter(user__in=list(users), state__in=_SETTLED).order_by()
    return dict(settled.values_list("user_id").annotate(last=Max("day")))


def _days_swept(days: Iterable[dt.date]) -> set[dt.date]:
    """The days since the first of these on which a sweep began."""
    rows = Recomputation.objects.filter(day__gte=min(days))
    return set(rows.values_list("day", flat=True))
