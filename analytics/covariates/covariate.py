"""A value by which patients or lesions are compared, adjusted or chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from analytics.covariates.cuts import Categories, Groups, Thresholds
from analytics.later.states import STATES

Kind = Literal["number", "category"]
Level = Literal["patient", "lesion"]


class CovariateError(ValueError):
    """A covariate or condition that cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Covariate:
    """One entry of the catalogue.

    Attributes:
        code: name in addresses, files and columns, such as "grade_2_3".
        label: words for people, in the language in force.
        kind: "number" (float64) or "category".
        unit_text: unit of a number, "" for none.
        level: whose value it is; a patient's value is also one of each lesion.
        categories: codes with labels, the reference first; () for a number.
        column: column of the frame that holds the value.
        of: code of the covariate that this one groups, "" for a recorded value.
        cut: how it is grouped; None for a recorded value.
        source: where the grouping is taken from, "" for a recorded value.
        is_later: it is a state that begins after the time origin; whether it has begun depends on
            the endpoint, for its origin does (:mod:`analytics.later`).
    """

    code: str
    label: str
    kind: Kind
    unit_text: str = ""
    level: Level = "patient"
    categories: Categories = ()
    column: str = ""
    of: str = ""
    cut: Thresholds | Groups | None = None
    source: str = ""
    is_later: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the categories."""
        return tuple(code for code, _label in self.categories)

    @property
    def choice_text(self) -> str:
        """The label with what tells it from other groupings of the same value, for choices."""
        if self.cut is None:
            return self.label
        return f"{self.label}: {', '.join(label for _code, label in self.categories)}"

    def label_of(self, code: str) -> str:
        """Label of a category; the code itself where it is none."""
        return dict(self.categories).get(code, code)


LATER_VALUES = frozenset(
    {
        "amputation",
        "best_response",
        "chemotherapy_after_rt",
        "death",
        "interruption_days",
        "late_toxicity",
        "lesion_term_days",
        "loss",
        "progression",
        "response",
        "term_days",
        "toxicity",
        "wound_complication",
    }
)
"""Values that people may ask for, that become known later and are no state of STATES."""

OPERATION_VALUES = frozenset(
    {
        "had_surgery",
        "procedure",
        "residual_tumour",
        "margin",
        "margin_mm",
        "operation_count",
        "surgery_to_rt_days",
    }
)
"""Values of the operation: later ones too where the protocol operates after radiotherapy."""


def grouped(
    base: Covariate, cut: Thresholds | Groups, *, code: str, label: str, source: str
) -> Covariate:
    """A covariate that groups another one, at the same level."""
    categories = cut.categories(base.unit_text) if isinstance(cut, Thresholds) else cut.categories()
    return Covariate(
        code=code,
        label=label,
        kind="category",
        level=base.level,
        categories=categories,
        column=base.column,
        of=base.code,
        cut=cut,
        source=source,
    )


def find_covariate(there: Mapping[str, Covariate], code: str) -> Covariate:
    """The covariate of a catalogue.

    Raises:
        CovariateError: there is none, or its value comes after the time origin; then the message
            says why that is none and how it can be asked for instead.
    """
    if code in there:
        return there[code]
    if code in STATES or code in LATER_VALUES or code in OPERATION_VALUES:
        raise CovariateError(f"{_too_late(code)} {_instead(code)}")
    raise CovariateError(
        _("There is no covariate %(code)s; there are %(there)s.")
        % {"code": code, "there": ", ".join(sorted(there))}
    )


def _too_late(code: str) -> str:
    return _(
        "%(code)s becomes known only after the time origin. Groups formed by it from the origin on "
        "would favour those who lived long enough to have it (immortal time)."
    ) % {"code": code}


def _instead(code: str) -> str:
    if code in STATES:
        return _(
            "Ask for it at a landmark (whether it had begun by then, among those still under "
            "observation) or as time-dependent in a Cox model: landmark=12 or later=%(code)s in "
            "the address, --landmark 12 or --later %(code)s in a command."
        ) % {"code": code}
    return _(
        "What can be asked for at a landmark, or as time-dependent in a Cox model, are these "
        "states: %(states)s."
    ) % {"states": ", ".join(STATES)}
