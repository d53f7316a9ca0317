"""Length of follow-up: as observed, of survivors, by reverse Kaplan–Meier, and as it could be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts.follow_up_times import (
    excluded_words,
    follow_up_times,
    person_times,
    potential_days,
    potential_notes,
)
from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.spread import months_cell
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.words import DASH, count, share, with_limits
from analytics.cohort import Cohort
from analytics.estimators import reverse_kaplan_meier
from analytics.extract.table import TimeToEvent
from analytics.figures import DAYS_PER_MONTH
from followup.person_time import PersonTime
from registry.protocols.vocabulary import Unit, label

KEY = "follow-up"


def follow_up(cohort: Cohort) -> Artefact:
    """Median follow-up in months with its range or 95 % CI, of patients and, where they count,
    of lesions; potential follow-up; completeness.
    """
    title = _("Length of follow-up")
    patients = follow_up_times(cohort, Unit.PATIENT)
    if patients.rows.empty:
        return Artefact(
            KEY, title, reason=_("Nobody has been followed from a known time origin on.")
        )
    table = Table(
        key=KEY,
        title=title,
        stub=_("Follow-up"),
        columns=(Column(_("n")), Column(_("Median, or share"))),
        rows=tuple(_rows(cohort, patients)),
        notes=(*_notes(cohort, patients), *standard_notes(cohort)),
    )
    return Artefact(KEY, title, (table,))


def _rows(cohort: Cohort, patients: TimeToEvent) -> Iterator[Row]:
    alive = patients.days[~patients.event]
    yield Row(_("Patients"))
    yield _spread(_("Observed (months), median (range)"), patients.days)
    yield _spread(_("Those alive at last follow-up (months), median (range)"), alive)
    yield _reverse(patients)
    yield _spread(
        _("Potential (months), median (range)"), np.array(potential_days(cohort), dtype=np.int64)
    )
    yield _completeness(cohort)
    if counts_lesions(cohort):
        lesions = follow_up_times(cohort, Unit.LESION)
        yield Row(_("Treated lesions"))
        yield _spread(_("Observed (months), median (range)"), lesions.days)
        yield _reverse(lesions)


def _spread(label: str, days: NDArray[np.int64]) -> Row:
    return Row(label, (count(days.size), months_cell(days)), indent=1)


def _reverse(table: TimeToEvent) -> Row:
    cell = DASH
    if table.days.size:
        curve = reverse_kaplan_meier(table.days, table.event)
        median, lower, upper = (days / DAYS_PER_MONTH for days in curve.median())
        cell = with_limits(median, lower, upper)
    label = _("Reverse Kaplan–Meier (months), median (95 % CI)")
    return Row(label, (count(table.days.size), cell), indent=1)


def _completeness(cohort: Cohort) -> Row:
    time = sum(person_times(cohort).values(), PersonTime())
    cells: tuple[Cell, ...] = (count(time.patients), share(time.index))
    return Row(_("Completeness (Clark's C)"), cells, indent=1)


def _notes(cohort: Cohort, patients: TimeToEvent) -> Iterator[str]:
    yield _(
        "Follow-up runs from the time origin (%(origin)s) to death or, of those alive, to the last "
        "follow-up. %(months)s"
    ) % {"origin": _(label(cohort.protocol.time_origin)), "months": months_note()}
    if patients.excluded:
        yield _("Not counted: %(reasons)s.") % {"reasons": excluded_words(patients)}
    yield _(
        "Reverse Kaplan–Meier: death counts as censoring (Schemper and Smith 1996); log-log limits."
    )
    if counts_lesions(cohort):
        yield _("Limits by lesion ignore that lesions of one patient are not independent.")
    yield from potential_notes(cohort)
