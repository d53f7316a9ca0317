"""The timeline of one patient: as a figure in two layouts, as a list, and its legend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.figures import DAYS_PER_MONTH, Lane, Shape, Tick, TimelineData, TimelineEvent
from analytics.figures.months import signed_month_ticks
from analytics.figures.timeline import timeline_figure
from analytics.timeline_events import Happening, NamedLane, happenings, outstanding
from followup.models import ExpectedVisit
from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import PartialDate
from registry.protocols.calendar import add_months
from registry.protocols.vocabulary import TimePoint, label
from registry.selectors.patient_file import PatientFile
from registry.templatetags.values import day_text

AHEAD_MONTHS = 24
"""Expected visits that open later than this from today are in the table of visits only."""

TICKS = 12
TICKS_COMPACT = 5


@dataclass(frozen=True)
class Line:
    """One event of the list: its date, months since the origin, lane, and what it was."""

    date: str
    months: str
    lane: str
    what: str


@dataclass(frozen=True)
class Origin:
    """The day that the axis counts from, and what it is in words."""

    day: dt.date
    words: str


@dataclass(frozen=True)
class Timeline:
    """What the page shows; ``svg`` is "" where no event has a date.

    ``lines`` are all events by date, those without a date last. ``later_visits`` is how many
    expected visits lie too far ahead to be drawn. ``has_dates`` is False where the calendar of a
    study is shifted, so that only time since the origin is shown.
    """

    svg: str
    svg_compact: str
    lines: list[Line]
    shapes: list[Shape]
    origin: Origin | None
    has_dates: bool
    later_visits: int


def patient_timeline(file: PatientFile, visits: Sequence[ExpectedVisit]) -> Timeline:
    """The timeline of a patient with their expected visits, as of today."""
    today = timezone.localdate()
    has_dates = not any(row.study.dates_are_relative for row in file.enrolments)
    horizon = add_months(today, AHEAD_MONTHS)
    ahead = outstanding(visits, today)
    near = [visit for visit in ahead if visit.target is not None and visit.target < horizon]
    lanes = happenings(file, near)
    dated = [one for lane in lanes for one in lane.happenings if one.start is not None]
    origin = _origin(file, dated)
    svg = svg_compact = ""
    if origin is not None:
        data = _data(lanes, origin, today if has_dates else None)
        svg = _figure(data, file, origin, has_dates=has_dates)
        svg_compact = _figure(data, file, origin, has_dates=has_dates, compact=True)
    return Timeline(
        svg=svg,
        svg_compact=svg_compact,
        lines=_lines(lanes, origin),
        shapes=list(dict.fromkeys(one.shape for one in dated)),
        origin=origin,
        has_dates=has_dates,
        later_visits=len(ahead) - len(near),
    )


def _origin(file: PatientFile, dated: Sequence[Happening]) -> Origin | None:
    """The protocol's time origin where its day is known, else the first date there is."""
    if file.protocol is not None:
        day = _time_point(file, file.protocol.time_origin)
        if day is not None and day.is_complete:
            return Origin(day.to_date(), _(label(file.protocol.time_origin)))
    first = min((one.start.earliest for one in dated if one.start is not None), default=None)
    return None if first is None else Origin(first, _("the first date on file"))


def _time_point(file: PatientFile, point: TimePoint) -> PartialDate | None:
    courses = [part.course for part in file.courses]
    starts = [row.started_on for row in courses if row.started_on is not None]
    ends = [row.ended_on for row in courses if row.ended_on is not None]
    if point is TimePoint.FIRST_RT_DAY:
        return min(starts, default=None)
    if point is TimePoint.LAST_RT_DAY:
        return min(ends, default=None)
    if point is TimePoint.SURGERY:
        return operation_of(
            ((row.performed_on, row.procedure) for row in file.surgeries),
            rt_start=min(starts, default=None),
            follows_rt=surgery_follows_rt(file.protocol.schedule if file.protocol else None),
        )
    if point is TimePoint.DIAGNOSIS:
        days = [row.diagnosed_on for row in file.diseases if row.diagnosed_on is not None]
        return min(days, default=None)
    return file.enrolments[0].enrolled_on


def _data(lanes: Sequence[NamedLane], origin: Origin, today: dt.date | None) -> TimelineData:
    return TimelineData(
        lanes=tuple(
            Lane(
                lane.name, tuple(_event(one, origin, today) for one in lane.happenings if one.start)
            )
            for lane in lanes
        ),
        origin=origin.day,
        today=today,
        today_label=_("Today"),
    )


def _event(one: Happening, origin: Origin, today: dt.date | None) -> TimelineEvent:
    assert one.start is not None
    when = _months(one, origin) if today is None else _dates(one)
    return TimelineEvent(
        shape=one.shape,
        start=one.start,
        end=one.end,
        is_open=one.is_open,
        window=one.window,
        sign=one.sign,
        is_severe=one.is_severe,
        text=one.text,
        words=f"{one.what} – {when}",
    )


def _figure(
    data: TimelineData, file: PatientFile, origin: Origin, *, has_dates: bool, compact: bool = False
) -> str:
    count = sum(len(lane.events) for lane in data.lanes)
    months = signed_month_ticks(
        (data.first_day - origin.day).days,
        (data.last_day - origin.day).days,
        TICKS_COMPACT if compact else TICKS,
    )
    in_years = all(month % 12 == 0 for month in months) and len(months) > 1
    ticks = [_tick(origin.day, month, in_years=in_years, has_dates=has_dates) for month in months]
    title = _("Years since %(origin)s") if in_years else _("Months since %(origin)s")
    since = f"{origin.words} ({day_text(origin.day)})" if has_dates else origin.words
    return timeline_figure(
        data,
        title=_("Timeline of %(pseudonym)s") % {"pseudonym": file.patient.pseudonym},
        description=ngettext(
            "%(count)d event over time. The list under the figure has the same in words.",
            "%(count)d events over time. The list under the figure has the same in words.",
            count,
        )
        % {"count": count},
        axis_title=title % {"origin": since},
        ticks=ticks,
        figure_id="timeline-figure-compact" if compact else "timeline-figure",
        compact=compact,
    )


def _tick(origin: dt.date, month: int, *, in_years: bool, has_dates: bool) -> Tick:
    day = add_months(origin, month)
    count = month // 12 if in_years else month
    date = day_text(PartialDate(day.year, day.month)) if has_dates else ""
    return Tick(day, f"−{-count}" if count < 0 else str(count), date)


def _lines(lanes: Sequence[NamedLane], origin: Origin | None) -> list[Line]:
    """All events by date; those without one at the end."""
    found = [(one, lane.name) for lane in lanes for one in lane.happenings]
    found.sort(key=lambda pair: (pair[0].start is None, str(pair[0].start or "")))
    return [
        Line(
            date=_dates(one),
            months=_months(one, origin) if origin and one.start else "",
            lane=name,
            what=one.what,
        )
        for one, name in found
    ]


def _dates(one: Happening) -> str:
    """ "15 Jan 2024 – 31 Jan 2024", each as far as it is known."""
    if one.start is None:
        return _("date not recorded")
    if one.end is not None and one.end != one.start:
        return f"{day_text(one.start)} – {day_text(one.end)}"
    return (
        _("from %(day)s on") % {"day": day_text(one.start)} if one.is_open else day_text(one.start)
    )


def _months(one: Happening, origin: Origin) -> str:
    """Months since the origin ("0–0.5"); of a partial date from the first to the last possible."""
    assert one.start is not None
    last = one.end or one.start
    days = [(day - origin.day).days for day in (one.start.earliest, last.latest)]
    return _(" to ").join(dict.fromkeys(_signed(day / DAYS_PER_MONTH) for day in days))


def _signed(months: float) -> str:
    """One decimal, with a true minus sign."""
    text = number_format(f"{abs(months):.1f}")
    return f"−{text}" if round(months, 1) < 0 else text
