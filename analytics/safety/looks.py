"""What a rule finds when it looks at the facts of a study."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class NotJudged(TextChoices):
    """Why a rate says nothing yet, or cannot be made."""

    TOO_FEW = "too_few", _("fewer patients than the rule asks for")
    NO_BORDER = "no_border", _("the protocol draws no border between acute and late toxicity")
    NO_ENDPOINT = "no_endpoint", _("the protocol has no such endpoint of local control any more")


IMPOSSIBLE = frozenset({NotJudged.NO_BORDER, NotJudged.NO_ENDPOINT})
"""Reasons under which nobody knows whether the rule is met."""


@dataclass(frozen=True, slots=True)
class Case:
    """A patient who meets a rule.

    Attributes:
        patient_id, pseudonym: who it is.
        toxicity_id: the adverse event; None for a death.
        facts: what is told of it, as JSON (:mod:`analytics.safety.case_rules`): of an adverse event
            "term", "grade", "onset", "phase", "attribution" and "present_before_rt"; of a death
            "cause", "died_on", "fatal" (terms of grade 5) and "days_after_rt".
    """

    patient_id: int
    pseudonym: str
    toxicity_id: int | None
    facts: dict[str, Any]

    @property
    def key(self) -> tuple[int, int | None]:
        """Tells cases of a rule apart: an adverse event, or the one death of a patient."""
        return self.patient_id, self.toxicity_id


@dataclass(frozen=True, slots=True)
class Counted:
    """A patient with the event that a rate counts.

    Attributes:
        event: a CTCAE term, or the words of a failure (:mod:`analytics.extract.words`).
        grade: of an adverse event.
        since: ISO text of the onset, or of the day that stands for it in the curve.
    """

    pseudonym: str
    centre: str
    event: str
    since: str | None
    grade: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate and the limit that it is held against; shares are 0 to 1.

    Attributes:
        n: patients (lesions, of an endpoint by lesion) that the rate is of.
        k: those of them with the event.
        estimate: the rate; of local failure the share that is controlled. None without anybody.
        bound: the confidence limit that is compared: of late toxicity the lower one, of local
            control the upper one.
        limit: what it is held against.
        at_months: where a curve was read.
        reason: a code of :class:`NotJudged`, "" where the rate was judged.
        is_crossed: the rule is met.
    """

    n: int
    k: int
    estimate: float | None
    bound: float | None
    limit: float
    at_months: float | None = None
    reason: str = ""
    is_crossed: bool = False

    @property
    def is_known(self) -> bool:
        """False where nobody knows whether the rule is met."""
        return self.reason not in IMPOSSIBLE

    def as_json(self) -> dict[str, Any]:
        """For storing and showing; :meth:`of` reads it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Rate:
        """The rate that was stored."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Look:
    """What one rule finds: cases, or a rate with the patients that it counts."""

    cases: tuple[Case, ...] = ()
    rate: Rate | None = None
    counted: tuple[Counted, ...] = ()

    @property
    def is_crossed(self) -> bool:
        """True for a rate beyond its limit."""
        return self.rate is not None and self.rate.is_crossed

    @property
    def is_met(self) -> bool:
        """True where there is something to tell."""
        return bool(self.cases) or self.is_crossed

    def as_json(self) -> dict[str, Any]:
        """The figures of the look, without patients."""
        if self.rate is None:
            return {"cases": len(self.cases)}
        return self.rate.as_json()
