"""Kaplan-Meier curves of groups side by side, with tests between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.artefacts import words
from analytics.artefacts.analysed import Analysed, Level, Members, analysed
from analytics.artefacts.curve_tests import GroupTests, rough_words, tests_between
from analytics.artefacts.km_parts import (
    NamedCurve,
    estimate,
    km_figure,
    median_cell,
    rate_cells,
    rate_columns,
)
from analytics.artefacts.later_values import later_words
from analytics.artefacts.notes import months_note, standard_notes
from analytics.artefacts.parts import Artefact, Column, Row, Table
from analytics.cohort import Cohort
from analytics.curve_figure import median_words
from analytics.curve_words import estimate_words, figure_labels, nobody_words, table_words
from analytics.curves import AT_MONTHS, median_months, rates_at, times_in_months
from analytics.estimators import KaplanMeier
from analytics.estimators.inputs import confidence_type
from analytics.figures.palette import PENS
from registry.number_text import count_text

KEY = "curves-by-group"


def curves_by_group(
    cohort: Cohort,
    *,
    endpoint: str,
    group_by: str,
    at_months: Sequence[float] = AT_MONTHS,
    conf_type: str = "log-log",
    clustered: bool = True,
    min_group: int = 1,
    show_median: bool = True,
) -> Artefact:
    """One curve for each category of a covariate, tests between them, and a table of rates.

    Of lesions the tests are a score test clustered by patient and a log-rank test, which ignores
    clustering; categories that have an order are tested for trend too.

    Args:
        group_by: code of a covariate in categories.
        at_months: times at which the curves are read, in months of 30.4375 days.
        clustered: limits of lesions allow for those of one patient being alike.
        min_group: groups with fewer rows are neither shown nor tested; the figure says so.
        show_median: lines from 50 % to the axis where the median is reached.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
        ValueError: a covariate that is a number, a time that is negative or not finite, an unknown
            ``conf_type``, or ``min_group`` below 1.
    """
    times = times_in_months(at_months)
    confidence_type("conf_type", conf_type)
    if min_group < 1:
        raise ValueError(f"min_group must be at least 1, got {min_group}")
    rows = analysed(cohort, endpoint, [group_by])
    covariate = rows.covariates[group_by]
    if covariate.kind == "number":
        raise ValueError(f"group_by: {group_by!r} is a number; name a covariate in categories")
    title = _("%(endpoint)s by %(variable)s") % {
        "endpoint": _(rows.table.endpoint.label),
        "variable": covariate.label,
    }
    key = f"{KEY}-{endpoint.lower()}-{group_by}".replace("_", "-")
    levels = rows.levels(group_by)
    shown = [level for level in levels if level.members.sum() >= min_group]
    if not levels:
        reason = _("No group has anybody who was followed.")
        if cohort.landmark is not None:
            reason = nobody_words(cohort.landmark)
        return Artefact(key, title, reason=reason)
    if not shown:
        reason = _("Every group is of fewer than %(least)d: none is shown.") % {"least": min_group}
        return Artefact(key, title, reason=reason)
    if len(shown) > len(PENS):
        reason = _("%(n)d groups are too many for one figure; at most %(most)d can be told apart.")
        return Artefact(key, title, reason=reason % {"n": len(shown), "most": len(PENS)})

    inside = reduce(np.logical_or, (level.members for level in shown))
    tests = tests_between(rows, group_by, inside)
    fits = [
        (level, km)
        for level in shown
        if (km := _fit(rows, level, conf_type, clustered)) is not None
    ]
    notes = [
        *([rough_words()] if tests.is_rough else []),
        *table_words(rows.table.numbers),
        *estimate_words(rows.table.numbers, conf_type, clustered=clustered),
        *later_words(rows),
        *_left_out(rows, levels, shown, inside, min_group),
        *standard_notes(cohort),
    ]
    figure = km_figure(
        [_named(rows, level, km) for level, km in fits],
        key=key,
        title=title,
        labels=figure_labels(rows.table.endpoint, cohort.landmark),
        caption=notes,
        annotation=_annotation(tests, len(shown)),
        show_median=show_median,
    )
    table = Table(
        key=f"{key}-rates",
        title=_("Rates by group"),
        stub=str(covariate.label),
        columns=(
            Column("n"),
            Column(_("Events")),
            Column(_("Median in months (95 % CI)")),
            *rate_columns(times),
        ),
        rows=tuple(
            Row(
                level.label,
                (
                    words.count(int(level.members.sum())),
                    words.count(rows.events(level.members)),
                    median_cell(median_months(km)),
                    *rate_cells(rates_at(km, times)),
                ),
            )
            for level, km in fits
        ),
        notes=(_annotation(tests, len(shown)), *notes, months_note()),
    )
    return Artefact(key, title, (figure, table))


def _fit(rows: Analysed, level: Level, conf_type: str, clustered: bool) -> KaplanMeier | None:
    return estimate(rows.table, conf_type=conf_type, clustered=clustered, members=level.members)


def _named(rows: Analysed, level: Level, km: KaplanMeier) -> NamedCurve:
    note = _("n = %(n)s, events: %(events)s, %(median)s") % {
        "n": count_text(int(level.members.sum())),
        "events": count_text(rows.events(level.members)),
        "median": median_words(median_months(km)),
    }
    return NamedCurve(level.label, km, note=note, short=level.label)


def _annotation(tests: GroupTests, groups: int) -> str:
    if groups < 2:
        return _("One group only: there is nothing to compare.")
    return tests.said()


def _left_out(
    rows: Analysed,
    levels: Sequence[Level],
    shown: Sequence[Level],
    inside: Members,
    min_group: int,
) -> Iterator[str]:
    """Who is in no curve although the endpoint is known."""
    unknown = rows.n - sum(int(level.members.sum()) for level in levels)
    if unknown:
        yield ngettext(
            "%(n)s in no curve, because the group is not known.",
            "%(n)s in no curve, because the group is not known.",
            unknown,
        ) % {"n": count_text(unknown)}
    hidden = [level.label for level in levels if level not in shown]
    if hidden:
        yield _("Not shown and not tested, because fewer than %(least)d: %(groups)s.") % {
            "least": min_group,
            "groups": ", ".join(hidden),
        }
