"""Rules and what they find, in words; the same on pages, in mails and on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_noop as noop

from analytics.artefacts.words import percent_text
from analytics.models import AttributionWanted, RuleKind, SafetyRule
from analytics.safety.looks import IMPOSSIBLE, NotJudged, Rate
from registry.models.choices import Attribution, DeathCause
from registry.number_text import decimal
from registry.partial_date import PartialDate
from registry.protocols.vocabulary import ToxicityPhase
from registry.templatetags.values import day_text

PHASE_WORDS = {
    ToxicityPhase.ACUTE.value: gettext_lazy("acute"),
    ToxicityPhase.LATE.value: gettext_lazy("late"),
}


def rule_words(rule: SafetyRule) -> str:
    """What a rule looks for, in one sentence without a full stop."""
    kind = RuleKind(rule.kind)
    if kind is RuleKind.SEVERE_TOXICITY:
        wanted = AttributionWanted(rule.attribution)
        words = {
            AttributionWanted.ANY: noop("Toxicity of grade %(grade)d or more, of any attribution"),
            AttributionWanted.POSSIBLE: noop(
                "Toxicity of grade %(grade)d or more, possibly of radiotherapy"
            ),
        }[wanted]
        return _(words) % {"grade": rule.grade}
    if kind is RuleKind.TREATMENT_DEATH:
        if rule.within_days is None:
            return _("Death possibly by treatment")
        return ngettext(
            "Death possibly by treatment, or within %(days)d day after radiotherapy",
            "Death possibly by treatment, or within %(days)d days after radiotherapy",
            rule.within_days,
        ) % {"days": rule.within_days}
    if kind is RuleKind.LATE_TOXICITY_RATE:
        return _(
            "Late toxicity of grade %(grade)d or more in more than %(limit)s of the patients"
        ) % {"grade": rule.grade, "limit": _percent(rule.limit_percent)}
    return _("%(endpoint)s at %(months)s months below the planned %(planned)s") % {
        "endpoint": rule.endpoint_code,
        "months": _plain(rule.months),
        "planned": _percent(rule.planned_percent),
    }


def method_words(rule: SafetyRule) -> str:
    """How a rule judges, for those who want to know exactly."""
    kind = RuleKind(rule.kind)
    if kind is RuleKind.SEVERE_TOXICITY:
        if rule.attribution == AttributionWanted.POSSIBLE:
            return _(
                "Each adverse event that is not judged unrelated or unlikely to be related, and "
                "was not there before radiotherapy. One without an attribution counts."
            )
        return _("Each adverse event that was not there before radiotherapy.")
    if kind is RuleKind.TREATMENT_DEATH:
        words = _(
            "Each death whose cause is treatment, and each with an adverse event of grade 5 that "
            "is not judged unrelated or unlikely to be related."
        )
        if rule.within_days is None:
            return words
        return (
            words
            + " "
            + _(
                "Also a death of whatever cause that may have come so soon after the last day of a "
                "course, or before it."
            )
        )
    if kind is RuleKind.LATE_TOXICITY_RATE:
        return _(
            "Patients followed beyond the border of acute toxicity, from %(least)d on. Met when "
            "the exact lower bound (Clopper and Pearson, one-sided, 95 %%) is above the limit."
        ) % {"least": rule.least_patients}
    return _(
        "Kaplan–Meier, from %(least)d patients on. Met when the upper limit of the 95 %% interval "
        "(log-log) is below the plan, as a goal that an outcome report calls missed."
    ) % {"least": rule.least_patients}


def rate_words(rule: SafetyRule, rate: Rate) -> str:
    """The figures of a look at a rate: "4 of 31 (12.9 %), lower bound 4.5 %, limit 10.0 %"."""
    if rate.reason in IMPOSSIBLE:
        return str(NotJudged(rate.reason).label)
    names = {"n": rate.n, "k": rate.k, "limit": percent_text(rate.limit)}
    if rate.estimate is None or rate.bound is None:
        words = _("%(k)d of %(n)d, limit %(limit)s")
        if rule.kind == RuleKind.LOCAL_FAILURE:
            words = _("%(k)d failures of %(n)d, plan %(limit)s")
        told = words % names
    else:
        names |= {"estimate": percent_text(rate.estimate), "bound": percent_text(rate.bound)}
        words = _("%(k)d of %(n)d (%(estimate)s), lower bound %(bound)s, limit %(limit)s")
        if rule.kind == RuleKind.LOCAL_FAILURE:
            words = _(
                "%(k)d failures of %(n)d, control %(estimate)s, upper limit %(bound)s, plan "
                "%(limit)s"
            )
        told = words % names
    return f"{told}; {NotJudged(rate.reason).label}" if rate.reason else told


def found_words(rule: SafetyRule, figures: dict[str, Any] | None) -> str:
    """What the last look of a rule found; that there was none."""
    if figures is None:
        return _("Not looked yet")
    if "cases" in figures:
        return ngettext("%(n)d case on file", "%(n)d cases on file", figures["cases"]) % {
            "n": figures["cases"]
        }
    return rate_words(rule, Rate.of(figures))


def case_words(facts: dict[str, Any], *, with_dates: bool = True) -> str:
    """A case in a line: "Pneumonitis, grade 4, late, onset 3 May 2025, attribution: possible"."""
    if "cause" in facts:
        return ", ".join(_death_parts(facts, with_dates))
    return ", ".join(_event_parts(facts, with_dates))


def _event_parts(facts: dict[str, Any], with_dates: bool) -> Iterator[str]:
    yield facts["term"]
    yield _("grade %(grade)d") % {"grade": facts["grade"]}
    if facts["phase"]:
        yield str(PHASE_WORDS[facts["phase"]])
    if facts["onset"] and with_dates:
        yield _("onset %(day)s") % {"day": _day(facts["onset"])}
    yield _("attribution: %(attribution)s") % {
        "attribution": attribution_words(facts["attribution"])
    }


def _death_parts(facts: dict[str, Any], with_dates: bool) -> Iterator[str]:
    if facts["died_on"] and with_dates:
        yield _("died %(day)s") % {"day": _day(facts["died_on"])}
    else:
        yield _("died")
    if facts["cause"]:
        yield _("cause: %(cause)s") % {"cause": DeathCause(facts["cause"]).label.lower()}
    for term in facts["fatal"]:
        yield _("%(term)s of grade 5") % {"term": term}
    days = facts["days_after_rt"]
    if days is not None:
        yield ngettext("%(n)d day after radiotherapy", "%(n)d days after radiotherapy", days) % {
            "n": days
        }


def attribution_words(code: str) -> str:
    """An attribution in a sentence."""
    return str(Attribution(code).label).lower() if code else _("not stated")


def _day(text: str) -> str:
    return day_text(PartialDate.parse(text))


def _percent(value: Any) -> str:
    """A limit as it was typed: "10 %", "12.5 %"."""
    return _("%(figure)s %%") % {"figure": _plain(value)}


def _plain(value: Any) -> str:
    number = float(value)
    return decimal(number, 0 if number.is_integer() else 1)
