"""Checks of courses: dates, phases and fractions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, phases_by_course, precedes, row_key
from registry.derive import course_dose, phases_of, treatment_term_days
from registry.models import Baseline, Course, Phase, Target, TargetLesion
from registry.models.choices import PhaseKind, RadiationType, Technique
from registry.partial_date import PartialDate


def overlapping_courses(case: Case, today: dt.date) -> Iterator[Place]:
    """Two courses do not run at the same time."""
    spans: list[tuple[PartialDate, PartialDate, Course]] = [
        (row.started_on, row.ended_on, row)
        for row in case.of(Course)
        if row.started_on is not None and row.ended_on is not None
    ]
    spans.sort(key=lambda span: span[0])
    for (_start, end, first), (start, _end, second) in pairwise(spans):
        if start.before(end):
            message = _("starts before course {number} ended").format(number=first.number)
            yield Place(second, "started_on", message)


def course_without_phase(case: Case, today: dt.date) -> Iterator[Place]:
    """A course has at least one phase with dose and fractions."""
    with_phase = {row_key(row.course) for row in case.of(Phase)}
    for row in case.of(Course):
        if row_key(row) not in with_phase:
            yield Place(row, "", _("no phase: dose and fractions are not known"))


def target_without_lesion(case: Case, today: dt.date) -> Iterator[Place]:
    """A target treats at least one lesion."""
    treated = {row_key(row.target) for row in case.of(TargetLesion)}
    for row in case.of(Target):
        if row_key(row) not in treated:
            yield Place(row, "", _("say which lesion the target treats"))


_LONGEST_TERM_DAYS = 100


def term_too_long(case: Case, today: dt.date) -> Iterator[Place]:
    """A course takes at most 100 days."""
    for row in case.of(Course):
        days = treatment_term_days(row)
        if days is not None and days > _LONGEST_TERM_DAYS:
            yield Place(row, "ended_on", _("{days} days of treatment").format(days=days))


def term_too_short(case: Case, today: dt.date) -> Iterator[Place]:
    """The fractions fit between the first and the last day at their number per week."""
    phases = phases_by_course(case)
    for row in case.of(Course):
        days = treatment_term_days(row)
        if days is None:
            continue
        needed = _fewest_days(phases.get(row_key(row), []))
        if days < needed:
            message = _("{days} days are too few for the fractions: at least {needed}")
            yield Place(row, "ended_on", message.format(days=days, needed=needed))


def _fewest_days(phases: Sequence[Phase]) -> int:
    """Days that the fractions need: phases of different targets may run side by side."""
    lanes: dict[int, int] = {}
    shared = 0
    for phase in phases:
        days = _days_of(phase)
        if phase.target is None:
            shared += days
        else:
            key = row_key(phase.target)
            lanes[key] = lanes.get(key, 0) + days
    if len(lanes) == 0:
        return shared
    # A boost within the fractions of another phase runs beside it too.
    return max(shared, *lanes.values())


_MOST_PER_DAY = 3
_TREATMENT_DAYS = 5


def _days_of(phase: Phase) -> int:
    """The fewest calendar days for the fractions of a phase; a day is forgiven for each week.

    Without the number per week as many a day as are ever given; a sixth day makes up for a holiday.
    """
    count, weekly = phase.fraction_count or 0, phase.fractions_per_week
    if weekly is None:
        return -(-count // _MOST_PER_DAY)
    full_weeks, rest = divmod(max(count - 1, 0), weekly)
    per_day = -(-weekly // _TREATMENT_DAYS)
    days = 7 * full_weeks + rest // per_day + 1
    return int(max(days - full_weeks, 0))


def interruption_longer_than_term(case: Case, today: dt.date) -> Iterator[Place]:
    """An interruption is shorter than the whole treatment."""
    for row in case.of(Course):
        days = treatment_term_days(row)
        if days is not None and row.interruption_days and row.interruption_days >= days:
            message = _("{pause} days of interruption in {days} days of treatment")
            yield Place(
                row,
                "interruption_days",
                message.format(pause=row.interruption_days, days=days),
            )


def technique_of_radiation(case: Case, today: dt.date) -> Iterator[Place]:
    """Technique and kind of radiation go together."""
    of_technique = {
        Technique.PROTON: {RadiationType.PROTON},
        Technique.CARBON: {RadiationType.CARBON},
        Technique.CYBERKNIFE: {RadiationType.PHOTON},
        Technique.VMAT: {RadiationType.PHOTON},
        Technique.BRACHYTHERAPY: {RadiationType.SEALED_SOURCE, RadiationType.PHOTON},
    }
    for row in case.of(Course):
        if not row.radiation_type or row.technique not in of_technique:
            continue
        if row.radiation_type not in of_technique[Technique(row.technique)]:
            message = _("{technique} is not given with {radiation}")
            yield Place(
                row,
                "radiation_type",
                message.format(
                    technique=row.get_technique_display(),
                    radiation=row.get_radiation_type_display(),
                ),
            )


def large_fraction(case: Case, today: dt.date) -> Iterator[Place]:
    """More than 30 Gy in a fraction, or more than 120 Gy in a phase, is a slip more often."""
    for row in case.of(Phase):
        if row.dose_gy is None:
            continue
        if row.fraction_count and row.dose_gy / row.fraction_count > 30:
            yield Place(row, "fraction_count", _("more than 30 Gy in a fraction"))
        elif row.dose_gy > 120:
            yield Place(row, "dose_gy", _("more than 120 Gy in a phase"))


def small_fraction(case: Case, today: dt.date) -> Iterator[Place]:
    """Less than 1 Gy in a fraction is dose and fractions exchanged, or the dose of one fraction."""
    for row in case.of(Phase):
        if row.dose_gy is not None and row.dose_gy < (row.fraction_count or 0):
            message = _("less than 1 Gy in a fraction: is it the dose of the whole phase?")
            yield Place(row, "dose_gy", message)


_BED_GY = (10, 250)
_ALPHA_BETA_GY = 10


def bed_implausible(case: Case, today: dt.date) -> Iterator[Place]:
    """The biologically effective dose of a finished course (α/β 10 Gy) is from 10 to 250 Gy."""
    phases = phases_by_course(case)
    targets: dict[int, list[Target]] = {}
    for target in case.of(Target):
        targets.setdefault(row_key(target.course), []).append(target)
    for row in case.of(Course):
        own = phases.get(row_key(row), [])
        if any((phase.dose_gy or 1) <= 0 or (phase.fraction_count or 1) < 1 for phase in own):
            continue
        several = len({id(phase.target) for phase in own if phase.target is not None}) > 1
        treated = targets.get(row_key(row), [])
        groups = [phases_of(own, one) for one in treated] if several else [own]
        for group in groups:
            dose = course_dose(group)
            bed = dose.bed_gy(_ALPHA_BETA_GY) if dose is not None else None
            if bed is None:
                continue
            is_low = bed < _BED_GY[0] and row.is_completed is not False
            if is_low or bed > _BED_GY[1]:
                message = _("BED of {bed} Gy: are dose and fractions of the phases right?")
                yield Place(row, "", message.format(bed=round(bed)))
                break


def boost_first(case: Case, today: dt.date) -> Iterator[Place]:
    """A boost follows an initial phase."""
    for phases in phases_by_course(case).values():
        if phases[0].kind == PhaseKind.BOOST:
            yield Place(phases[0], "kind", _("a boost, but no initial phase before it"))


def baseline_after_course(case: Case, today: dt.date) -> Iterator[Place]:
    """A baseline is assessed before the first fraction of its course."""
    courses = case.of(Course)
    only = courses[0] if len(courses) == 1 else None
    for row in case.of(Baseline):
        course = row.course or only
        start = course.started_on if course is not None else None
        if precedes(start, row.assessed_on):
            message = _("after the first fraction ({date})")
            yield Place(row, "assessed_on", message.format(date=start))


def lesions_counted(case: Case, today: dt.date) -> Iterator[Place]:
    """At baseline there are at least as many lesions as the course treats."""
    treated: dict[int, set[int]] = {}
    for link in case.of(TargetLesion):
        treated.setdefault(row_key(link.target.course), set()).add(row_key(link.lesion))
    courses = case.of(Course)
    only = courses[0] if len(courses) == 1 else None
    for row in case.of(Baseline):
        course = row.course or only
        if course is None or row.concurrent_lesion_count is None:
            continue
        count = len(treated.get(row_key(course), ()))
        if row.concurrent_lesion_count < count:
            message = _("{stated}, but course {number} treats {count}")
            yield Place(
                row,
                "concurrent_lesion_count",
                message.format(
                    stated=row.concurrent_lesion_count, number=course.number, count=count
                ),
            )
