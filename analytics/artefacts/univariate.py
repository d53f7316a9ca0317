"""Univariate analysis of an endpoint: rates, hazard ratios and tests of one variable at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Level, analysed
from analytics.artefacts.cox_parts import (
    LEAST_EVENTS_PER_TERM,
    endpoint_words,
    fit,
    has_few_events,
    hazard_words,
    model_words,
    ratio_cell,
    reference_cell,
    reference_levels,
    terms_by_level,
    variable_label,
)
from analytics.artefacts.curve_tests import GroupTests, rough_words, tests_between
from analytics.artefacts.km_parts import estimate
from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.cohort import Cohort
from analytics.curves import rates_at, times_in_months
from analytics.estimators import CoxModel
from registry.number_text import general
from registry.protocols.vocabulary import Unit

KEY = "univariate"
BLANK = Cell("")


def univariate(
    cohort: Cohort,
    *,
    endpoint: str,
    variables: Sequence[str] = (),
    at_months: Sequence[float] = (),
    references: Mapping[str, str] | None = None,
) -> Artefact:
    """n, events, rates, hazard ratio and P of each variable by itself, with what is missing.

    Each variable is analysed among all rows that have it. Hazard ratios of lesions are robust by
    patient; their log-rank test stands beside a score test clustered by patient.

    Args:
        endpoint: code such as "OS".
        variables: codes of covariates; those of the study's paper where none is named.
        at_months: times of the rates; those of the paper where none is named.
        references: reference category by covariate, where it is not the first; None: the paper's.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
        ValueError: a time that is negative or not finite.
    """
    paper = analyses_of(cohort)
    times = times_in_months(at_months or paper.at_months)
    codes = variables or paper.variables_of(cohort.protocol.endpoint(endpoint))
    rows = analysed(cohort, endpoint, codes)
    title = _("Univariate analysis: %(endpoint)s") % {"endpoint": _(rows.table.endpoint.label)}
    key = f"{KEY}-{endpoint.lower()}".replace("_", "-")
    if not rows.n:
        return Artefact(key, title, reason=_("Nobody was followed for this endpoint."))
    if not rows.covariates:
        return Artefact(key, title, reason=_("There is no variable with two groups to compare."))
    references = paper.references if references is None else references
    models = {code: fit(rows, [code], rows.known([code]), references) for code in rows.covariates}
    everybody = np.ones(rows.n, dtype=np.bool_)
    tests = {
        code: tests_between(rows, code, rows.known([code]))
        for code, covariate in rows.covariates.items()
        if covariate.kind != "number"
    }
    rough = [str(rows.covariates[code].label) for code, found in tests.items() if found.is_rough]
    table = Table(
        key=key,
        title=title,
        stub=_("Variable"),
        columns=_columns(rows, times),
        rows=tuple(
            line
            for code, model in models.items()
            for line in _lines(rows, code, model, times, tests.get(code))
        ),
        notes=(
            *endpoint_words(rows, everybody),
            *hazard_words(rows, everybody),
            *_notes(rows),
            *_said(rows, models),
            *([rough_words(rough)] if rough else []),
            months_note(),
            *standard_notes(cohort),
        ),
    )
    return Artefact(key, title, (table,))


def _columns(rows: Analysed, times: Sequence[float]) -> tuple[Column, ...]:
    if rows.patients is None:
        tests = [Column(_("P (Cox)")), Column(_("P (log-rank)"))]
    else:
        tests = [
            Column(_("P (Cox, clustered)")),
            Column(_("P (clustered score)")),
            Column(_("P (log-rank, ignores clustering)")),
        ]
    return (
        Column("n"),
        Column(_("Events")),
        *(
            Column(_("Rate at %(months)s months (95 %% CI)") % {"months": general(months)})
            for months in times
        ),
        Column(_("Hazard ratio (95 % CI)")),
        *tests,
        Column(_("Missing")),
    )


def _lines(
    rows: Analysed,
    code: str,
    model: CoxModel | None,
    times: Sequence[float],
    tests: GroupTests | None,
) -> Iterator[Row]:
    """The line of a variable with its tests, then one for each category."""
    known = rows.known([code])
    levels = rows.levels(code)
    terms = terms_by_level(model)
    is_number = not levels
    yield Row(
        variable_label(rows.covariates[code]),
        (
            words.count(int(known.sum())),
            words.count(rows.events(known)),
            *[BLANK] * len(times),
            ratio_cell(terms.get((code, None))) if is_number else BLANK,
            words.p_value(_overall_p(model)),
            *_test_cells(rows, tests),
            words.count(int((~known).sum())),
        ),
    )
    reference = reference_levels(model).get(code)
    for level in levels:
        term = terms.get((code, level.code))
        # Of two categories the test of the variable is the test of the level.
        p = words.p_value(term.p_value if term else None) if len(levels) > 2 else BLANK
        yield Row(
            level.label,
            (
                words.count(int(level.members.sum())),
                words.count(rows.events(level.members)),
                *_rates(rows, level, times),
                reference_cell() if level.code == reference else ratio_cell(term),
                BLANK if level.code == reference else p,
                *[BLANK] * (1 if rows.patients is None else 2),
                BLANK,
            ),
            indent=1,
        )


def _overall_p(model: CoxModel | None) -> float | None:
    """Test of the whole variable."""
    if model is None:
        return None
    # The likelihood takes lesions as independent; the Wald test has no answer under separation.
    return model.likelihood_ratio.p_value if model.clusters is None else model.wald.p_value


def _rates(rows: Analysed, level: Level, times: Sequence[float]) -> Iterator[Cell]:
    km = estimate(rows.table, conf_type="log-log", clustered=True, members=level.members)
    for rate in rates_at(km, times):
        found = rate.survival
        yield words.share(found.estimate, found.lower, found.upper)


def _test_cells(rows: Analysed, tests: GroupTests | None) -> list[Cell]:
    if tests is None:
        return [words.DASH] * (1 if rows.patients is None else 2)
    if tests.clustered is None:
        return [words.p_value(tests.logrank)]
    return [words.p_value(tests.clustered), words.p_value(tests.logrank)]


def _said(rows: Analysed, models: Mapping[str, CoxModel | None]) -> Iterator[str]:
    """What has no estimate, and which variables have few events."""
    fitted = {code: model for code, model in models.items() if model is not None}
    yield from dict.fromkeys(line for model in fitted.values() for line in model_words(model, rows))
    few = [
        str(rows.covariates[code].label) for code, model in fitted.items() if has_few_events(model)
    ]
    if few:
        yield _(
            "Fewer than %(least)d events per coefficient, so that estimates and their limits are "
            "unstable: %(variables)s."
        ) % {"least": LEAST_EVENTS_PER_TERM, "variables": ", ".join(few)}


def _notes(rows: Analysed) -> Iterator[str]:
    yield _(
        "Rates: Kaplan–Meier with log-log limits. Hazard ratios: Cox models of one variable, "
        "Efron's method for ties. A variable is analysed among those of whom it is known."
    )
    if rows.table.endpoint.unit is Unit.PATIENT:
        yield _(
            "P (Cox): of a variable by the likelihood ratio test, of a category by the Wald test "
            "against the reference."
        )
    if rows.table.endpoint.unit is Unit.LESION:
        yield _(
            "Lesions of one patient are not independent: limits, Wald and score tests are "
            "clustered by patient, the log-rank test ignores it."
        )
    yield _("P values are not corrected for the number of tests.")
