"""What a reader has chosen on the page of a report; the address is the whole choice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.address import read_data_cut
from analytics.known import NOW, THEN, known_at
from analytics.reports.blocks import BLOCKS, checked
from analytics.reports.goals import Goal
from registry.protocols.types import Protocol

MOST_GOALS = 8


@dataclass(frozen=True, slots=True)
class ReportChoices:
    """The choices of an address; what could not be used of it stands in words in ``problems``.

    Attributes:
        blocks: keys in the order of a report.
        known: whether what was on file at the end of the data cut counts, or what is now.
        goals: those of endpoints that the protocol has.
    """

    blocks: tuple[str, ...]
    data_cut: dt.date | None = None
    known: str = THEN
    goals: tuple[Goal, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def known_at(self) -> dt.datetime | None:
        """The moment of which the facts on file count; None for now."""
        return known_at(self.data_cut, self.known)

    @property
    def query(self) -> str:
        """The part of the address after "?"."""
        pairs = [("block", key) for key in self.blocks]
        if self.data_cut is not None:
            pairs.append(("cut", self.data_cut.isoformat()))
            if self.known != THEN:
                pairs.append(("known", self.known))
        pairs.extend(("goal", goal.text) for goal in self.goals)
        return urlencode(pairs)

    @property
    def goals_text(self) -> str:
        """The goals as they are typed: "LC@24>=85, OS@60>=70"."""
        return ", ".join(goal.text for goal in self.goals)


def read_choices(query: QueryDict, protocol: Protocol, *, cut_allowed: bool) -> ReportChoices:
    """The choices of an address; all blocks where it names none."""
    data_cut, problems = read_data_cut(query, allowed=cut_allowed)
    known = [key for key in query.getlist("block") if key in BLOCKS]
    if len(known) < len(query.getlist("block")):
        problems.append(_("A block that is not known was left out."))
    goals = []
    typed = [text.strip() for part in query.getlist("goal") for text in part.split(",")]
    for text in list(filter(None, typed))[:MOST_GOALS]:
        try:
            goal = Goal.read(text)
            goal.check(protocol)
        except ValueError as error:
            problems.append(str(error))
        else:
            goals.append(goal)
    return ReportChoices(
        checked(known),
        data_cut,
        known=NOW if query.get("known") == NOW else THEN,
        goals=tuple(goals),
        problems=tuple(problems),
    )
