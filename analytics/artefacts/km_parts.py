"""Kaplan-Meier curves as the artefacts show them: estimate, figure in both widths, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts import words
from analytics.artefacts.drawing import in_both_widths
from analytics.artefacts.parts import Cell, Column, Figure, Row, Steps, Table
from analytics.curves import LEVEL, Estimate, Rate
from analytics.estimators import KaplanMeier, kaplan_meier
from analytics.extract import TimeToEvent
from analytics.figures import (
    DAYS_PER_MONTH,
    FigureLabels,
    curve_data,
    month_ticks,
    survival_figure,
)
from registry.number_text import decimal, general
from registry.protocols.vocabulary import Unit


@dataclass(frozen=True, eq=False)
class NamedCurve:
    """A curve with its name, what stands behind the name, and a short name beside its end."""

    label: str
    km: KaplanMeier
    note: str = ""
    short: str = ""


def patients_of(table: TimeToEvent) -> NDArray[np.object_] | None:
    """The patient of each lesion, as clusters; None where rows are patients."""
    if table.endpoint.unit is not Unit.LESION:
        return None
    return table.rows["USUBJID"].to_numpy(dtype=object)


def estimate(
    table: TimeToEvent,
    *,
    conf_type: str,
    clustered: bool,
    members: NDArray[np.bool_] | None = None,
) -> KaplanMeier | None:
    """The curve of the rows (of those in ``members``); None without a row.

    Limits of lesions are clustered by patient if ``clustered``.
    """
    inside = np.ones(len(table.rows), dtype=np.bool_) if members is None else members
    if not inside.any():
        return None
    patients = patients_of(table) if clustered else None
    return kaplan_meier(
        table.days[inside],
        table.event[inside],
        cluster=None if patients is None else patients[inside],
        conf_type=conf_type,
        level=LEVEL,
    )


def km_figure(
    curves: Sequence[NamedCurve],
    *,
    key: str,
    title: str,
    labels: FigureLabels,
    caption: Sequence[str],
    annotation: str = "",
    show_median: bool = True,
) -> Figure:
    """The curves in one figure, with the numbers behind it as a table.

    Args:
        key: also the prefix of the ids in the drawing.
        annotation: a line under the names of the curves.
    """
    ticks = month_ticks(max(float(curve.km.time[-1]) for curve in curves))
    drawn = [
        curve_data(
            curve.km,
            label=curve.label,
            ticks_months=ticks,
            note=curve.note,
            short=curve.short,
        )
        for curve in curves
    ]
    table = numbers_table(curves, ticks, key=f"{key}-numbers", title=title, notes=caption)
    said = [": ".join(part for part in (curve.label, curve.note) if part) for curve in curves]

    draw = partial(
        survival_figure,
        drawn,
        title=title,
        labels=labels,
        ticks_months=ticks,
        caption=caption,
        description="; ".join([*said, annotation] if annotation else said) + ".",
        annotation=annotation,
        show_title=False,
        show_median=show_median,
    )
    return in_both_widths(
        draw, key=key, title=title, table=table, steps=tuple(steps_of(curve) for curve in curves)
    )


def steps_of(curve: NamedCurve) -> Steps:
    """The curve at full length."""
    km = curve.km

    def known(shares: NDArray[np.float64]) -> tuple[float | None, ...]:
        return tuple(None if np.isnan(share) else float(share) for share in shares)

    return Steps(
        label=curve.label,
        days=tuple(km.time.tolist()),
        estimate=known(km.survival),
        lower=known(km.lower),
        upper=known(km.upper),
        at_risk=tuple(round(n) for n in km.n_risk.tolist()),
    )


def numbers_table(
    curves: Sequence[NamedCurve],
    ticks_months: Sequence[float],
    *,
    key: str,
    title: str,
    notes: Sequence[str],
) -> Table:
    """The curves at the ticks of the axis: share with limits, at risk, censored, events."""
    days = np.asarray(ticks_months, dtype=np.float64) * DAYS_PER_MONTH
    rows: list[Row] = []
    for curve in curves:
        if len(curves) > 1:
            rows.append(Row(curve.label))
        shares = zip(*curve.km.at(days), strict=True)
        counts = zip(
            curve.km.n_risk_at(days),
            curve.km.n_censor_by(days),
            curve.km.n_event_by(days),
            strict=True,
        )
        rows += [
            Row(
                general(month),
                (words.share(*share), *(words.count(round(number)) for number in numbers)),
                indent=int(len(curves) > 1),
            )
            for month, share, numbers in zip(ticks_months, shares, counts, strict=True)
        ]
    return Table(
        key=key,
        title=title,
        stub=_("Months"),
        columns=(
            Column(_("Free of the event (95 % CI)")),
            Column(_("At risk")),
            Column(_("Censored")),
            Column(_("Events")),
        ),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def rate_columns(at_months: Sequence[float]) -> list[Column]:
    """Two columns for each time: the rate, and how many were at risk."""
    columns = []
    for months in at_months:
        group = _("%(months)s months") % {"months": general(months)}
        columns += [Column(_("Rate (95 % CI)"), group), Column(_("At risk"), group)]
    return columns


def rate_cells(rates: Sequence[Rate]) -> list[Cell]:
    """The cells of :func:`rate_columns`."""
    cells = []
    for rate in rates:
        found = rate.survival
        cells.append(words.share(found.estimate, found.lower, found.upper))
        cells.append(words.count(rate.n_risk))
    return cells


def median_cell(median: Estimate) -> Cell:
    """ "25.0 (20.0–45.0)", or "not reached (20.0 to –)"."""
    if median.estimate is not None:
        return words.with_limits(median.estimate, median.lower, median.upper)
    if median.lower is None:
        return Cell(_("not reached"))
    return Cell(
        _("not reached (%(lower)s to –)") % {"lower": decimal(median.lower, 1)},
    )
