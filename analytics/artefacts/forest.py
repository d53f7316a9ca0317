"""The forest plot of a Cox model, with the model's table as its alternative."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed, Members
from analytics.artefacts.cox_parts import (
    care_words,
    model_words,
    ratio_cell,
    reference_levels,
    rows_words,
    terms_by_level,
    variable_label,
)
from analytics.artefacts.drawing import in_both_widths
from analytics.artefacts.parts import Figure, Table
from analytics.estimators import CoxModel
from analytics.estimators.cox_model import Term
from analytics.figures import ForestRow, forest_figure


def forest_of(
    rows: Analysed, model: CoxModel, members: Members, *, key: str, title: str, table: Table
) -> Figure:
    """The adjusted hazard ratios on a logarithmic axis.

    Args:
        members: the rows that the model was made of.
        table: the table of the model, read in place of the drawing.
    """
    lines = list(_lines(rows, model, members))
    caption = [
        _(
            "Hazard ratios with 95 % confidence intervals, adjusted for each other. "
            "Circle: reference."
        ),
        rows_words(rows, members),
    ]
    caption += [*model_words(model, rows), *care_words(model, rows)]

    draw = partial(
        forest_figure,
        lines,
        title=title,
        x_axis=_("Hazard ratio (above 1: more events)"),
        caption=caption,
        description="; ".join(f"{line.label}: {line.figures}" for line in lines if line.figures),
    )
    return in_both_widths(draw, key=key, title=title, table=table)


def _lines(rows: Analysed, model: CoxModel, members: Members) -> Iterator[ForestRow]:
    terms, references = terms_by_level(model), reference_levels(model)
    for code, covariate in rows.covariates.items():
        levels = rows.levels(code, members)
        label = variable_label(covariate)
        if not levels:
            yield _row(label, terms.get((code, None)), indent=0)
            continue
        yield ForestRow(label)
        for level in levels:
            if level.code == references[code]:
                yield ForestRow(level.label, _("reference"), is_reference=True, indent=1)
            else:
                yield _row(level.label, terms.get((code, level.code)), indent=1)


def _row(label: str, term: Term | None, *, indent: int) -> ForestRow:
    if term is None or math.isnan(term.hr):
        return ForestRow(label, _("no estimate"), indent=indent)
    lower, upper = (limit if math.isfinite(limit) else None for limit in (term.lower, term.upper))
    return ForestRow(label, ratio_cell(term).text, term.hr, lower, upper, indent=indent)
