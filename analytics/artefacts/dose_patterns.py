"""Dose and fractionation as given, and how they fit what the protocol declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.dose_words import dose_notes, dose_text
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Column, Row, Table
from analytics.artefacts.units import counts_lesions
from analytics.artefacts.words import count, count_percent
from analytics.cohort import Cohort
from registry.number_text import count_text
from registry.protocols.types import DosePattern, Range

KEY = "dose-patterns"
TOLERANCE_GY = 0.005
"""Doses are entered in hundredths of a gray; sums of them may miss a border by less."""


def dose_patterns(cohort: Cohort) -> Artefact:
    """ "45 Gy / 5 fx: 11", the most frequent first; then the patterns of the protocol.

    Treated lesions count where an endpoint of the study is counted by lesion, else courses.
    """
    title = _("Dose and fractionation")
    doses, unit_words = _doses(cohort)
    known = doses.dropna(subset=["dose", "fractions"])
    if known.empty:
        return Artefact(KEY, title, reason=_("No dose with its fractions is on file."))
    notes = (
        _("fx: fractions. Without a known dose or number of fractions: %(n)s.")
        % {"n": count_text(len(doses) - len(known))},
        *list(dose_notes(cohort))[:1],
        *standard_notes(cohort),
    )
    given = Table(
        key=KEY,
        title=_("Dose and fractionation as given"),
        stub=_("Dose / fractions"),
        columns=(Column(unit_words),),
        rows=tuple(_given(known, str(cohort.protocol.dose.unit))),
        notes=notes,
    )
    patterns = cohort.protocol.dose.patterns
    if not patterns:
        return Artefact(KEY, title, (given,))
    declared = Table(
        key=f"{KEY}-protocol",
        title=_("Dose and fractionation by the patterns of the protocol"),
        stub=_("Pattern"),
        columns=(Column(_("First that fits, n (%)")), Column(_("All that fit, n"))),
        rows=tuple(_declared(known, patterns)),
        notes=(
            _(
                "Total dose, number of fractions and, of courses, the dose of the boost are "
                "compared. What fits several patterns counts at the first of them on the left, at "
                "each of them on the right."
            ),
            *notes,
        ),
    )
    return Artefact(KEY, title, (given, declared))


def _doses(cohort: Cohort) -> tuple[pd.DataFrame, str]:
    """Columns dose, fractions and boost (NaN where not known), and what a line of it is."""
    if counts_lesions(cohort):
        names = {"lesion_dose_gy": "dose", "lesion_fraction_count": "fractions"}
        lesions = cohort.lesions.rename(columns=names)[list(names.values())]
        return lesions.assign(boost=float("nan")), _("Lesions, n (%)")
    names = {"dose_gy": "dose", "fraction_count": "fractions"}
    courses = cohort.courses.rename(columns=names)[list(names.values())]
    boost = cohort.courses["boost_dose_gy"].mask(cohort.courses["has_boost"] == "no", 0.0)
    return courses.assign(boost=boost), _("Courses, n (%)")


def _given(known: pd.DataFrame, unit: str) -> Iterator[Row]:
    counted = Counter(zip(known["dose"], known["fractions"], strict=True))
    # The most frequent first; of equal ones the lower dose, then the fewer fractions.
    for (dose, fractions), n in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        label = _("%(dose)s %(unit)s / %(fractions)d fx") % {
            "dose": dose_text(dose),
            "unit": unit,
            "fractions": fractions,
        }
        yield Row(label, (count_percent(n, len(known)),))


def _declared(known: pd.DataFrame, patterns: Sequence[DosePattern]) -> Iterator[Row]:
    left = pd.Series(True, index=known.index)
    for pattern in patterns:
        fits = _fits(known, pattern)
        cells = count_percent(int((fits & left).sum()), len(known)), count(int(fits.sum()))
        yield Row(_(pattern.label), cells)
        left &= ~fits
    none = int(left.sum())
    yield Row(_("None of these"), (count_percent(none, len(known)), count(none)))


def _fits(known: pd.DataFrame, pattern: DosePattern) -> pd.Series:
    """Which doses keep the pattern; a boost that is not known is not held against them."""
    phases = pattern.phases
    fits = _within(known["dose"], [phase.dose for phase in phases])
    stated = [phase.fractions for phase in phases if phase.fractions is not None]
    if len(stated) == len(phases):
        fits &= _within(known["fractions"], stated)
    else:  # the phases without a stated number add at least one each
        least = sum(part.low for part in stated) + len(phases) - len(stated)
        fits &= known["fractions"] >= least
    boosts = [phase.dose for phase in phases if phase.is_boost]
    if boosts or len(phases) == 1:
        fits &= known["boost"].isna() | _within(known["boost"], boosts)
    return fits


def _within(values: pd.Series, ranges: Sequence[Range]) -> pd.Series:
    """Within the sum of the ranges, which is 0 to 0 of none."""
    low, high = sum(part.low for part in ranges), sum(part.high for part in ranges)
    return (values >= low - TOLERANCE_GY) & (values <= high + TOLERANCE_GY)
