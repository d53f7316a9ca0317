"""Cox models as the artefacts show them: ratios in cells, and in words what a reader must know."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members
from analytics.artefacts.later_values import later_words
from analytics.artefacts.parts import Cell
from analytics.covariates import Covariate
from analytics.curve_words import competing_words, left_out_words, origin_words, unit_count
from analytics.curves import LEVEL
from analytics.estimators import CoxModel, cox
from analytics.estimators.cox_model import Term
from registry.number_text import count_text, decimal

LEAST_EVENTS_PER_TERM = 10
"""Below this many events per coefficient a Cox model is called unstable (Peduzzi P et al., J Clin
Epidemiol 1995;48:1503-1510)."""


def fit(
    rows: Analysed,
    codes: Sequence[str],
    members: Members,
    references: Mapping[str, str] | None = None,
) -> CoxModel | None:
    """Cox model of these covariates among these rows, robust by patient for lesions.

    Args:
        references: reference level by covariate, where it is not the first that has rows. One that
            has no row is not asked for.

    None without a row.
    """
    if not members.any():
        return None
    patients = rows.patients
    return cox(
        rows.days[members],
        rows.event[members],
        rows.frame.loc[members, list(codes)],
        entry=None if rows.entry is None else rows.entry[members],
        cluster=None if patients is None else patients[members],
        level=LEVEL,
        reference=references_with_rows(rows, codes, members, references),
    )


def references_with_rows(
    rows: Analysed,
    codes: Sequence[str],
    members: Members,
    references: Mapping[str, str] | None,
) -> dict[str, str]:
    """Those of the references that some row has."""
    asked = references or {}
    return {
        code: asked[code]
        for code in codes
        if code in asked and any(level.code == asked[code] for level in rows.levels(code, members))
    }


def terms_by_level(model: CoxModel | None) -> dict[tuple[str, str | None], Term]:
    """Lines of the model by covariate and level; the level of a number is None."""
    if model is None:
        return {}
    return {(term.variable, term.level): term for term in model.terms}


def reference_levels(model: CoxModel | None) -> dict[str, str | None]:
    """The reference level of each covariate of the model."""
    if model is None:
        return {}
    return {test.variable: test.reference for test in model.variable_tests}


def ratio_cell(term: Term | None) -> Cell:
    """The hazard ratio with its limits; a dash where the model gives none."""
    if term is None:
        return words.DASH
    return words.ratio(term.hr, term.lower, term.upper)


def reference_cell() -> Cell:
    """What stands in the line of the reference level."""
    return Cell(_("1 (reference)"), 1.0)


def variable_label(covariate: Covariate) -> str:
    """The name; of a number with the unit that its hazard ratio is for."""
    if covariate.kind != "number":
        return str(covariate.label)
    if covariate.unit_text:
        return _("%(name)s, per unit (%(unit)s)") % {
            "name": covariate.label,
            "unit": covariate.unit_text,
        }
    return _("%(name)s, per unit") % {"name": covariate.label}


def model_words(model: CoxModel, rows: Analysed) -> Iterator[str]:
    """What the model cannot tell; nothing where every category has an estimate."""
    if not model.events:
        yield _("There was no event: nothing can be estimated.")
        return
    for term in model.terms:
        if math.isnan(term.hr):
            yield _no_estimate(model, term, rows.covariates[term.variable])
    for test in model.variable_tests:
        if test.reference is not None and not any(
            term.variable == test.variable for term in model.terms
        ):
            yield _("%(name)s has one category only: there is nothing to compare.") % {
                "name": rows.covariates[test.variable].label
            }


def has_few_events(model: CoxModel) -> bool:
    """True where events are too few for the number of coefficients."""
    # Coefficients without a finite estimate count, for the data were asked for them too.
    return 0 < model.events < LEAST_EVENTS_PER_TERM * model.df


def care_words(model: CoxModel, rows: Analysed) -> Iterator[str]:
    """Few events, and how lesions were taken; nothing for patients with events enough."""
    if has_few_events(model):
        yield _(
            "%(figure)s events per coefficient (fewer than %(least)d): estimates and their limits "
            "are unstable."
        ) % {
            "figure": decimal(model.events / model.df, 1),
            "least": LEAST_EVENTS_PER_TERM,
        }
    if rows.patients is not None and model.clusters is not None:
        yield robust_words(model.clusters)


def robust_words(clusters: int) -> str:
    """How limits and tests of lesions were made."""
    if clusters < 2:
        return _("All lesions are of one patient: no robust standard error can be estimated.")
    return ngettext(
        "Limits and Wald tests are robust: lesions are clustered in %(n)s patient.",
        "Limits and Wald tests are robust: lesions are clustered in %(n)s patients.",
        clusters,
    ) % {"n": count_text(clusters)}


def endpoint_words(rows: Analysed, members: Members) -> Iterator[str]:
    """What the endpoint is, its origin, and who of its rows is in the model."""
    yield _(rows.table.endpoint.definition)
    yield " ".join([origin_words(rows.table.numbers), *left_out_words(rows.table.numbers)])
    yield from later_words(rows)
    yield rows_words(rows, members)


def hazard_words(rows: Analysed, members: Members) -> Iterator[str]:
    """That hazard ratios are cause-specific, where other events compete."""
    competing = int(rows.competing[members].sum())
    if competing:
        yield _(
            "Competing events are censored (%(events)s: %(n)s): hazard ratios are cause-specific, "
            "they say nothing of the cumulative incidence."
        ) % {"events": competing_words(rows.table.endpoint), "n": count_text(competing)}


def rows_words(rows: Analysed, members: Members) -> str:
    """Rows and events of a model, and how many rows of the endpoint it leaves out."""
    dropped = rows.count(~members)
    said = _("%(count)s with %(events)s events.") % {
        "count": unit_count(rows.table.endpoint.unit, rows.count(members)),
        "events": count_text(rows.events(members)),
    }
    if dropped:
        said += " " + _("%(n)s left out because a variable is missing.") % {
            "n": count_text(dropped)
        }
    return said


def _no_estimate(model: CoxModel, term: Term, covariate: Covariate) -> str:
    labels = dict(covariate.categories)
    name = str(covariate.label)
    if term.level is None:
        return _("%(name)s: no hazard ratio can be estimated.") % {"name": name}
    level = str(labels.get(term.level, term.level))
    reference = next(test for test in model.variable_tests if test.variable == term.variable)
    if not reference.reference_events:
        return _(
            "%(name)s: no event in the reference category, so that no hazard ratio of "
            "“%(level)s” can be estimated."
        ) % {"name": name, "level": level}
    if not term.events:
        return _(
            "%(name)s: no event in “%(level)s”, so that its hazard ratio cannot be estimated."
        ) % {"name": name, "level": level}
    return _(
        "%(name)s: “%(level)s” has no finite hazard ratio. It separates those with the event from "
        "the others, or other variables tell the same."
    ) % {"name": name, "level": level}
