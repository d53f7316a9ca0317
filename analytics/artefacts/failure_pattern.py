"""Where disease came back first and ever, in relation to the field, and after how long."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from numpy.typing import NDArray

from analytics.artefacts.failure_kinds import (
    NONE,
    UNKNOWN,
    counted_failures,
    ever_patterns,
    first_patterns,
    local_failures_by_lesion,
    pattern_labels,
)
from analytics.artefacts.labels import code_label, not_known
from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.spread import months_cell
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.words import count_percent
from analytics.cohort import Cohort
from registry.models.choices import FieldRelation, ProgressionKind
from registry.number_text import count_text
from registry.protocols.vocabulary import label

KEY = "failure-pattern"
TOGETHER_DAYS = 30


def failure_pattern(cohort: Cohort, *, together_days: int = TOGETHER_DAYS) -> Artefact:
    """Patients by pattern of failure; failures by relation to the field; months to failure.

    Args:
        together_days: failures found up to so many days after the first one are first failures too.

    Raises:
        ValueError: ``together_days`` is negative.
    """
    if together_days < 0:
        raise ValueError(f"together_days must be 0 or more, got {together_days}")
    title = _("Pattern and time of failure")
    if cohort.patients.empty:
        return Artefact(KEY, title, reason=_("There is no patient."))
    failures = counted_failures(cohort)
    parts = [_patterns(cohort, failures, together_days)]
    if len(failures):
        parts += [_fields(cohort, failures), _times(cohort, failures)]
    return Artefact(KEY, title, tuple(parts))


def _patterns(cohort: Cohort, failures: pd.DataFrame, together_days: int) -> Table:
    n = len(cohort.patients)
    first = Counter(first_patterns(failures, together_days))
    ever = Counter(ever_patterns(failures))
    for counted in (first, ever):
        counted[NONE] = n - counted.total()
    rows = [
        Row(words, (count_percent(first[pattern], n), count_percent(ever[pattern], n)))
        for pattern, words in pattern_labels().items()
        if pattern != UNKNOWN or first[pattern]
    ]
    return Table(
        key=KEY,
        title=_("Patients by pattern of failure"),
        stub=pgettext("pattern of failure", "Pattern"),
        columns=(Column(_("First failure, n (%)")), Column(_("Ever, n (%)"))),
        rows=tuple(rows),
        notes=(
            _(
                "Shares are of all patients. First: what was found up to %(days)d days after the "
                "first failure; not known where a failure has no date."
            )
            % {"days": together_days},
            *_counting_notes(cohort, failures),
            *standard_notes(cohort),
        ),
    )


def _fields(cohort: Cohort, failures: pd.DataFrame) -> Table:
    columns = [Column(_("Failures, n (%)")), Column(_("Patients, n (%)"))]
    by_lesion = counts_lesions(cohort) and not cohort.lesions.empty
    if by_lesion:
        columns.append(Column(_("Treated lesions, n (%)")))
    treated = set(zip(cohort.lesions["USUBJID"], cohort.lesions["LESID"], strict=True))
    rows = []
    for code in (*FieldRelation.values, ""):
        found = failures[failures["field_relation"] == code]
        cells = [
            count_percent(len(found), len(failures)),
            count_percent(found["USUBJID"].nunique(), len(cohort.patients)),
        ]
        if by_lesion:
            named = set(zip(found["USUBJID"], found["LESID"], strict=True))
            cells.append(count_percent(len(named & treated), len(treated)))
        rows.append(Row(code_label("field_relation", code) or not_known(), tuple(cells)))
    return Table(
        key=f"{KEY}-field",
        title=_("Failures in relation to the irradiated field"),
        stub=_("Relation to the field"),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=(
            _(
                "Shares are of all failures, of all patients and of all treated lesions. A patient "
                "or a lesion with failures of several relations counts at each."
            ),
            *_counting_notes(cohort, failures),
            *standard_notes(cohort),
        ),
    )


def _times(cohort: Cohort, failures: pd.DataFrame) -> Table:
    rows = [_time_row(_("Any failure"), failures, len(cohort.patients))]
    for kind in ProgressionKind:
        codes = ("", kind) if kind is ProgressionKind.UNSPECIFIED else (kind,)
        of_kind = failures[failures["kind"].isin(codes)]
        if len(of_kind) or kind is not ProgressionKind.UNSPECIFIED:
            rows.append(_time_row(str(kind.label), of_kind, len(cohort.patients)))
    if counts_lesions(cohort):
        lesions = local_failures_by_lesion(cohort)
        cells = _time_cells(
            lesions.days[lesions.event], int(lesions.event.sum()), len(lesions.rows)
        )
        rows.append(Row(_("Local, by treated lesion"), cells))
    return Table(
        key=f"{KEY}-times",
        title=_("Time to failure"),
        stub=_("Failure"),
        columns=(Column(_("With failure, n (%)")), Column(_("Months, median (range)"))),
        rows=tuple(rows),
        notes=(
            _(
                "Of those with the failure, from the time origin (%(origin)s) to the first of its "
                "kind. %(months)s Failures without a date count in n, not in the median."
            )
            % {"origin": _(label(cohort.protocol.time_origin)), "months": months_note()},
            *_counting_notes(cohort, failures),
            *standard_notes(cohort),
        ),
    )


def _time_row(name: str, failures: pd.DataFrame, patients: int) -> Row:
    first = failures.groupby("USUBJID")["days_from_origin"].min()
    return Row(name, _time_cells(first.dropna().to_numpy(dtype=np.float64), len(first), patients))


def _time_cells(
    days: NDArray[np.float64] | NDArray[np.int64], failed: int, whole: int
) -> tuple[Cell, Cell]:
    return count_percent(failed, whole), months_cell(days)


def _counting_notes(cohort: Cohort, failures: pd.DataFrame) -> Iterator[str]:
    if before := len(cohort.progressions) - len(failures):
        yield _("Failures before the time origin do not count: %(n)s.") % {"n": count_text(before)}
    if undated := int(failures["days_from_origin"].isna().sum()):
        yield _("Failures without a known date or time origin: %(n)s.") % {"n": count_text(undated)}
