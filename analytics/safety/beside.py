"""What a rule saw when it raised an alert, beside what it sees now: lines of a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from analytics.artefacts.words import percent_text
from analytics.models import RuleKind, SafetyAlert
from analytics.safety.looks import NotJudged, Rate
from analytics.safety.reading import AlertNow
from analytics.safety.words import PHASE_WORDS, attribution_words
from registry.models.choices import DeathCause
from registry.number_text import decimal
from registry.partial_date import PartialDate
from registry.templatetags.values import day

Text = str | SafeString
Fact = tuple[str, Text]
"""A label and a value in words, "" for none."""


class Beside(NamedTuple):
    """A fact as it was, and as it is."""

    label: str
    then: Text
    now: Text


def beside(alert: SafetyAlert, standing: AlertNow) -> list[Beside]:
    """The facts of a case, or the figures of a rate, then and now; "" now of what is gone."""
    if alert.crossing is not None:
        assert standing.look.rate is not None  # the rule is one of rates
        is_failure = alert.rule.kind == RuleKind.LOCAL_FAILURE
        figures = _failure_figures if is_failure else _late_figures
        return _lines(figures(Rate.of(alert.figures)), figures(standing.look.rate))
    facts = _death if alert.toxicity_id is None else _event
    return _lines(facts(alert.figures), facts(standing.facts) if standing.facts else ())


def _lines(then: Iterator[Fact], now: Iterator[Fact] | tuple[()]) -> list[Beside]:
    told = dict(now)
    lines = (Beside(label, value, told.get(label, "")) for label, value in then)
    return [line for line in lines if line.then or line.now]


def _event(facts: dict[str, Any]) -> Iterator[Fact]:
    yield _("CTCAE term"), facts["term"]
    yield _("Grade"), str(facts["grade"])
    yield _("Onset"), _day(facts["onset"])
    yield _("Acute or late"), str(PHASE_WORDS.get(facts["phase"], ""))
    yield _("Attribution to radiotherapy"), attribution_words(facts["attribution"])
    yield _("Present before radiotherapy"), _yes_no(facts["present_before_rt"])


def _death(facts: dict[str, Any]) -> Iterator[Fact]:
    cause, days = facts["cause"], facts["days_after_rt"]
    yield _("Died"), _day(facts["died_on"])
    yield _("Cause"), str(DeathCause(cause).label) if cause else ""
    yield _("Toxicity of grade 5"), ", ".join(facts["fatal"])
    yield _("Days after radiotherapy"), "" if days is None else str(days)


def _late_figures(rate: Rate) -> Iterator[Fact]:
    yield _("Patients followed beyond the border of acute toxicity"), str(rate.n)
    yield _("With such toxicity"), str(rate.k)
    yield _("Rate"), _share(rate.estimate)
    yield _("Lower bound (95 %, one-sided)"), _share(rate.bound)
    yield _("Limit"), _share(rate.limit)
    yield from _reason(rate)


def _failure_figures(rate: Rate) -> Iterator[Fact]:
    yield _("In the curve"), str(rate.n)
    yield _("Failures by then"), str(rate.k)
    months = rate.at_months
    yield _("Curve read at (months)"), "" if months is None else decimal(months, 1)
    yield _("Local control"), _share(rate.estimate)
    yield _("Upper limit of the 95 % interval"), _share(rate.bound)
    yield _("Planned"), _share(rate.limit)
    yield from _reason(rate)


def _reason(rate: Rate) -> Iterator[Fact]:
    """Why it is not judged any more: an alert was raised by a rate that was."""
    yield _("Not judged"), str(NotJudged(rate.reason).label) if rate.reason else ""


def _day(text: str | None) -> Text:
    return day(PartialDate.parse(text)) if text else ""


def _share(value: float | None) -> str:
    return "" if value is None else percent_text(value)


def _yes_no(value: bool | None) -> str:
    return "" if value is None else _("Yes") if value else _("No")
