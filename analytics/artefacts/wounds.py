"""Wound complications after surgery, for protocols that state how long they are counted."""

from __future__ import annotations

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Column, Row, Table
from analytics.artefacts.toxicity_events import ToxicityEvents, worst_grades
from analytics.artefacts.words import count, count_percent
from analytics.cohort import Cohort


def wound_table(cohort: Cohort, found: ToxicityEvents, days: int, notes: tuple[str, ...]) -> Table:
    """Patients operated, and those of them with a wound complication within ``days``."""
    grades = wound_grades(cohort, found, days)
    whole = len(grades)
    some, severe = int(grades.notna().sum()), int((grades >= 3).sum())
    return Table(
        key="wound-complications",
        title=_("Wound complications within %(days)d days of surgery") % {"days": days},
        stub=_("Patients"),
        columns=(Column(_("n (%)")),),
        rows=(
            Row(_("Operated"), (count(whole),)),
            Row(_("With a wound complication"), (count_percent(some, whole),)),
            Row(_("of grade ≥ 3"), (count_percent(severe, whole),), indent=1),
        ),
        notes=(
            _(
                "CTCAE terms of wound complication, dehiscence and infection with onset from the "
                "day of surgery on; percent of those operated."
            ),
            *notes,
        ),
    )


def wound_grades(cohort: Cohort, found: ToxicityEvents, days: int) -> pd.Series:
    """The worst grade of a wound complication by patient operated; NaN where there was none."""
    patients = cohort.patients
    operated = patients[
        (patients["had_surgery"] == "yes") & patients["USUBJID"].isin(list(found.treated))
    ]
    events = found.counted
    in_time = events["days_from_surgery"].between(0, days)
    wounds = worst_grades(events[(events["is_wound"] == "yes") & in_time])
    return operated["USUBJID"].map(wounds.set_index("USUBJID")["grade"])
