"""What must be said of a curve: its endpoint, its numbers, its limits; the same on every figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from analytics.extract import Numbers
from analytics.extract.words import EVENT_WORDS
from analytics.figures import FigureLabels
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import EventKind, Unit, label

AXIS_WORDS = {
    EventKind.WOUND_COMPLICATION: gettext_noop("Without wound complication (%)"),
    EventKind.LATE_TOXICITY_GRADE_2: gettext_noop("Without late toxicity of grade 2 or more (%)"),
    EventKind.LATE_TOXICITY_GRADE_3: gettext_noop("Without late toxicity of grade 3 or more (%)"),
}
"""Titles of the percent axis of endpoints that are named after their event."""


def unit_count(unit: Unit, n: int) -> str:
    """ "58 lesions"."""
    if unit is Unit.LESION:
        return ngettext("%(n)d lesion", "%(n)d lesions", n) % {"n": n}
    return ngettext("%(n)d patient", "%(n)d patients", n) % {"n": n}


def table_words(numbers: Numbers) -> Iterator[str]:
    """Definition, time origin, numbers, and what was censored as competing: a paragraph each."""
    endpoint = numbers.endpoint
    yield _(endpoint.definition)
    yield _(
        "Time origin: %(origin)s. %(count)s, events: %(events)d. Not in the curve: %(out)d."
    ) % {
        "origin": _(label(endpoint.origin)),
        "count": unit_count(endpoint.unit, numbers.n),
        "events": numbers.events,
        "out": numbers.n_excluded,
    }


def estimate_words(
    numbers: Numbers, conf_type: str, *, clustered: bool, shown: Callable[[int], str] = str
) -> Iterator[str]:
    """Kind of estimate and of limits, competing events, and whether lesions were independent.

    Args:
        clustered: the limits allow for lesions of one patient being alike.
        shown: how a count is written.
    """
    yield _(
        "Kaplan–Meier estimate, 95 %% confidence interval (%(conf_type)s); ticks: censored."
    ) % {"conf_type": conf_type}
    endpoint = numbers.endpoint
    if endpoint.competing:
        yield _("Censored as competing event: %(kinds)s (%(n)s).") % {
            "kinds": competing_words(endpoint),
            "n": shown(numbers.competing_events),
        }
    if endpoint.unit is Unit.LESION:
        yield clustering_words(clustered)


def clustering_words(clustered: bool) -> str:
    """What the limits make of several lesions of one patient."""
    if clustered:
        return _(
            "Lesions of one patient are not independent; "
            "the confidence interval allows for it (standard errors clustered by patient)."
        )
    return _(
        "Lesions of one patient are not independent; the confidence interval ignores clustering."
    )


def event_words(endpoint: Endpoint) -> str:
    """The events of an endpoint: "local progression"."""
    return ", ".join(_(EVENT_WORDS[kind]) for kind in endpoint.events)


def competing_words(endpoint: Endpoint) -> str:
    """The competing events of an endpoint: "death"."""
    return ", ".join(_(EVENT_WORDS[kind]) for kind in endpoint.competing)


def figure_labels(endpoint: Endpoint) -> FigureLabels:
    """Words of the axes and of the table of a survival curve."""
    # The curve shows those without the event: an endpoint named after its event says so.
    named_after = [AXIS_WORDS[kind] for kind in endpoint.events if kind in AXIS_WORDS]
    if named_after:
        y_axis = _(named_after[0])
    else:
        y_axis = _("%(endpoint)s (%%)") % {"endpoint": _(endpoint.label)}
    return FigureLabels(
        x_axis=_("Months since %(origin)s") % {"origin": _(label(endpoint.origin))},
        y_axis=y_axis,
        at_risk=_("At risk"),
        censored=_("Censored"),
        events=_("Events"),
    )
