"""Multivariable Cox models, with unadjusted estimates beside the adjusted ones, and forest plots.

After STROBE (Vandenbroucke JP et al., PLoS Med 2007;4:e297) and REMARK (McShane LM et al., J Natl
Cancer Inst 2005;97:1180-1184): both estimates with limits, events, numbers left out, categories and
their reference, and whether the hazards are proportional.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members, analysed
from analytics.artefacts.cox_parts import (
    care_words,
    endpoint_words,
    fit,
    hazard_words,
    model_words,
    ratio_cell,
    reference_cell,
    reference_levels,
    terms_by_level,
    variable_label,
)
from analytics.artefacts.forest import forest_of
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Cell, Column, Part, Row, Table
from analytics.cohort import Cohort
from analytics.estimators import CoxModel
from analytics.estimators.cox_model import Term

KEY = "multivariable"
BLANK = Cell("")


def multivariable(
    cohort: Cohort,
    *,
    endpoints: Sequence[str] = (),
    variables: Sequence[str] = (),
    references: Mapping[str, str] | None = None,
    later: Sequence[str] = (),
) -> Artefact:
    """A Cox model of all variables for each endpoint, and a forest plot of it.

    Both kinds of estimates are made among the same rows: those of whom all variables are known.
    Models of lesions are robust by patient.

    Args:
        endpoints: codes; those of the study's paper where none is named.
        variables: codes of covariates; those of the paper where none is named, nor ``later``.
        references: reference category by covariate, where it is not the first; None: the paper's.
        later: codes of states that begin later, as time-dependent covariates.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate or state, or it does not fit the endpoint.
    """
    title = _("Multivariable analysis")
    paper = analyses_of(cohort)
    references = paper.references if references is None else references
    parts: list[Part] = []
    for code in endpoints or paper.endpoints:
        codes = variables
        if not (variables or later):
            codes = paper.multivariable_of(cohort.protocol.endpoint(code))
        rows = analysed(cohort, code, codes, later=later)
        members = rows.known(rows.covariates)
        if rows.covariates and members.any():
            parts += _parts(cohort, rows, members, references)
    if not parts:
        return Artefact(
            KEY, title, reason=_("There is nobody of whom all variables and the end are known.")
        )
    return Artefact(KEY, title, tuple(parts))


def _parts(
    cohort: Cohort, rows: Analysed, members: Members, references: Mapping[str, str]
) -> Iterator[Part]:
    codes = list(rows.covariates)
    adjusted = fit(rows, codes, members, references)
    assert adjusted is not None
    unadjusted = {code: fit(rows, [code], members, references) for code in codes}
    endpoint = rows.table.endpoint
    title = _("Cox model: %(endpoint)s") % {"endpoint": _(endpoint.label)}
    key = f"{KEY}-{endpoint.code.lower()}".replace("_", "-")
    table = Table(
        key=key,
        title=title,
        stub=_("Variable"),
        columns=(
            Column("n"),
            Column(_("Events")),
            Column(_("Hazard ratio (95 % CI)"), _("Unadjusted")),
            Column("P", _("Unadjusted")),
            Column(_("Hazard ratio (95 % CI)"), _("Adjusted")),
            Column("P", _("Adjusted")),
            Column(_("P of non-proportional hazards")),
        ),
        rows=tuple(_lines(rows, members, adjusted, unadjusted)),
        notes=(
            *endpoint_words(rows, members),
            *hazard_words(rows, members),
            *model_words(adjusted, rows),
            *care_words(adjusted, rows),
            *_notes(adjusted),
            *standard_notes(cohort),
        ),
    )
    yield table
    yield forest_of(rows, adjusted, members, key=f"{key}-forest", title=title, table=table)


def _lines(
    rows: Analysed,
    members: Members,
    adjusted: CoxModel,
    unadjusted: Mapping[str, CoxModel | None],
) -> Iterator[Row]:
    zph = {test.variable: test.p_value for test in adjusted.zph()}
    wald = {test.variable: test.p_value for test in adjusted.variable_tests}
    terms = terms_by_level(adjusted)
    references = reference_levels(adjusted)
    for code, covariate in rows.covariates.items():
        alone = unadjusted[code]
        alone_terms = terms_by_level(alone)
        levels = rows.levels(code, members)
        counts = [words.count(rows.count(members)), words.count(rows.events(members))]
        yield Row(
            variable_label(covariate),
            (
                *(counts if not levels else [BLANK, BLANK]),
                ratio_cell(alone_terms.get((code, None))) if not levels else BLANK,
                words.p_value(alone.variable_tests[0].p_value if alone else None),
                ratio_cell(terms.get((code, None))) if not levels else BLANK,
                words.p_value(wald.get(code)),
                words.p_value(zph.get(code)),
            ),
        )
        for level in levels:
            key = (code, level.code)
            is_reference = level.code == references[code]
            # Of two categories the test of the variable is the test of the level.
            shows_p = len(levels) > 2 and not is_reference
            yield Row(
                level.label,
                (
                    words.count(rows.count(level.members)),
                    words.count(rows.events(level.members)),
                    *_estimate(alone_terms.get(key), is_reference, shows_p),
                    *_estimate(terms.get(key), is_reference, shows_p),
                    BLANK,
                ),
                indent=1,
            )


def _estimate(term: Term | None, is_reference: bool, shows_p: bool) -> tuple[Cell, Cell]:
    """Hazard ratio and P of a level."""
    ratio = reference_cell() if is_reference else ratio_cell(term)
    return ratio, words.p_value(term.p_value) if term and shows_p else BLANK


def _notes(model: CoxModel) -> Iterator[str]:
    concordance = model.concordance
    # The likelihood takes lesions as independent; the Wald test has no answer under separation.
    overall = model.likelihood_ratio if model.clusters is None else model.wald
    yield _(
        "Cox models, Efron's method for ties; P by Wald tests. Unadjusted: one variable at a time; "
        "adjusted: all variables together, among the same rows."
    )
    yield _("All variables together: %(p)s; concordance %(c)s.") % {
        "p": words.p_equation(overall.p_value),
        "c": words.number(concordance.estimate, 3).text,
    }
    yield _(
        "Non-proportional hazards: score test of Grambsch and Therneau on the scale of "
        "1 − Kaplan–Meier; a small P speaks against a constant hazard ratio."
    )
