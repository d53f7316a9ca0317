"""The curves of the result at full length, for the script that reads them at a time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from analytics.artefacts.parts import NOT_KNOWN
from analytics.figures import DAYS_PER_MONTH
from analytics.workbench.result import Result


def readout(result: Result) -> dict[str, Any] | None:
    """What ``static/js/readout.js`` is given; None without a curve."""
    figure = result.figure
    if figure is None or not figure.steps:
        return None
    several = len(figure.steps) > 1
    return {
        "days_per_month": DAYS_PER_MONTH,
        "last": round(max(steps.days[-1] for steps in figure.steps) / DAYS_PER_MONTH, 2),
        "words": {"at_risk": _("at risk"), "months": _("months"), "unknown": NOT_KNOWN},
        "curves": [
            {
                "name": steps.label if several else "",
                "days": steps.days,
                "survival": steps.estimate,
                "lower": steps.lower,
                "upper": steps.upper,
                "at_risk": steps.at_risk,
            }
            for steps in figure.steps
        ],
    }
