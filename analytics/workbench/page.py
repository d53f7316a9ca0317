"""What the page of the workbench is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from analytics.artefacts.small_cells import LEAST_SHOWN
from analytics.covariates import Covariate
from analytics.estimators.inputs import CONFIDENCE_TYPES
from analytics.later.states import states_for
from analytics.render import artefact_html
from analytics.workbench.choices import MOST_TIMES
from analytics.workbench.files import FIGURE_FILES, ROW_FILES
from analytics.workbench.readout import readout
from analytics.workbench.state import State
from registry.protocols.vocabulary import Unit
from registry.selectors.studies import sees_whole_study


@dataclass(frozen=True, slots=True)
class ChosenCondition:
    """A condition in force: its words, its text, and the address without it."""

    words: str
    text: str
    query_without: str


def workbench_page(state: State) -> dict[str, Any]:
    """The context of ``analytics/workbench/page.html``."""
    choices = state.choices
    fitting = list(_fitting(state))
    return {
        "study": state.study,
        "whole_study": sees_whole_study(state.study),
        "choices": choices,
        "problems": state.problems,
        "endpoints": state.cohort.protocol.endpoints,
        "endpoint": state.cohort.protocol.endpoint(choices.endpoint),
        "groupings": by_origin(one for one in fitting if one.kind == "category"),
        "variables": by_origin(fitting),
        "all_covariates": by_origin(one for one in state.covariates.values() if not one.is_later),
        "states": list(states_for(state.cohort.protocol.endpoint(choices.endpoint))),
        "conf_types": CONFIDENCE_TYPES,
        "row_access": state.row_access,
        "least_shown": LEAST_SHOWN,
        "most_times": MOST_TIMES,
        "conditions": list(_conditions(state)),
        "asking": state.asking,
        "n_chosen": len(state.result.cohort.patients),
        "n_all": len(state.cohort.patients),
        "results": [(one.title, one.key, artefact_html(one)) for one in state.result.artefacts],
        "readout": readout(state.result),
        "files": _files(state),
    }


def _fitting(state: State) -> Iterator[Covariate]:
    """The covariates that the endpoint's unit has, and the states that are no part of it."""
    endpoint = state.cohort.protocol.endpoint(state.choices.endpoint)
    states = {one.code for one in states_for(endpoint)}
    for one in state.covariates.values():
        if one.is_later:
            if one.code in states:
                yield one
        elif one.level == "patient" or endpoint.unit is Unit.LESION:
            yield one


def by_origin(covariates: Iterable[Covariate]) -> list[tuple[str, list[Covariate]]]:
    """States at the landmark, where there are some; then groupings, since most comparisons are by
    them, then values as recorded."""
    there = list(covariates)
    listed = [
        (_("At the landmark"), [one for one in there if one.is_later]),
        (_("In groups"), [one for one in there if one.cut is not None]),
        (_("As recorded"), [one for one in there if one.cut is None and not one.is_later]),
    ]
    return [(heading, ones) for heading, ones in listed if ones]


def _conditions(state: State) -> Iterator[ChosenCondition]:
    for condition in state.choices.where:
        others = tuple(one for one in state.choices.where if one != condition)
        yield ChosenCondition(
            words=condition.words(state.covariates[condition.covariate]),
            text=condition.text,
            query_without=replace(state.choices, where=others).query,
        )


def _files(state: State) -> list[tuple[str, str, str]]:
    """Name of the route, name and words of the files that the reader can have."""
    words = {
        "curve.svg": _("Drawing (SVG)"),
        "curve.png": _("Picture (PNG)"),
        "rates.csv": _("Rates (CSV)"),
        "adtte.csv": _("Rows (CSV, ADTTE)"),
        "analysis.zip": _("All with an R script (ZIP)"),
    }
    figures = FIGURE_FILES if state.result.figure is not None else ()
    rows = ROW_FILES if state.row_access else ()
    return [
        *(("analytics:workbench_file", name, words[name]) for name in figures),
        *(("analytics:workbench_rows", name, words[name]) for name in rows),
    ]
