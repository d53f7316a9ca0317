"""The lines of one variable in a table of characteristics."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts.group_tests import counts_p, ranks_p
from analytics.artefacts.grouping import Group, as_codes, in_order
from analytics.artefacts.labels import code_label, not_known
from analytics.artefacts.parts import Cell, Row
from analytics.artefacts.variables import Kind, Variable
from analytics.artefacts.words import count, count_percent, median_and_range, p_value

EMPTY = Cell("")


@dataclass(frozen=True)
class Style:
    """How numbers are spread ("range" or "iqr"), and whether a column of P values ends the line."""

    spread: str = "range"
    tests: bool = False


def rows_of(
    variable: Variable, frame: pd.DataFrame, groups: Sequence[Group], style: Style
) -> list[Row]:
    """Heading, levels and the line of missing values; nothing where nobody has a value.

    Shares are of those with a value, so that they add up to 100 %.
    """
    applies = np.ones(len(frame), dtype=np.bool_)
    if variable.among is not None:
        column, codes = variable.among
        applies = frame[column].isin(codes).to_numpy()
    known = applies & _known(variable, frame)
    if not known.any():
        return []
    if variable.kind is Kind.NUMBER:
        rows = list(_number_rows(variable, frame, known, groups, style))
    elif variable.kind is Kind.YES:
        rows = list(_yes_rows(variable, frame, known, groups, style))
    else:
        rows = list(_level_rows(variable, frame, known, groups, style))
    missing = applies & ~known
    if missing.any():
        cells = [count(int((group.members & missing).sum())) for group in groups]
        rows.append(Row(not_known(), (*cells, *_no_p(style)), indent=1))
    return rows


def _number_rows(
    variable: Variable,
    frame: pd.DataFrame,
    known: NDArray[np.bool_],
    groups: Sequence[Group],
    style: Style,
) -> Iterator[Row]:
    values = frame[variable.column].to_numpy(dtype=np.float64) / variable.divisor
    parts = [values[group.members & known] for group in groups]
    cells = [_spread(part, style.spread, variable.digits) for part in parts]
    kind = _("median (range)") if style.spread == "range" else _("median (quartiles)")
    label = _("%(variable)s, %(kind)s") % {"variable": variable.label, "kind": kind}
    compared = [part for part, group in zip(parts, groups, strict=True) if group.is_category]
    yield Row(label, (*cells, *_p(ranks_p(compared) if style.tests else None, style)))


def _yes_rows(
    variable: Variable,
    frame: pd.DataFrame,
    known: NDArray[np.bool_],
    groups: Sequence[Group],
    style: Style,
) -> Iterator[Row]:
    is_yes = (frame[variable.column] == "yes").to_numpy()
    cells, table = _counted([is_yes, ~is_yes], known, groups)
    yield Row(
        str(variable.label), (*cells[0], *_p(counts_p(table) if style.tests else None, style))
    )


def _level_rows(
    variable: Variable,
    frame: pd.DataFrame,
    known: NDArray[np.bool_],
    groups: Sequence[Group],
    style: Style,
) -> Iterator[Row]:
    column = variable.parent or variable.column
    codes = as_codes(frame[column]).to_numpy()
    levels = _levels(variable, column, codes[known])
    cells, table = _counted([codes == level for level in levels], known, groups)
    p = _p(counts_p(table) if style.tests else None, style)
    yield Row(str(variable.label), (*([EMPTY] * len(groups)), *p) if style.tests else ())
    for level, counts in zip(levels, cells, strict=True):
        label = code_label(column, level) if level else _("Group not known")
        yield Row(label, (*counts, *_no_p(style)), indent=1)
        if variable.kind is Kind.NESTED:
            inside = known & (codes == level)
            yield from _nested_rows(variable, frame, known, inside, groups, style)


def _nested_rows(
    variable: Variable,
    frame: pd.DataFrame,
    known: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    groups: Sequence[Group],
    style: Style,
) -> Iterator[Row]:
    codes = _own_codes(variable, frame)
    if variable.most is not None and len(set(codes[known])) > variable.most:
        return
    levels = _levels(variable, variable.column, codes[inside])
    if levels == [""]:
        return
    cells, _table = _counted([inside & (codes == level) for level in levels], known, groups)
    for level, counts in zip(levels, cells, strict=True):
        label = code_label(variable.column, level) if level else _("Not specified further")
        yield Row(label, (*counts, *_no_p(style)), indent=2)


def _levels(variable: Variable, column: str, codes: NDArray[np.str_]) -> list[str]:
    """Codes that occur: the most frequent first where nested, else in the order of their list."""
    found = pd.Series(codes).value_counts()
    levels = in_order(column, list(found.index))
    if variable.kind is Kind.NESTED:
        # What is not told closes the list, however often.
        levels.sort(key=lambda code: (code == "", -int(found[code])))
    return levels


def _own_codes(variable: Variable, frame: pd.DataFrame) -> NDArray[np.str_]:
    """Codes of the variable itself; a tumour without ICD-O-3 code by the words of the report."""
    codes = as_codes(frame[variable.column])
    if variable.column == "morphology":
        codes = codes.where(codes != "", frame["histology"])
    return np.asarray(codes.to_numpy())


def _known(variable: Variable, frame: pd.DataFrame) -> NDArray[np.bool_]:
    if variable.kind is Kind.NUMBER:
        return frame[variable.column].notna().to_numpy()
    known = _own_codes(variable, frame) != ""
    if variable.parent:
        known |= (frame[variable.parent] != "").to_numpy()
    return np.asarray(known, dtype=np.bool_)


def _counted(
    levels: Sequence[NDArray[np.bool_]], known: NDArray[np.bool_], groups: Sequence[Group]
) -> tuple[list[list[Cell]], NDArray[np.int64]]:
    """Cells of each level by group, and the counts of the categories that tests compare."""
    of_group = [known & group.members for group in groups]
    counts = np.array(
        [[int((level & rows).sum()) for rows in of_group] for level in levels], dtype=np.int64
    )
    wholes = [int(rows.sum()) for rows in of_group]
    cells = [
        [count_percent(int(n), whole) for n, whole in zip(row, wholes, strict=True)]
        for row in counts
    ]
    return cells, counts[:, [group.is_category for group in groups]]


def _spread(values: NDArray[np.float64], spread: str, digits: int) -> Cell:
    if not values.size:
        return median_and_range(np.nan, np.nan, np.nan)
    low, high = (0, 1) if spread == "range" else (0.25, 0.75)
    return median_and_range(
        float(np.median(values)),
        float(np.quantile(values, low)),
        float(np.quantile(values, high)),
        digits,
    )


def _p(p: float | None, style: Style) -> tuple[Cell, ...]:
    return (p_value(p),) if style.tests else ()


def _no_p(style: Style) -> tuple[Cell, ...]:
    return (EMPTY,) if style.tests else ()
