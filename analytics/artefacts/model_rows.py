"""The lines of one model: each variable with its test, its categories with their ratios."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Members
from analytics.artefacts.cox_parts import (
    ratio_cell,
    reference_cell,
    reference_levels,
    terms_by_level,
    variable_label,
)
from analytics.artefacts.parts import Cell, Column, Row
from analytics.estimators import CoxModel

BLANK = Cell("")


def model_columns(ratio: str) -> tuple[Column, ...]:
    """Columns of :func:`model_rows`; ``ratio`` names what the model estimates."""
    return (
        Column("n"),
        Column(_("Events")),
        Column(_("%(ratio)s (95 %% CI)") % {"ratio": ratio}),
        Column(_("P (Wald)")),
    )


def model_rows(rows: Analysed, model: CoxModel, members: Members) -> Iterator[Row]:
    """A line for each variable of the model, and under it one for each category.

    Args:
        members: the rows that the model was made of.
    """
    terms, references = terms_by_level(model), reference_levels(model)
    for test in model.variable_tests:
        code = test.variable
        levels = rows.levels(code, members)
        yield Row(
            variable_label(rows.covariates[code]),
            (
                words.count(rows.count(members)),
                words.count(rows.events(members)),
                BLANK if levels else ratio_cell(terms.get((code, None))),
                words.p_value(test.p_value),
            ),
        )
        for level in levels:
            term = terms.get((code, level.code))
            is_reference = level.code == references[code]
            # Of two categories the test of the variable is the test of the level.
            shows_p = term is not None and len(levels) > 2
            yield Row(
                level.label,
                (
                    words.count(rows.count(level.members)),
                    words.count(rows.events(level.members)),
                    reference_cell() if is_reference else ratio_cell(term),
                    words.p_value(term.p_value) if term and shows_p else BLANK,
                ),
                indent=1,
            )
