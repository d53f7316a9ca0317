"""The methods of a report in sentences, made from the definitions that the figures were made by."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.artefacts.notes import lesion_count, patient_count
from analytics.artefacts.small_cells import LEAST_SHOWN
from analytics.curve_words import competing_words, event_words
from analytics.extract.words import CENSORING_WORDS
from analytics.reports.material import Material
from registry.number_text import general
from registry.protocols.types import Endpoint, Protocol
from registry.protocols.vocabulary import Population, StudyKind, Unit, label
from registry.templatetags.values import day_text
from registry.version import VERSION

_KINDS = {
    StudyKind.TREATMENT: gettext_noop("treated and followed under the protocol"),
    StudyKind.OBSERVATIONAL: gettext_noop("taken over from existing records"),
}


def methods(material: Material) -> tuple[str, ...]:
    """Who, what, counted from when, estimated and tested how: a paragraph each."""
    return tuple(_paragraphs(material))


def _paragraphs(material: Material) -> Iterator[str]:
    cohort, protocol = material.cohort, material.cohort.protocol
    yield _population(material)
    for endpoint in protocol.endpoints:
        yield endpoint_sentence(endpoint)
    yield _(
        "Curves are Kaplan–Meier estimates with 95 % confidence intervals on the log-log scale; "
        "follow-up is the median by the reverse Kaplan–Meier estimate. Times are whole days; "
        "months are days / 30.4375."
    )
    if any(endpoint.competing for endpoint in protocol.endpoints):
        yield _(
            "Where another event prevents that of the endpoint, it is censored in the Kaplan–Meier "
            "curve; the cumulative incidence beside it (Aalen–Johansen) counts it as competing."
        )
    if any(endpoint.unit is Unit.LESION for endpoint in protocol.endpoints):
        yield _(
            "Lesions of one patient are not independent: standard errors of curves and of Cox "
            "models of lesions are clustered by patient, and a score test clustered by patient "
            "stands beside the log-rank test, which ignores clustering."
        )
    yield _(
        "Groups are compared by log-rank tests, two-sided. Hazard ratios are of Cox models with "
        "Efron's method for ties and Wald tests; proportional hazards are tested after Grambsch "
        "and Therneau. No P value is corrected for the number of tests. Missing values are not "
        "imputed: a variable is analysed among those of whom it is known, a model among those of "
        "whom all its variables are known."
    )
    yield from _toxicity_and_dose(protocol)
    yield _(
        "A date known to the month or year only stands for the middle of that time, moved as far "
        "as the date allows so that events keep their order."
    )
    if not material.reads_cases:
        yield _("Counts of fewer than %(least)d are hidden.") % {"least": LEAST_SHOWN}
    yield _(
        "Made by the Sarcoma RT Registry, version %(version)s, from protocol version %(protocol)d."
    ) % {"version": VERSION, "protocol": cohort.protocol_version}


def _population(material: Material) -> str:
    cohort = material.cohort
    said = _(
        "%(patients)s enrolled in the study under the protocol “%(title)s”, %(kind)s, with "
        "%(lesions)s on file."
    ) % {
        "patients": patient_count(len(cohort.patients)),
        "title": cohort.protocol.title,
        "kind": _(_KINDS[cohort.protocol.kind]),
        "lesions": _lesions(material),
    }
    if cohort.data_cut is not None:
        said += " " + _("What became known of after %(day)s does not count.") % {
            "day": day_text(cohort.data_cut)
        }
    return said


def _lesions(material: Material) -> str:
    n = len(material.cohort.lesions)
    if material.reads_cases or not 0 < n < LEAST_SHOWN:
        return lesion_count(n)
    return _("fewer than %(least)d lesions") % {"least": LEAST_SHOWN}


def endpoint_sentence(endpoint: Endpoint) -> str:
    """What is counted, from when, what is an event, what competes, until when others are seen."""
    unit = _("by lesion") if endpoint.unit is Unit.LESION else _("by patient")
    said = _(
        "%(name)s (%(code)s), %(unit)s: %(definition)s Time origin: %(origin)s. Events: %(events)s."
    ) % {
        "name": _(endpoint.label),
        "code": endpoint.code,
        "unit": unit,
        "definition": _(endpoint.definition),
        "origin": _(label(endpoint.origin)),
        "events": event_words(endpoint),
    }
    if endpoint.competing:
        said += " " + _("Competing: %(kinds)s.") % {"kinds": competing_words(endpoint)}
    said += " " + _("Censored at: %(day)s.") % {"day": _(CENSORING_WORDS[endpoint.censoring])}
    if endpoint.population is Population.SINGLE_VIABLE_SITE:
        said += " " + _("Among patients with a single viable site.")
    if endpoint.horizon_days is not None:
        said += " " + _("Followed for %(days)d days at most.") % {"days": endpoint.horizon_days}
    return said


def _toxicity_and_dose(protocol: Protocol) -> Iterator[str]:
    release = protocol.toxicity.release
    if release is not None:
        yield _(
            "Toxicity is graded by CTCAE %(release)s; each patient counts at the worst grade."
        ) % {"release": release.value}
    dose = protocol.dose
    yield _(
        "Doses are in %(unit)s. BED and EQD2 follow from the linear-quadratic model with α/β = "
        "%(tumour)s Gy for tumour and %(normal)s Gy for normal tissue where the protocol states no "
        "other."
    ) % {
        "unit": dose.unit.value,
        "tumour": general(dose.alpha_beta_tumour),
        "normal": general(dose.alpha_beta_normal),
    }
