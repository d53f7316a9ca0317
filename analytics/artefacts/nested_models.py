"""Nested Cox models: what becomes of one exposure's hazard ratio as other variables come in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members, analysed
from analytics.artefacts.cox_parts import (
    care_words,
    endpoint_words,
    hazard_words,
    model_words,
    ratio_cell,
    reference_cell,
    references_with_rows,
    terms_by_level,
)
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.cohort import Cohort
from analytics.curves import LEVEL
from analytics.estimators import CoxModel, nested_cox

KEY = "nested-models"
BLANK = Cell("")


def nested_models(
    cohort: Cohort,
    *,
    endpoint: str,
    exposure: str,
    models: Sequence[Sequence[str]],
    references: Mapping[str, str] | None = None,
) -> Artefact:
    """Hazard ratios of an exposure by itself and beside more and more variables.

    All models are made of the same rows: those of whom all variables are known. Models of lesions
    are robust by patient.

    Args:
        exposure: code of a covariate.
        models: the codes that each further model adds to the one before it; the first model is
            that of the exposure alone.
        references: reference category by covariate, where it is not the first or that of the
            study's paper.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
        ValueError: a model that adds nothing new.
    """
    added = _added(exposure, models)
    codes = [exposure, *(code for step in added for code in step)]
    rows = analysed(cohort, endpoint, codes)
    title = _("%(exposure)s in nested Cox models: %(endpoint)s") % {
        "exposure": rows.covariates[exposure].label,
        "endpoint": _(rows.table.endpoint.label),
    }
    key = f"{KEY}-{endpoint.lower()}-{exposure}".replace("_", "-")
    members = rows.known(codes)
    if not members.any():
        reason = _("There is nobody of whom all variables and the end are known.")
        return Artefact(key, title, reason=reason)
    references = {**analyses_of(cohort).references, **(references or {})}
    patients = rows.patients
    names = [str(place) for place in range(1, len(added) + 2)]
    columns = accumulate(added, lambda before, step: [*before, *step], initial=[exposure])
    found = nested_cox(
        rows.table.days[members],
        rows.table.event[members],
        rows.frame.loc[members, codes],
        dict(zip(names, columns, strict=True)),
        cluster=None if patients is None else patients[members],
        level=LEVEL,
        reference=references_with_rows(rows, codes, members, references),
    )
    p_added = {test.larger: test.p_value for test in found.comparisons}
    lines = [
        line
        for name, step in zip(names, [[], *added], strict=True)
        for line in _lines(
            rows,
            members,
            found.models[name],
            exposure,
            _model_name(rows, exposure, name, step),
            p_added.get(name),
        )
    ]
    robust = patients is not None
    table = Table(
        key=key,
        title=title,
        stub=_("Model"),
        columns=(
            Column(_("Hazard ratio (95 % CI)")),
            Column(_("P (Wald)")),
            Column(_("P of what is added")),
        ),
        rows=tuple(lines),
        notes=(
            *endpoint_words(rows, members),
            *hazard_words(rows, members),
            _("All models are made of the same rows; Efron's method for ties."),
            _("What is added is tested by a robust Wald test.")
            if robust
            else _("What is added is tested by a likelihood ratio test."),
            *_said(rows, found.models),
            *standard_notes(cohort),
        ),
    )
    return Artefact(key, title, (table,))


def _added(exposure: str, models: Sequence[Sequence[str]]) -> list[list[str]]:
    seen = {exposure}
    added = []
    for place, step in enumerate(models, start=2):
        new = [code for code in dict.fromkeys(step) if code not in seen]
        if not new:
            raise ValueError(f"models: model {place} adds nothing to the one before it")
        seen.update(new)
        added.append(new)
    return added


def _model_name(rows: Analysed, exposure: str, name: str, added: Sequence[str]) -> str:
    if not added:
        return _("Model 1: %(exposure)s") % {"exposure": rows.covariates[exposure].label}
    return _("Model %(number)s: model %(before)d + %(added)s") % {
        "number": name,
        "before": int(name) - 1,
        "added": " + ".join(str(rows.covariates[code].label) for code in added),
    }


def _said(rows: Analysed, models: Mapping[str, CoxModel]) -> Iterator[str]:
    """What each model cannot tell; what is said of all of them once, and without a number."""
    said = {
        name: [*model_words(model, rows), *care_words(model, rows)]
        for name, model in models.items()
    }
    everywhere = [line for line in said["1"] if all(line in lines for lines in said.values())]
    yield from everywhere
    for name, lines in said.items():
        for line in lines:
            if line not in everywhere:
                yield _("Model %(number)s: %(words)s") % {"number": name, "words": line}


def _lines(
    rows: Analysed,
    members: Members,
    model: CoxModel,
    exposure: str,
    label: str,
    p_added: float | None,
) -> Iterator[Row]:
    """A line of the model, and one for each category of the exposure that has more than two."""
    test = next(test for test in model.variable_tests if test.variable == exposure)
    terms = terms_by_level(model)
    levels = rows.levels(exposure, members)
    own = [terms[key] for key in terms if key[0] == exposure]
    last = words.p_value(p_added)
    if len(own) == 1:
        yield Row(label, (ratio_cell(own[0]), words.p_value(test.p_value), last))
        return
    yield Row(label, (BLANK, words.p_value(test.p_value), last))
    for level in levels:
        term = terms.get((exposure, level.code))
        is_reference = level.code == test.reference
        yield Row(
            level.label,
            (
                reference_cell() if is_reference else ratio_cell(term),
                words.p_value(term.p_value) if term else BLANK,
                BLANK,
            ),
            indent=1,
        )
