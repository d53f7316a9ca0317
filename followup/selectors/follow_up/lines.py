"""The figures of follow-up of each centre in each study, and of all of them together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from followup.person_time import PersonTime
from followup.selectors.follow_up.entry_delay import EntryDelay, entry_delays
from followup.selectors.follow_up.open_visits import OpenVisits, open_visits
from followup.selectors.follow_up.person_times import person_times
from followup.selectors.follow_up.reach import Key, Period, Reach
from followup.selectors.follow_up.windows import Windows, windows
from registry.models import Centre, Participation, Study
from registry.scope import ScopeError, system_scope
from registry.selectors.studies import scope_in_force, sees_whole_study


@dataclass(frozen=True)
class FollowUpLine:
    """One centre in one study, or (both None) several of them together."""

    study: Study | None = None
    centre: Centre | None = None
    open: OpenVisits = field(default_factory=OpenVisits)
    windows: Windows = field(default_factory=Windows)
    time: PersonTime = field(default_factory=PersonTime)
    entry: EntryDelay = field(default_factory=EntryDelay)

    def __add__(self, other: FollowUpLine) -> FollowUpLine:
        return FollowUpLine(
            open=self.open + other.open,
            windows=self.windows + other.windows,
            time=self.time + other.time,
            entry=self.entry + other.entry,
        )


def follow_up(reach: Reach, period: Period, today: dt.date) -> list[FollowUpLine]:
    """A line for every centre of every study in reach, in the order of keys and codes.

    A fixed number of queries however many studies, centres and patients there are. A patient
    counts at the centre that has the patient today. A centre that takes part no more is listed
    while something is counted of it.

    Raises:
        ScopeError: the scope in force does not show whole studies, or not these centres.
        ValueError: the dates of one of the studies say nothing about the calendar.
    """
    _check(reach)
    # Of whom figures are counted was just checked: asking the scope for each row again would take
    # as long as counting.
    with system_scope():
        opened, met = open_visits(reach, today), windows(reach, period)
        times, entries = person_times(reach, today), entry_delays(reach, period)
        counted = opened.keys() | met.keys() | times.keys() | entries.keys()
        pairs = _pairs(reach, counted)
    return [
        FollowUpLine(
            study,
            centre,
            opened.get(key, OpenVisits()),
            met.get(key, Windows()),
            times.get(key, PersonTime()),
            entries.get(key, EntryDelay()),
        )
        for key, study, centre in pairs
    ]


def together(lines: Iterable[FollowUpLine]) -> FollowUpLine:
    """All lines as one: everything is counted anew over all of them, no rates are averaged."""
    return sum(lines, start=FollowUpLine())


def _check(reach: Reach) -> None:
    scope = scope_in_force()
    sees_all = all(map(sees_whole_study, reach.studies))
    if not sees_all and not (reach.centres is not None and scope.centre_ids >= {*reach.centres}):
        raise ScopeError("figures of follow-up were asked for by who does not see all patients")
    for study in reach.studies:
        if study.dates_are_relative:
            raise ValueError(f"the dates of {study.key} are relative")


def _pairs(reach: Reach, counted: Iterable[Key]) -> list[tuple[Key, Study, Centre]]:
    """The centres that take part in each study, and those of which something was counted."""
    taking_part = Participation.objects.filter(study__in=reach.studies)
    if reach.centres is not None:
        taking_part = taking_part.filter(centre__in=reach.centres)
    keys = {*taking_part.values_list("study_id", "centre_id"), *counted}
    studies = {study.pk: study for study in reach.studies}
    centres = Centre.objects.in_bulk({centre for _study, centre in keys})
    pairs = [((study, centre), studies[study], centres[centre]) for study, centre in keys]
    return sorted(pairs, key=lambda pair: (pair[1].key, pair[2].code))
