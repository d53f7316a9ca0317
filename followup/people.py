"""Who is there at an instant: what they look after, their day, their wishes, who is away."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet

from followup.days import ONE_DAY, day_at, hour_at
from followup.models import Leave, RefusedAddress, Rhythm
from registry.models import Centre, Membership
from registry.models.choices import Role
from registry.roles import Action, Reach, roles_with


@dataclass(frozen=True)
class Person:
    """Somebody with a role as of an instant.

    Attributes:
        zone: of the first centre; that of the settings for whoever has no centre.
        day, hour: the local ones.
        country: of the first centre, "" without one.
        weekday: the wished day of the week of a weekly digest, None for a daily one.
        stand_in: who is told in their place, while they are away.
        is_refused: their present address takes no mail.
    """

    pk: int
    zone: str
    day: dt.date
    hour: int
    country: str = ""
    weekday: int | None = None
    wants_ahead: bool = True
    rests: bool = False
    is_unsubscribed: bool = False
    is_away: bool = False
    stand_in: int | None = None
    is_refused: bool = False


@dataclass(frozen=True)
class Told:
    """Who is told of something now, and who looks after it as well but is away."""

    now: Sequence[int]
    away: Sequence[int] = ()


Groups = dict[int, list[int]]


def _groups() -> Groups:
    return defaultdict(list)


@dataclass
class People:
    """The active people of an instant by what they look after."""

    now: dt.datetime
    persons: dict[int, Person] = field(default_factory=dict)
    data_managers: Groups = field(default_factory=_groups)  # by centre
    entering: Groups = field(default_factory=_groups)  # by centre: who could stand in
    coordinators: Groups = field(default_factory=_groups)  # by study
    administrators: list[int] = field(default_factory=list)
    centres_of: Groups = field(default_factory=_groups)  # by person
    studies_of: Groups = field(default_factory=_groups)  # by person
    centre_days: dict[int, dt.date] = field(default_factory=dict)

    @classmethod
    def at(cls, now: dt.datetime) -> People:
        """The people of an instant; deactivated people and ended roles do not count.

        Roles end with the day of the installation, here as everywhere.
        """
        found = cls(now)
        for pk, zone in Centre.objects.order_by().values_list("pk", "timezone"):
            found.centre_days[pk] = day_at(now, zone)
        found._meet(list(_roles(now)), now)
        return found

    def meet_again(self, pk: int, now: dt.datetime) -> None:
        """Read anew what one person looks after and wishes, as it stands now."""
        for groups in (self.data_managers, self.entering):
            _leave_out(pk, groups, self.centres_of.get(pk, ()))
        _leave_out(pk, self.coordinators, self.studies_of.get(pk, ()))
        self.administrators = [other for other in self.administrators if other != pk]
        for about in (self.persons, self.centres_of, self.studies_of):
            about.pop(pk, None)
        self._meet(list(_roles(now).filter(user=pk)), now)

    def person(self, pk: int) -> Person:
        """A person; who has no role any more has the day of the installation."""
        return self.persons.get(pk) or _person(pk, self.now, settings.TIME_ZONE)

    def day_of_centre(self, centre_id: int) -> dt.date:
        """The local date at a centre."""
        return self.centre_days.get(centre_id) or day_at(self.now, settings.TIME_ZONE)

    def latest_day(self) -> dt.date:
        """The date of the centre where it is latest."""
        return max(self.centre_days.values(), default=day_at(self.now, settings.TIME_ZONE))

    def of_visits(self, centre_id: int, study_id: int) -> Told:
        """Who is told of visits: the data managers of the centre, else the coordinators.

        For a data manager who is away their stand-in is told. If nobody is left by it who reads
        mails, the coordinators are told, and if there are none either, the data managers
        nevertheless.
        """
        managers = self.data_managers.get(centre_id, [])
        if not managers:
            return self.of_escalations(study_id)
        steering = self.coordinators.get(study_id, [])
        told = self._in_place_of(managers, {*self.entering.get(centre_id, ()), *steering})
        if not told.away or self._is_read_by_some(told.now):
            return told
        instead = self._in_place_of(steering, steering)
        if not self._is_read_by_some(instead.now):
            return Told(managers)
        return Told([*told.now, *(pk for pk in instead.now if pk not in told.now)], told.away)

    def of_escalations(self, study_id: int) -> Told:
        """Who is told of escalations: the coordinators; if all are away, they nevertheless."""
        coordinators = self.coordinators.get(study_id, [])
        told = self._in_place_of(coordinators, coordinators)
        return told if told.now else Told(coordinators)

    def stood_in_for(self, pk: int) -> list[int]:
        """The people who are away and have named this person as stand-in."""
        return [one.pk for one in self.persons.values() if one.is_away and one.stand_in == pk]

    def _in_place_of(self, group: Sequence[int], able: Collection[int]) -> Told:
        """The group without those who are away, and their stand-ins where these are able."""
        now = [pk for pk in group if not self.persons[pk].is_away]
        away = [pk for pk in group if self.persons[pk].is_away]
        for pk in away:
            stand_in = self.persons.get(self.persons[pk].stand_in or 0)
            if stand_in is None or stand_in.pk not in able or stand_in.pk in now:
                continue
            if not stand_in.is_away and not stand_in.is_unsubscribed:
                now.append(stand_in.pk)
        return Told(now, away)

    def _is_read_by_some(self, group: Collection[int]) -> bool:
        return any(not self.persons[pk].is_unsubscribed for pk in group)

    def _enter(self, row: Membership) -> None:
        if row.centre_id is not None:
            self.centres_of[row.user_id].append(row.centre_id)
            if row.role in _ENTERING:
                self.entering[row.centre_id].append(row.user_id)
            if row.role == Role.DATA_MANAGER:
                self.data_managers[row.centre_id].append(row.user_id)
        elif row.study_id is not None:
            self.studies_of[row.user_id].append(row.study_id)
            if row.role == Role.COORDINATOR:
                self.coordinators[row.study_id].append(row.user_id)
        elif row.role == Role.ADMINISTRATOR:
            self.administrators.append(row.user_id)

    def _meet(self, rows: Sequence[Membership], now: dt.datetime) -> None:
        """Enter these roles, and one person for each of their users, at their first centre."""
        for row in rows:
            self._enter(row)
        first: dict[int, Membership] = {}
        for row in rows:
            known = first.setdefault(row.user_id, row)
            if known.centre is None and row.centre is not None:
                first[row.user_id] = row
        users = {row.user_id for row in rows}
        refused, leaves = _refused(users), _leaves(users, now)
        for pk, row in first.items():
            zone = settings.TIME_ZONE if row.centre is None else row.centre.timezone
            facts: dict[str, Any] = {
                "country": "" if row.centre is None else row.centre.country,
                "is_refused": pk in refused,
                **_wishes(row),
            }
            day = day_at(now, zone)
            for leave in leaves.get(pk, ()):
                if leave.first_day <= day <= leave.last_day:
                    facts |= {"is_away": True, "stand_in": leave.stand_in_id}
            self.persons[pk] = _person(pk, now, zone, **facts)


_ENTERING = roles_with(Action.ENTER_CASES, Reach.CENTRE)


def _roles(now: dt.datetime) -> QuerySet[Membership]:
    """Roles in force of active people, in the order in which they were given."""
    today = day_at(now, settings.TIME_ZONE)
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), user__is_active=True
    )
    return held.select_related("centre", "user__reminder_wish").order_by("pk")


def _leave_out(pk: int, groups: Groups, keys: Collection[int]) -> None:
    for key in keys:
        groups[key] = [other for other in groups[key] if other != pk]


def _person(pk: int, now: dt.datetime, zone: str, **facts: Any) -> Person:
    return Person(pk, zone, day_at(now, zone), hour_at(now, zone), **facts)


def _wishes(row: Membership) -> dict[str, Any]:
    """A person's wishes as attributes of :class:`Person`; nothing where they have none."""
    wish = getattr(row.user, "reminder_wish", None)
    if wish is None:
        return {}
    return {
        "weekday": wish.weekday if wish.rhythm == Rhythm.WEEKLY else None,
        "wants_ahead": wish.tells_ahead,
        "rests": wish.rests_on_days_off,
        "is_unsubscribed": wish.unsubscribed_at is not None,
    }


def _refused(users: Collection[int]) -> set[int]:
    """Those whose present address is marked as refusing mail."""
    return set(open_refusals().filter(user__in=users).values_list("user_id", flat=True))


def open_refusals() -> QuerySet[RefusedAddress]:
    """Marks that stand, of addresses that are still the person's."""
    return RefusedAddress.objects.filter(cleared_at__isnull=True, address=F("user__email"))


def _leaves(users: Collection[int], now: dt.datetime) -> Mapping[int, list[Leave]]:
    """Leaves of these people that hold somewhere on earth."""
    today = now.astimezone(dt.UTC).date()
    rows = Leave.objects.filter(
        user__in=users,
        cancelled_at__isnull=True,
        first_day__lte=today + ONE_DAY,
        last_day__gte=today - ONE_DAY,
    )
    found: dict[int, list[Leave]] = defaultdict(list)
    for leave in rows:
        found[leave.user_id].append(leave)
    return found
