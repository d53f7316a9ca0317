"""``manage.py cox --study KEY --endpoint OS --covariates age,grade``: a Cox model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.artefacts.cox_parts import care_words, endpoint_words, model_words
from analytics.artefacts.grouping import in_categories
from analytics.artefacts.model_rows import model_columns, model_rows
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Table
from analytics.cohort import Cohort
from analytics.covariates import CovariateError
from analytics.cox_result import CoxResult, cox_result
from analytics.estimators import CoxModel
from analytics.estimators.cox_model import ChiSquareTest, Term
from analytics.estimators.stepwise_cox import CRITERIA, DIRECTIONS, StepwiseCox
from analytics.later.states import STATES
from analytics.later.values import state_of
from analytics.management.arguments import (
    add_landmark,
    add_study,
    add_where,
    codes_of,
    cohort_of,
    figure,
    landmark_json,
)
from analytics.render.text import table_lines
from registry.scope import system_scope


class Command(BaseCommand):
    """Prints the model as a table or as JSON."""

    help = (
        "Cox model (Efron's method for ties) of an endpoint of a study, over all centres, among "
        "those of whom every covariate is known; of lesions robust by patient. Definitions: "
        "docs/analysis-plan.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, endpoint, what is in the model, landmark, part of the patients, format."""
        add_study(parser)
        parser.add_argument(
            "--endpoint", required=True, metavar="CODE", help="LC, OS or another of its protocol"
        )
        parser.add_argument(
            "--covariates", default="", metavar="CODES", help="such as age,grade,size_5"
        )
        parser.add_argument(
            "--later",
            action="append",
            default=[],
            metavar="CODE",
            help="state that begins after the time origin, as a time-dependent covariate: "
            f"{', '.join(STATES)}; may be given again",
        )
        add_landmark(parser)
        add_where(parser)
        parser.add_argument(
            "--strata",
            default="",
            metavar="CODE",
            help="covariate in categories, each with a baseline hazard of its own",
        )
        parser.add_argument(
            "--stepwise", choices=DIRECTIONS, default="", help="choose among the covariates"
        )
        parser.add_argument(
            "--criterion", choices=CRITERIA, help="of --stepwise (default lr, P of 0.05 and 0.10)"
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Estimate and print."""
        if options["criterion"] and not options["stepwise"]:
            raise CommandError("--criterion: it is that of --stepwise, which is not given")
        with system_scope():
            cohort = cohort_of(options)
        if options["strata"]:
            try:
                in_categories(cohort, options["strata"])
            except CovariateError as error:
                raise CommandError(f"--strata: {error}") from error
        check_later(cohort, options)
        try:
            result = cox_result(
                cohort,
                options["endpoint"],
                codes_of(options["covariates"]),
                later=options["later"],
                strata=options["strata"],
                stepwise=options["stepwise"],
                criterion=options["criterion"] or "lr",
            )
        except LookupError as error:
            raise CommandError(f"--endpoint: {error.args[0]}") from error
        except ValueError as error:
            raise CommandError(f"--covariates: {error}") from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_json(cohort, result), indent=2, allow_nan=False))
        else:
            self.stdout.write("\n".join(as_lines(cohort, result)))


def check_later(cohort: Cohort, options: dict[str, Any]) -> None:
    """Whether the states of ``--later`` can be asked for with the endpoint.

    Raises:
        CommandError: naming the state and what is wrong with it.
    """
    if options["later"] and options["stepwise"]:
        raise CommandError("--later: time-dependent states are not chosen by --stepwise")
    try:
        for code in options["later"]:
            state_of(code, cohort.protocol.endpoint(options["endpoint"]))
    except LookupError as error:
        raise CommandError(f"--endpoint: {error.args[0]}") from error
    except CovariateError as error:
        raise CommandError(f"--later: {error}") from error


def as_json(cohort: Cohort, result: CoxResult) -> dict[str, Any]:
    """The result as plain data; None where a figure cannot be estimated."""
    rows, members, model = result.rows, result.members, result.model
    found: dict[str, Any] = {
        "study": cohort.study_key,
        "endpoint": rows.table.endpoint.code,
        "unit": rows.table.endpoint.unit.value,
        "n": rows.count(members),
        "events": rows.events(members),
        "left_out": rows.count(~members),
        "data_cut": cohort.data_cut.isoformat() if cohort.data_cut else None,
        "where": list(cohort.subset),
        "strata": result.strata or None,
        "model": _model(model, result) if model else None,
    }
    if cohort.landmark is not None:
        found["landmark"] = landmark_json(rows.table.numbers)
    if rows.pieces is not None:
        found["later"] = list(rows.pieces.states)
    if result.selection is not None:
        found["selected"] = list(result.selection.selected)
        found["steps"] = list(_steps(result.selection))
    return found


def as_lines(cohort: Cohort, result: CoxResult) -> Iterator[str]:
    """The result for people."""
    rows, model = result.rows, result.model
    endpoint = rows.table.endpoint
    yield f"{endpoint.label} ({endpoint.code}), study {cohort.study_key}: {cohort.study_title}"
    if result.selection is not None:
        for place, step in enumerate(_steps(result.selection), start=1):
            done = f"{step['action']} {step['variable']}" if step["action"] else "no further step"
            yield f"Step {place}: {done} (AIC before {step['aic_before']:.2f})"
        yield ""
    if model is None:
        yield "No model: nobody has all covariates known, or no covariate is left."
        return
    notes = [
        *endpoint_words(rows, result.members),
        *([f"Strata: {rows.covariates[result.strata].label}."] if result.strata else []),
        *model_words(model, rows),
        *care_words(model, rows),
        *standard_notes(cohort),
    ]
    table = Table(
        key="cox",
        title="Cox model",
        stub="Variable",
        columns=model_columns("Hazard ratio"),
        rows=tuple(model_rows(rows, model, result.members)),
        notes=tuple(dict.fromkeys(notes)),
    )
    yield from table_lines(table)


def _model(model: CoxModel, result: CoxResult) -> dict[str, Any]:
    return {
        "ties": model.ties,
        "level": model.level,
        "clusters": model.clusters,
        "terms": [_term(term, result) for term in model.terms],
        "likelihood_ratio": _test(model.likelihood_ratio),
        "wald": _test(model.wald),
        "score": _test(model.score),
        "concordance": figure(model.concordance.estimate),
        "aic": figure(model.aic),
        "proportional_hazards": [
            {
                "variable": test.variable,
                "chisq": figure(test.chisq),
                "df": test.df,
                "p": figure(test.p_value),
            }
            for test in model.zph()
        ],
        "warnings": list(model.warnings),
    }


def _term(term: Term, result: CoxResult) -> dict[str, Any]:
    rows, members = result.rows, result.members
    if term.level is not None:
        members = members & (rows.frame[term.variable] == term.level).to_numpy(dtype=bool)
    return {
        "variable": term.variable,
        "level": term.level,
        "reference": term.reference,
        "n": rows.count(members),
        "events": term.events,
        "coef": figure(term.coef),
        "se": figure(term.se),
        "robust_se": figure(term.robust_se),
        "hr": figure(term.hr),
        "lower": figure(term.lower),
        "upper": figure(term.upper),
        "p": figure(term.p_value),
    }


def _test(test: ChiSquareTest) -> dict[str, Any]:
    return {"chisq": figure(test.statistic), "df": test.df, "p": figure(test.p_value)}


def _steps(selection: StepwiseCox) -> Iterator[dict[str, Any]]:
    for step in selection.steps:
        chosen = step.chosen
        yield {
            "action": chosen.action if chosen else None,
            "variable": chosen.variable if chosen else None,
            "chisq": figure(chosen.statistic) if chosen else None,
            "df": chosen.df if chosen else None,
            "p": figure(chosen.p_value) if chosen else None,
            "aic_before": step.aic,
            "variables": list(step.variables),
        }
