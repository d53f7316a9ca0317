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
from analytics.artefacts.spread import QUARTILES, RANGE, spread_cell
from analytics.artefacts.variables import Kind, Variable
from analytics.artefacts.words import count, count_percent, p_value

EMPTY = Cell("")


@dataclass(frozen=True, eq=False)
class Sheet:
    """What all lines of a table share.

    Attributes:
        frame: patients or lesions.
        groups: the columns.
        spread: what stands beside a median, "range" or "iqr".
        tests: whether a column of P values ends each line.
    """

    frame: pd.DataFrame
    groups: Sequence[Group]
    spread: str = "range"
    tests: bool = False

    def row(self, label: str, cells: Sequence[Cell], indent: int = 0) -> Row:
        """A line without a P value."""
        return Row(label, (*cells, EMPTY) if self.tests else tuple(cells), indent)

    def tested(self, label: str, cells: Sequence[Cell], p: float | None) -> Row:
        """A line that ends with its P value where there are tests."""
        return Row(label, (*cells, p_value(p)) if self.tests else tuple(cells))


def rows_of(variable: Variable, sheet: Sheet) -> list[Row]:
    """Heading, levels and the line of missing values; nothing where nobody has a value, or a "yes".

    Shares are of those with a value, so that they add up to 100 %.
    """
    frame = sheet.frame
    applies = np.ones(len(frame), dtype=np.bool_)
    if variable.among is not None:
        column, codes = variable.among
        applies = frame[column].isin(codes).to_numpy()
    known = applies & _known(variable, frame)
    if not known.any():
        return []
    if variable.kind is Kind.NUMBER:
        rows = [_number_row(variable, sheet, known)]
    elif variable.kind is Kind.YES:
        is_yes = (frame[variable.column] == "yes").to_numpy()
        if not is_yes.any():
            # No therapy on file counts as none given: of nobody a line would tell nothing.
            return []
        cells, table = _counted([is_yes, ~is_yes], sheet, known)
        rows = [sheet.tested(str(variable.label), cells[0], counts_p(table))]
    else:
        rows = list(_level_rows(variable, sheet, known))
    missing = applies & ~known
    if missing.any():
        counts = [count(int((group.members & missing).sum())) for group in sheet.groups]
        rows.append(sheet.row(not_known(), counts, indent=1))
    return rows


def _number_row(variable: Variable, sheet: Sheet, known: NDArray[np.bool_]) -> Row:
    values = sheet.frame[variable.column].to_numpy(dtype=np.float64) / variable.divisor
    parts = [values[group.members & known] for group in sheet.groups]
    between = RANGE if sheet.spread == "range" else QUARTILES
    cells = [spread_cell(part, variable.digits, between) for part in parts]
    kind = _("median (range)") if sheet.spread == "range" else _("median (quartiles)")
    label = _("%(variable)s, %(kind)s") % {"variable": variable.label, "kind": kind}
    compared = [part for part, group in zip(parts, sheet.groups, strict=True) if group.is_category]
    return sheet.tested(label, cells, ranks_p(compared) if sheet.tests else None)


def _level_rows(variable: Variable, sheet: Sheet, known: NDArray[np.bool_]) -> Iterator[Row]:
    column = variable.parent or variable.column
    codes = as_codes(sheet.frame[column]).to_numpy()
    levels = _levels(variable, column, codes[known])
    cells, table = _counted([codes == level for level in levels], sheet, known)
    if sheet.tests:
        yield sheet.tested(str(variable.label), [EMPTY] * len(sheet.groups), counts_p(table))
    else:
        yield Row(str(variable.label))
    own_labels = dict(variable.categories)
    for level, counts in zip(levels, cells, strict=True):
        label = own_labels.get(level) or code_label(column, level) or _("Group not known")
        yield sheet.row(label, counts, indent=1)
        if variable.kind is Kind.NESTED:
            yield from _nested_rows(variable, sheet, known, known & (codes == level), label)


def _nested_rows(
    variable: Variable,
    sheet: Sheet,
    known: NDArray[np.bool_],
    inside: NDArray[np.bool_],
    group: str,
) -> Iterator[Row]:
    """The lines within a group; none where they would only repeat it, or are too many."""
    codes = _own_codes(variable, sheet.frame)
    if variable.most is not None and len(set(codes[known])) > variable.most:
        return
    levels = _levels(variable, variable.column, codes[inside])
    labels = [code_label(variable.column, level) or _("Not specified further") for level in levels]
    if levels == [""] or labels == [group]:
        return
    cells, _table = _counted([inside & (codes == level) for level in levels], sheet, known)
    for label, counts in zip(labels, cells, strict=True):
        yield sheet.row(label, counts, indent=2)


def _levels(variable: Variable, column: str, codes: NDArray[np.str_]) -> list[str]:
    """Codes that occur: the most frequent first where nested, else in the order of their list."""
    found = pd.Series(codes).value_counts()
    if variable.categories:
        return [code for code, _label in variable.categories if code in found]
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
    levels: Sequence[NDArray[np.bool_]], sheet: Sheet, known: NDArray[np.bool_]
) -> tuple[list[list[Cell]], NDArray[np.int64]]:
    """Cells of each level by group, and the counts of the categories that tests compare."""
    of_group = [known & group.members for group in sheet.groups]
    counts = np.array(
        [[int((level & rows).sum()) for rows in of_group] for level in levels], dtype=np.int64
    )
    wholes = [int(rows.sum()) for rows in of_group]
    cells = [
        [count_percent(int(n), whole) for n, whole in zip(row, wholes, strict=True)]
        for row in counts
    ]
    return cells, counts[:, [group.is_category for group in sheet.groups]]
