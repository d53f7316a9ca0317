"""Which assessment provides which item of which expected visit."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Sequence

from followup.schedules.targets import Target
from followup.schedules.types import Contact
from registry.protocols.vocabulary import Item

Provided = dict[Item, Contact]


def contact_order(contact: Contact) -> tuple[dt.date, str, list[str]]:
    """Order of assessments by date that leaves no tie to the order of entry."""
    return (contact.date, repr(contact.id), sorted(contact.provides))


def match(targets: Sequence[Target], contacts: Collection[Contact]) -> dict[str, Provided]:
    """The assessments that count for each visit, by visit key and item.

    Per kind of item: an assessment counts for the visit in whose window it lies, else for the
    one with the nearest window (early or late), and for that one only. Of several assessments
    in reach of a visit the one nearest to its window, then to its target, then the earliest
    counts; the others are unscheduled. The order of entry plays no part.

    Assessments on or before the anchor belong to no visit, and neither do those that lie nearer
    to the anchor than to the first window.
    """
    if not contacts:
        return {}
    by_item: dict[Item, list[Target]] = defaultdict(list)
    for target in sorted(targets, key=lambda target: (target.day, target.key)):
        for item in target.requirements:
            by_item[item].append(target)
    provided: dict[str, Provided] = defaultdict(dict)
    in_order = sorted(contacts, key=contact_order)
    for item, its_targets in by_item.items():
        days = [target.day for target in its_targets]
        best: dict[str, tuple[int, int]] = {}
        for contact in in_order:
            if item not in contact.provides:
                continue
            after = bisect_left(days, contact.date)
            neighbours = its_targets[max(0, after - 1) : after + 1]
            reached = [target for target in neighbours if _is_in_reach(target, contact.date)]
            if not reached:
                continue
            target = min(reached, key=lambda target: _distance(target, contact.date))
            distance = _distance(target, contact.date)
            if target.key not in best or distance < best[target.key]:
                best[target.key] = distance
                provided[target.key][item] = contact
    return provided


def _distance(target: Target, day: dt.date) -> tuple[int, int]:
    """Days outside of the window, then days from the target."""
    outside = max((target.window_start - day).days, (day - target.window_end).days, 0)
    return outside, abs((day - target.day).days)


def _is_in_reach(target: Target, day: dt.date) -> bool:
    from_anchor = (day - target.anchor_day).days
    return from_anchor > 0 and (target.window_start - day).days <= from_anchor
