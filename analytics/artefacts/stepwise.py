"""Stepwise choice of the variables of a Cox model: each step, and the model that is left."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members, analysed
from analytics.artefacts.cox_parts import (
    LEAST_EVENTS_PER_TERM,
    care_words,
    endpoint_words,
    hazard_words,
    model_words,
    references_with_rows,
)
from analytics.artefacts.model_rows import model_columns, model_rows
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.cohort import Cohort
from analytics.curves import LEVEL
from analytics.estimators import StepwiseCox, stepwise_cox
from analytics.estimators.stepwise_cox import Step
from registry.number_text import decimal

KEY = "stepwise"


def stepwise(
    cohort: Cohort,
    *,
    endpoint: str,
    variables: Sequence[str] = (),
    direction: str = "backward",
    criterion: str = "lr",
    enter: float = 0.05,
    remove: float = 0.10,
    keep: Collection[str] = (),
    references: Mapping[str, str] | None = None,
) -> Artefact:
    """The steps of the selection, and the Cox model of the variables that are left.

    Args:
        variables: codes of covariates to choose from; those of the study's paper where none is
            named.
        direction: "backward", "forward" or "both".
        criterion: "lr" (P of likelihood ratio tests) or "aic".
        enter, remove: borders of P for "lr".
        keep: covariates that are in every model.
        references: reference category by covariate, where it is not the first; None: the paper's.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
        ValueError: an unknown direction, criterion or kept covariate, or borders out of order.
    """
    paper = analyses_of(cohort)
    codes = list(variables or paper.variables_of(cohort.protocol.endpoint(endpoint)))
    rows = analysed(cohort, endpoint, codes)
    title = _("Stepwise Cox model: %(endpoint)s") % {"endpoint": _(rows.table.endpoint.label)}
    key = f"{KEY}-{endpoint.lower()}".replace("_", "-")
    members = rows.known(codes)
    if not codes or not members.any():
        reason = _("There is nobody of whom all variables and the end are known.")
        return Artefact(key, title, reason=reason)
    patients = rows.patients
    found = stepwise_cox(
        rows.table.days[members],
        rows.table.event[members],
        rows.frame.loc[members, codes],
        direction=direction,
        criterion=criterion,
        enter=enter,
        remove=remove,
        keep=keep,
        cluster=None if patients is None else patients[members],
        level=LEVEL,
        reference=references_with_rows(
            rows, codes, members, paper.references if references is None else references
        ),
    )
    if not found.steps:
        return Artefact(key, title, reason=_("There was no event: nothing can be selected."))
    notes = [
        *endpoint_words(rows, members),
        *hazard_words(rows, members),
        *_rule_words(direction, criterion, enter, remove),
        *_many_candidates(rows, codes, members),
        *standard_notes(cohort),
    ]
    trace = Table(
        key=f"{key}-steps",
        title=title,
        stub=_("Step"),
        columns=(
            Column(_("Action"), is_number=False),
            Column(_("Chi square")),
            Column(_("Degrees of freedom")),
            Column("P"),
            Column(_("AIC before")),
        ),
        rows=tuple(_step_row(place, step, rows) for place, step in enumerate(found.steps, start=1)),
        notes=(*_weighed(found, rows), *_clustering(rows), *notes),
    )
    return Artefact(key, title, (trace, *_final(found, rows, members, key, notes)))


def _step_row(place: int, step: Step, rows: Analysed) -> Row:
    chosen = step.chosen
    if chosen is None:
        action = _("No further step")
        tests = (words.DASH, words.DASH, words.DASH)
    else:
        name = rows.covariates[chosen.variable].label
        said = _("%(name)s removed") if chosen.action == "remove" else _("%(name)s entered")
        action = said % {"name": name}
        tests = (
            words.number(chosen.statistic, 2),
            words.count(chosen.df),
            words.p_value(chosen.p_value),
        )
    return Row(str(place), (Cell(action), *tests, words.number(step.aic, 2)))


def _weighed(found: StepwiseCox, rows: Analysed) -> Iterator[str]:
    """What was looked at in the last step, where nothing was done."""
    for candidate in found.steps[-1].candidates:
        said = (
            _("Last step: without %(name)s %(p)s, AIC %(aic)s.")
            if candidate.action == "remove"
            else _("Last step: with %(name)s %(p)s, AIC %(aic)s.")
        )
        yield said % {
            "name": rows.covariates[candidate.variable].label,
            "p": words.p_equation(candidate.p_value),
            "aic": decimal(candidate.aic, 2),
        }


def _final(
    found: StepwiseCox, rows: Analysed, members: Members, key: str, notes: Sequence[str]
) -> Iterator[Table]:
    if found.final is None:
        return
    yield Table(
        key=f"{key}-model",
        title=_("Final model: %(endpoint)s") % {"endpoint": _(rows.table.endpoint.label)},
        stub=_("Variable"),
        columns=model_columns(_("Hazard ratio")),
        rows=tuple(model_rows(rows, found.final, members)),
        notes=(
            _(
                "Limits and P are those of a model that was chosen by looking at the data; they "
                "are too good."
            ),
            *model_words(found.final, rows),
            *care_words(found.final, rows),
            *notes,
        ),
    )


def _many_candidates(rows: Analysed, codes: Sequence[str], members: Members) -> Iterator[str]:
    """Few events for all that was chosen from, which counts however small the final model is."""
    coefficients = sum(max(len(rows.levels(code, members)) - 1, 0) or 1 for code in codes)
    events = rows.events(members)
    if 0 < events < LEAST_EVENTS_PER_TERM * coefficients:
        yield _(
            "%(figure)s events per coefficient among all variables to choose from (fewer than "
            "%(least)d): the choice is unstable."
        ) % {"figure": decimal(events / coefficients, 1), "least": LEAST_EVENTS_PER_TERM}


def _clustering(rows: Analysed) -> Iterator[str]:
    if rows.patients is not None:
        yield _(
            "The steps take lesions of one patient as independent; only the limits and tests of "
            "the final model are clustered by patient."
        )


def _rule_words(direction: str, criterion: str, enter: float, remove: float) -> Iterator[str]:
    if direction == "backward":
        yield _("Backward: from all variables on, one is removed at a time.")
    elif direction == "forward":
        yield _("Forward: from no variable on, one is entered at a time.")
    else:
        yield _("Both ways: from no variable on, one is entered or removed at a time.")
    if criterion == "aic":
        yield _("The step after which Akaike's information criterion is lowest is taken.")
        return
    borders = {"enter": decimal(enter, 2), "remove": decimal(remove, 2)}
    if direction == "backward":
        yield _("Removed at P above %(remove)s of the likelihood ratio test.") % borders
    elif direction == "forward":
        yield _("Entered at P below %(enter)s of the likelihood ratio test.") % borders
    else:
        yield (
            _(
                "Entered at P below %(enter)s, removed at P above %(remove)s of the likelihood "
                "ratio test."
            )
            % borders
        )
