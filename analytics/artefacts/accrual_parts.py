"""Accrual against plan as reports and dashboards show it: table of centres, figure of months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Cell, Column, Row, Table
from analytics.artefacts.words import DASH, count, number
from followup.figures.accrual import COMPACT, Size, accrual_figure
from registry.number_text import count_text
from registry.selectors.accrual_months import Month, Plan, planned_by
from registry.templatetags.values import day_text

WIDE = Size(720, 260, 13)
"""As wide as the other figures of a report."""

ENROLLED, BY_THEN, IN_ALL, SHARE = range(4)
"""Places of the columns of :func:`centres_table`."""


@dataclass(frozen=True)
class CentreAccrual:
    """A centre: what it is called here, how many it has enrolled, and what was planned."""

    label: str
    enrolled: int
    plan: Plan


def centres_table(
    centres: Sequence[CentreAccrual],
    *,
    total: int,
    day: dt.date,
    has_plan: bool,
    key: str,
    notes: Sequence[str] = (),
) -> Table:
    """Enrolments of each centre beside what was planned, and of all together in the last line.

    Args:
        total: patients of all centres.
        day: up to which was planned.
        has_plan: False where dates are relative: no day tells of a plan.
        notes: who counts as enrolled.
    """
    plans = [one.plan if has_plan else Plan(one.plan.target) for one in centres]
    lines = [
        Row(one.label, _cells(one.enrolled, plan, plan.by(day)))
        for one, plan in zip(centres, plans, strict=True)
    ]
    targets = [plan.target for plan in plans if plan.target is not None]
    together = Plan(sum(targets)) if targets else Plan()
    expected = planned_by(plans, day)
    said = [*notes]
    if has_plan:
        words = _(
            "Planned by then: monthly rate of the centre from its activation to %(day)s, at most "
            "its planned number."
        )
        said.append(words % {"day": day_text(day)})
    return Table(
        key=key,
        title=_("Patients by centre against plan"),
        stub=_("Centre"),
        columns=(
            Column(_("Enrolled")),
            Column(_("Planned by then")),
            Column(_("Planned in all")),
            Column(_("Of the plan, %")),
        ),
        rows=(*lines, Row(_("All"), _cells(total, together, expected))),
        notes=tuple(said),
    )


def _cells(enrolled: int, plan: Plan, expected: Decimal | None) -> tuple[Cell, ...]:
    share = 100 * enrolled / plan.target if plan.target else None
    return (
        count(enrolled),
        DASH if expected is None else number(float(expected), 0),
        DASH if plan.target is None else Cell(count_text(plan.target), float(plan.target)),
        number(share, 0),
    )


def dashed_note() -> str:
    """What the dashed line of :func:`months_drawing` is."""
    return _("Dashed: what the centres planned, from their activation on.")


def months_drawing(
    months: Sequence[Month],
    enrolled: Mapping[Month, int],
    planned: Mapping[Month, float],
    *,
    words: str,
    size: Size = WIDE,
    is_compact: bool = False,
) -> str:
    """SVG text of the patients up to the end of each month; arguments as for `accrual_figure`."""
    figure = accrual_figure(months, enrolled, planned, COMPACT if is_compact else size)
    context = {"figure": figure, "in_words": words, "is_compact": is_compact}
    return render_to_string("followup/_accrual_figure.html", context)
