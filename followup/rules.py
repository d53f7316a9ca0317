"""What the studies prescribe for their patients: versions of the schedule, days off, the end.

An enrolment stands under the protocol version of its day. A later version that applies to all
patients governs the targets from its effective date on (docs/decisions/0032).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

from followup.days_off import is_day_off
from followup.schedules import Amendment, IsDayOff
from registry.models import ProtocolVersion, Study
from registry.models.choices import AmendmentReach
from registry.protocols.schedule import Schedule
from registry.protocols.types import ReminderPolicy


@dataclass(frozen=True)
class Rules:
    """What decides on the visits of an enrolment beside the facts of the patient."""

    schedule: Schedule
    amendments: tuple[Amendment, ...] = ()
    follow_up_ends_on: dt.date | None = None
    is_day_off: IsDayOff | None = None

    def on(self, day: dt.date | None) -> Schedule:
        """The schedule that governs a target on that day; the newest where no day is known."""
        if day is None:
            return self.newest
        in_force = [one.schedule for one in self.amendments if one.from_day <= day]
        return in_force[-1] if in_force else self.schedule

    @property
    def newest(self) -> Schedule:
        """The schedule under which what lies ahead stands."""
        return self.amendments[-1].schedule if self.amendments else self.schedule


@dataclass
class StudyRules:
    """The studies and their protocol versions, read once for any number of patients."""

    studies: Mapping[int, Study]
    versions: Mapping[int, list[ProtocolVersion]]
    _made: dict[tuple[int, str], Rules | None] = field(default_factory=dict)

    def of(self, study_id: int, version_id: int, country: str) -> Rules | None:
        """The rules of an enrolment; None where nothing is scheduled.

        Args:
            version_id: the protocol version of the enrolment.
            country: of the patient's centre, ISO 3166-1 alpha-2; "" where it is not known.
        """
        key = (version_id, country)
        if key not in self._made:
            self._made[key] = self._make(study_id, version_id, country)
        return self._made[key]

    def _make(self, study_id: int, version_id: int, country: str) -> Rules | None:
        study = self.studies[study_id]
        own, *later = governing(self.versions[study_id], version_id)
        schedule = own.protocol.schedule
        if schedule is None or study.dates_are_relative:
            return None
        return Rules(
            schedule=schedule,
            amendments=tuple(
                Amendment(amended, version.effective_on)
                for version in later
                if (amended := version.protocol.schedule) is not None
            ),
            follow_up_ends_on=study.follow_up_ends_on,
            is_day_off=_days_off(country),
        )


@cache
def _days_off(country: str) -> IsDayOff:
    """One function for each country, by which targets worked out before are found again."""
    return partial(is_day_off, country)


def governing(versions: Iterable[ProtocolVersion], version_id: int) -> list[ProtocolVersion]:
    """The version of an enrolment, and the later ones of its study that apply to all patients."""
    in_order = sorted(versions, key=lambda version: version.number)
    (own,) = [version for version in in_order if version.pk == version_id]
    later = [
        version
        for version in in_order
        if version.number > own.number and version.applies_to == AmendmentReach.OPEN_VISITS
    ]
    return [own, *later]


def read_study_rules(draft: ProtocolVersion | None = None) -> StudyRules:
    """All studies with their protocol versions; ``draft`` is taken as if it were saved."""
    versions = _versions()
    if draft is not None:
        versions[draft.study_id].append(draft)
    return StudyRules(Study.objects.in_bulk(), versions)


def _versions() -> dict[int, list[ProtocolVersion]]:
    """All protocol versions by study."""
    versions: dict[int, list[ProtocolVersion]] = defaultdict(list)
    for version in ProtocolVersion.objects.select_related("study"):
        versions[version.study_id].append(version)
    return versions


def reminder_policies(today: dt.date) -> dict[int, ReminderPolicy]:
    """Reminder policies by the key of the enrolment's protocol version, as they hold on a day.

    Versions whose study schedules nothing have none.
    """
    policies = {}
    for versions in _versions().values():
        for version in versions:
            own, *later = governing(versions, version.pk)
            in_force = [one for one in later if one.effective_on <= today]
            policy = (in_force or [own])[-1].protocol.reminders
            if policy is not None:
                policies[version.pk] = policy
    return policies
