"""Who is lost to follow-up, found again or withdrawn, and how complete follow-up is, by centre."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.follow_up_times import person_times, potential_notes
from analytics.artefacts.grouping import in_order
from analytics.artefacts.labels import code_label, not_known
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.words import count, count_percent, number, share
from analytics.cohort import Cohort
from followup.person_time import PersonTime

KEY = "lost-and-complete"


def lost_and_complete(cohort: Cohort) -> Artefact:
    """Patients lost, found again and withdrawn with Clark's index, by centre; reasons of losses."""
    title = _("Loss to follow-up and completeness")
    if cohort.patients.empty:
        return Artefact(KEY, title, reason=_("There is no patient."))
    by_centre = Table(
        key=KEY,
        title=title,
        stub=_("Centre"),
        columns=(
            Column(_("Patients")),
            Column(_("Ever lost, n (%)")),
            Column(_("Found again, n")),
            Column(_("Lost now, n (%)")),
            Column(_("Withdrawn, n (%)")),
            Column(_("Observed person-years")),
            Column(_("Potential person-years")),
            Column(_("Completeness (Clark's C)")),
        ),
        rows=tuple(_rows(cohort)),
        notes=(
            _(
                "Shares are of the patients of the line. Lost: declared as lost; found again: no "
                "declaration of the patient is open. Withdrawn: from all further collection."
            ),
            *potential_notes(cohort),
            *standard_notes(cohort),
        ),
    )
    if cohort.losses.empty:
        return Artefact(KEY, title, (by_centre,))
    reasons = Table(
        key=f"{KEY}-reasons",
        title=_("Reasons of losses to follow-up"),
        stub=_("Reason"),
        columns=(Column(_("Losses, n (%)")), Column(_("Found again, n"))),
        rows=tuple(_reason_rows(cohort.losses)),
        notes=(
            _("Each declared loss counts; a patient may be lost more than once."),
            *standard_notes(cohort),
        ),
    )
    return Artefact(KEY, title, (by_centre, reasons))


def _rows(cohort: Cohort) -> Iterator[Row]:
    times, withdrawn = person_times(cohort), _withdrawn(cohort)
    for centre in sorted(cohort.patients["SITEID"].unique()):
        of_centre = cohort.patients["SITEID"] == centre
        time = times.get(centre, PersonTime())
        yield Row(
            str(centre), _cells(cohort, cohort.patients[of_centre]["USUBJID"], time, withdrawn)
        )
    everybody = sum(times.values(), PersonTime())
    yield Row(_("All"), _cells(cohort, cohort.patients["USUBJID"], everybody, withdrawn))


def _cells(
    cohort: Cohort, patients: pd.Series, time: PersonTime, withdrawn: set[str]
) -> tuple[Cell, ...]:
    losses = cohort.losses[cohort.losses["USUBJID"].isin(patients)]
    ever = losses["USUBJID"].nunique()
    now = losses[losses["found_again"].isna()]["USUBJID"].nunique()
    is_known = time.potential > 0
    return (
        count(len(patients)),
        count_percent(ever, len(patients)),
        count(ever - now),
        count_percent(now, len(patients)),
        count_percent(len(withdrawn.intersection(patients)), len(patients)),
        number(time.observed_years if is_known else None),
        number(time.potential_years if is_known else None),
        share(time.index),
    )


def _withdrawn(cohort: Cohort) -> set[str]:
    """Those whose facts end before those of the others: they withdrew from all collection."""
    return {
        patient.pseudonym
        for patient in cohort.facts.patients
        if patient.cut is not None and patient.cut != cohort.facts.data_cut
    }


def _reason_rows(losses: pd.DataFrame) -> Iterator[Row]:
    found = losses["found_again"].notna()
    for code in in_order("reason", list(losses["reason"].unique())):
        of_code = losses["reason"] == code
        label = code_label("reason", code) if code else not_known()
        cells = count_percent(int(of_code.sum()), len(losses)), count(int((of_code & found).sum()))
        yield Row(label, cells)
