"""What must be said of a curve: its endpoint, its numbers, its limits; the same on every figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from analytics.artefacts.small_cells import counts_shown, hidden_words
from analytics.extract import Numbers
from analytics.extract.landmark import LandmarkTime
from analytics.extract.words import BEFORE_LANDMARK, EVENT_WORDS
from analytics.figures import FigureLabels
from registry.number_text import count_text, general
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
        return ngettext("%(n)s lesion", "%(n)s lesions", n) % {"n": count_text(n)}
    return ngettext("%(n)s patient", "%(n)s patients", n) % {"n": count_text(n)}


def table_words(numbers: Numbers) -> Iterator[str]:
    """Definition, time origin or landmark, numbers, and who is left out: a paragraph each."""
    endpoint = numbers.endpoint
    yield _(endpoint.definition)
    counted = _("%(count)s, events: %(events)s.") % {
        "count": unit_count(endpoint.unit, numbers.n),
        "events": count_text(numbers.events),
    }
    yield f"{origin_words(numbers)} {counted} {_left_out(numbers)}"


def origin_words(numbers: Numbers) -> str:
    """From where time counts: the time origin, or a landmark after it."""
    origin = _(label(numbers.endpoint.origin))
    if numbers.landmark is None:
        return _("Time origin: %(origin)s.") % {"origin": origin}
    return _(
        "Landmark at %(months)s months (day %(day)d) after %(origin)s: time counts from there, "
        "among those still under observation after that day."
    ) % {
        "months": general(numbers.landmark.months),
        "day": numbers.landmark.day,
        "origin": origin,
    }


def left_out_words(numbers: Numbers) -> Iterator[str]:
    """Why rows do not go on at a landmark, where there is one."""
    if numbers.landmark is not None:
        yield _left_out(numbers)


def _left_out(numbers: Numbers) -> str:
    if numbers.landmark is None:
        return _("Not in the curve: %(out)s.") % {"out": count_text(numbers.n_excluded)}
    by_reason = {str(reason.label): numbers.excluded.get(reason, 0) for reason in BEFORE_LANDMARK}
    by_reason[_("not in the table of the endpoint")] = numbers.n_excluded - sum(by_reason.values())
    there = {words: n for words, n in by_reason.items() if n}
    if not there:
        return _("Nobody is left out.")
    least = numbers.landmark.least_said
    shown = counts_shown(list(there.values()), least)
    why = "; ".join(f"{words}: {n}" for words, n in zip(there, shown, strict=True))
    said = _("Left out: %(why)s.") % {"why": why}
    return f"{said} {hidden_words(least)}" if "*" in shown else said


def nobody_words(landmark: LandmarkTime) -> str:
    """Why there is no curve: nobody goes on."""
    return _("Nobody was under observation after the landmark at %(months)s months.") % {
        "months": general(landmark.months)
    }


def estimate_words(
    numbers: Numbers, conf_type: str, *, clustered: bool, shown: Callable[[int], str] = count_text
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


def figure_labels(endpoint: Endpoint, landmark: LandmarkTime | None = None) -> FigureLabels:
    """Words of the axes and of the table of a survival curve, from the origin or a landmark."""
    x_axis = _("Months since %(origin)s")
    names = {"origin": _(label(endpoint.origin))}
    if landmark is not None:
        x_axis = _("Months from the landmark at %(months)s months after %(origin)s")
        names["months"] = general(landmark.months)
    # The curve shows those without the event: an endpoint named after its event says so.
    named_after = [AXIS_WORDS[kind] for kind in endpoint.events if kind in AXIS_WORDS]
    if named_after:
        y_axis = _(named_after[0])
    else:
        y_axis = _("%(endpoint)s (%%)") % {"endpoint": _(endpoint.label)}
    return FigureLabels(
        x_axis=x_axis % names,
        y_axis=y_axis,
        at_risk=_("At risk"),
        censored=_("Censored"),
        events=_("Events"),
    )
