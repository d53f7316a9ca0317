"""What a study wants to reach, such as "local control of 85 % at 2 years", held to its curve."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts.notes import months_note
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.study_rates import rate
from analytics.artefacts.words import percent_text, share
from analytics.cohort import Cohort
from analytics.curves import Estimate
from registry.number_text import general
from registry.protocols.types import Protocol

_FORM = re.compile(r"([A-Za-z0-9_]{1,20})@(\d{1,3}(?:\.\d+)?)>=(\d{1,3}(?:\.\d+)?)")
TOLERANCE = 1e-9
"""So that 0.85 of a curve reaches 85 %."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A share without the event of an endpoint that is to be reached at a time.

    Attributes:
        endpoint: code of an endpoint.
        months: the time, in months of 30.4375 days.
        percent: the least share, 0 to 100.

    Raises:
        ValueError: a time or a share that makes no sense.
    """

    endpoint: str
    months: float
    percent: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.months) and self.months > 0):
            raise ValueError(f"goal: {self.months:g} months is no time after the origin")
        if not 0 < self.percent <= 100:
            raise ValueError(f"goal: {self.percent:g} % is no share from 0 to 100")

    @classmethod
    def read(cls, text: str) -> Goal:
        """The goal of a text such as "LC@24>=85": local control of 85 % or more at 24 months.

        Raises:
            ValueError: a text of another form.
        """
        found = _FORM.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"goal {text!r}: write it as LC@24>=85 (endpoint, months, percent)")
        return cls(found[1], float(found[2]), float(found[3]))

    @property
    def text(self) -> str:
        """As :meth:`read` reads it."""
        return f"{self.endpoint}@{self.months:g}>={self.percent:g}"

    def check(self, protocol: Protocol) -> None:
        """Nothing where the protocol has the endpoint.

        Raises:
            ValueError: naming the endpoints that it has.
        """
        try:
            protocol.endpoint(self.endpoint)
        except LookupError as error:
            raise ValueError(f"goal {self.text}: {error}") from error


def goals_table(cohort: Cohort, goals: Sequence[Goal]) -> Artefact:
    """Each goal beside the rate that was seen, and whether it is reached."""
    table = Table(
        key="goals",
        title=_("Goals of the study"),
        stub=_("Goal"),
        columns=(Column(_("Seen (95 % CI)")), Column(_("Standing"), is_number=False)),
        rows=tuple(_row(cohort, goal) for goal in goals),
        notes=(
            _(
                "Reached: the lower confidence limit is not below the goal; missed: the upper "
                "limit is below it; else the data do not decide. Kaplan–Meier rates, log-log "
                "limits."
            ),
            months_note(),
        ),
    )
    return Artefact("goals", table.title, (table,))


def _row(cohort: Cohort, goal: Goal) -> Row:
    seen = rate(cohort, goal.endpoint, goal.months)
    endpoint = cohort.protocol.endpoint(goal.endpoint)
    label = _("%(endpoint)s at %(months)s months ≥ %(percent)s") % {
        "endpoint": _(endpoint.label),
        "months": general(goal.months),
        "percent": percent_text(goal.percent / 100),
    }
    words = standing(goal, seen)
    return Row(label, (share(seen.estimate, seen.lower, seen.upper), Cell(words, words)))


def standing(goal: Goal, seen: Estimate) -> str:
    """In words, how the rate that was seen stands to the goal."""
    wanted = goal.percent / 100
    if seen.estimate is None:
        return _("Not known: nobody was followed so long")
    if seen.lower is not None and seen.lower >= wanted - TOLERANCE:
        return _("Reached")
    if is_missed(wanted, seen.upper):
        return _("Missed")
    if seen.estimate >= wanted - TOLERANCE:
        return _("Not decided: the estimate reaches the goal, its interval does not")
    return _("Not decided: the estimate is below the goal, its interval is not")


def is_missed(wanted: float, upper: float | None) -> bool:
    """True where the upper 95 % limit of a rate is below what was wanted; both 0 to 1."""
    return upper is not None and upper < wanted - TOLERANCE
