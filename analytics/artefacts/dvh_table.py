"""Dose-volume figures of an organ in one patient, in physical dose and in EQD2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _

from analytics.artefacts.dvh_metrics import BothDoses, both_doses
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.words import DASH
from analytics.cohort import Cohort
from registry.number_text import general


def dvh_table(cohort: Cohort, *, pseudonym: str, structure: str) -> Artefact:
    """The figures of one structure, course by course; formula and source: :mod:`.dvh_metrics`.

    α/β is that of the protocol for the structure; a figure that is EQD2 on file keeps the α/β of
    its own correction, and its physical dose is computed back.

    The artefact holds the data of one patient (``of_one_patient``).
    """
    title = _("Dose to %(structure)s, patient %(pseudonym)s") % {
        "structure": structure,
        "pseudonym": pseudonym,
    }
    of_patient = cohort.dose_metrics[cohort.dose_metrics["USUBJID"] == pseudonym]
    names = of_patient["structure"]
    figures = of_patient[names.str.casefold() == structure.casefold()].sort_values("course")
    if figures.empty:
        reason = _reason(cohort, pseudonym, sorted(set(names)))
        return Artefact("dvh", title, reason=reason, of_one_patient=True)
    alpha_beta = cohort.protocol.alpha_beta(structure)
    table = Table(
        key="dvh",
        title=title,
        stub=_("Figure"),
        columns=(
            Column(_("On file"), is_number=False),
            Column(_("Physical dose"), is_number=False),
            Column(_("EQD2"), is_number=False),
            Column(_("α/β (Gy)")),
        ),
        rows=tuple(_rows(cohort, figures, alpha_beta)),
        notes=(*_notes(alpha_beta), *standard_notes(cohort)),
    )
    return Artefact("dvh", title, (table,), of_one_patient=True)


def _reason(cohort: Cohort, pseudonym: str, structures: list[str]) -> str:
    if pseudonym not in set(cohort.patients["USUBJID"]):
        return _("There is no patient %(pseudonym)s here.") % {"pseudonym": pseudonym}
    if not structures:
        return _("No dose-volume figure of this patient is on file.")
    return _("No figure of this structure is on file; there are figures of: %(names)s.") % {
        "names": ", ".join(structures)
    }


def _rows(cohort: Cohort, figures: pd.DataFrame, alpha_beta: float) -> Iterator[Row]:
    doses = cohort.courses.set_index(["USUBJID", "course"])["dose_gy"]
    for course, of_course in figures.groupby("course", sort=True):
        fractions = of_course["fraction_count"].iloc[0]
        yield Row(
            _("Course %(number)d, %(fractions)s fractions")
            % {
                "number": course,
                "fractions": "–" if np.isnan(fractions) else general(fractions),
            }
        )
        for figure in of_course.itertuples(index=False):
            prescribed = float(doses.get((figure.USUBJID, course), np.nan))
            yield _row(figure, alpha_beta, prescribed)


def _row(figure: Any, of_protocol: float, prescribed_gy: float) -> Row:
    is_eqd2 = not np.isnan(figure.eqd2_alpha_beta_gy)
    alpha_beta = figure.eqd2_alpha_beta_gy if is_eqd2 else of_protocol
    both = both_doses(
        figure.metric,
        figure.value,
        figure.unit,
        fraction_count=figure.fraction_count,
        alpha_beta_gy=alpha_beta,
        is_eqd2=is_eqd2,
        prescribed_gy=prescribed_gy,
    )
    on_file = _measure(figure.value, figure.unit)
    if is_eqd2:
        on_file = _("%(figure)s (EQD2)") % {"figure": on_file}
    return Row(
        figure.metric,
        (
            Cell(on_file, figure.value),
            _cell(both, both.metric, both.physical),
            _cell(both, both.eqd2_metric, both.eqd2),
            Cell(general(alpha_beta), float(alpha_beta)),
        ),
        indent=1,
    )


def _cell(both: BothDoses, name: str, value: float | None) -> Cell:
    """ "52.3 Gy"; of a volume "V26.5Gy: 6 %"."""
    if value is None:
        return DASH
    text = _measure(value, both.unit)
    return Cell(text if both.metric == both.eqd2_metric else f"{name}: {text}", value)


def _measure(value: float, unit: str) -> str:
    shown = {"cm3": "cm³"}.get(unit, unit)
    return f"{general(round(value, 1))} {shown}"


def _notes(alpha_beta: float) -> Iterator[str]:
    yield _(
        "EQD2 = D (D / n + α/β) / (2 + α/β) with the total dose D in n fractions of the course "
        "(Withers, Thames and Peters 1983), for each voxel; α/β %(alpha_beta)s Gy by the protocol, "
        "or that of the correction on file."
    ) % {"alpha_beta": general(alpha_beta)}
    yield _(
        "V: the volume is the same in both, the dose that it receives is converted. EQD2 of a mean "
        "dose is an approximation; the mean of the voxels' EQD2 is at least as high. A dose in "
        "percent is of the dose prescribed."
    )
    yield _("The figures are those of one patient.")
