"""P values of the log-rank test: variables by endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, analysed
from analytics.artefacts.curve_tests import GroupTests, rough_words, tests_between
from analytics.artefacts.later_values import later_words
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.cohort import Cohort
from analytics.covariates import Covariate, catalogue
from analytics.curve_words import unit_count
from registry.number_text import count_text
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit

KEY = "p-values"


def p_value_grid(
    cohort: Cohort, *, variables: Sequence[str] = (), endpoints: Sequence[str] = ()
) -> Artefact:
    """The log-rank test of each variable in categories for each endpoint.

    Lesions have two columns: the score test clustered by patient, and the log-rank test, which
    ignores clustering.

    Args:
        variables: codes of covariates; those of the study's paper where none is named.
        endpoints: codes; those of the paper where none is named.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
    """
    title = _("Log-rank tests")
    paper = analyses_of(cohort)
    there = catalogue(cohort)
    of_endpoints = []
    for code in endpoints or paper.endpoints:
        endpoint = cohort.protocol.endpoint(code)
        codes = variables or paper.variables_of(endpoint)
        of_endpoints.append(analysed(cohort, code, _fitting(codes, endpoint, there)))
    if not any(rows.n for rows in of_endpoints):
        return Artefact(KEY, title, reason=_("Nobody was followed for any of these endpoints."))
    in_categories = [
        code
        for code in dict.fromkeys(code for rows in of_endpoints for code in rows.covariates)
        if there[code].kind != "number"
    ]
    if not in_categories:
        return Artefact(KEY, title, reason=_("There is no variable with two groups to compare."))
    columns = [column for rows in of_endpoints for column in _columns(rows)]
    tests = [_tests(rows, in_categories) for rows in of_endpoints]
    rough = [
        there[code].label
        for code in in_categories
        if any(code in found and found[code].is_rough for found in tests)
    ]
    lines = [
        Row(
            there[code].label,
            tuple(
                cell
                for rows, found in zip(of_endpoints, tests, strict=True)
                for cell in _cells(rows, found.get(code))
            ),
        )
        for code in in_categories
    ]
    table = Table(
        key=KEY,
        title=title,
        stub=_("Variable"),
        columns=tuple(columns),
        rows=tuple(lines),
        notes=(
            *(_counted(rows) for rows in of_endpoints),
            *dict.fromkeys(line for rows in of_endpoints for line in later_words(rows)),
            _(
                "P of the log-rank test between the categories of a variable, among those of whom "
                "it is known; a dash where nothing can be compared. Numbers are not tested. P "
                "values are not corrected for the number of tests."
            ),
            *([rough_words(rough)] if rough else []),
            *standard_notes(cohort),
        ),
    )
    return Artefact(KEY, title, (table,))


def _fitting(codes: Sequence[str], endpoint: Endpoint, there: Mapping[str, Covariate]) -> list[str]:
    """The covariates that the endpoint's unit has: a patient has none of a lesion."""
    return [
        code
        for code in codes
        if code not in there or there[code].level == "patient" or endpoint.unit is Unit.LESION
    ]


def _columns(rows: Analysed) -> list[Column]:
    name = _(rows.table.endpoint.label)
    if rows.patients is None:
        return [Column("P", group=name)]
    return [
        Column(_("P (clustered score)"), group=name),
        Column(_("P (log-rank, ignores clustering)"), group=name),
    ]


def _tests(rows: Analysed, codes: Sequence[str]) -> dict[str, GroupTests]:
    """The tests of the covariates that the endpoint has."""
    return {
        code: tests_between(rows, code, rows.known([code]))
        for code in codes
        if code in rows.covariates
    }


def _cells(rows: Analysed, tests: GroupTests | None) -> list[Cell]:
    if tests is None:
        return [words.DASH] * len(_columns(rows))
    cells = [words.p_value(tests.logrank)]
    if tests.clustered is not None:
        cells.insert(0, words.p_value(tests.clustered))
    return cells


def _counted(rows: Analysed) -> str:
    return _("%(endpoint)s: %(count)s, events: %(events)s.") % {
        "endpoint": _(rows.table.endpoint.label),
        "count": unit_count(rows.table.endpoint.unit, rows.n),
        "events": count_text(int(rows.table.event.sum())),
    }
