"""The frame of adverse events."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.cohort.anchors import Anchors
from analytics.cohort.courses import keys_of
from analytics.cohort.frames import Values, days_between, yes_no
from analytics.extract.days import Day, day_of
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from analytics.extract.toxicity import is_wound, phase_of, suspected_course
from registry.models import ToxicityEvent
from registry.protocols.types import Protocol


def toxicity_rows(
    rows: StudyRows, anchors: Mapping[str, Anchors], protocol: Protocol
) -> list[Values]:
    """One row per event by patient and number; one that began after the cut is none."""
    found = []
    for facts, (number, course_id, onset, resolved, *values) in rows.of(
        ToxicityEvent,
        "number",
        "course_id",
        DateText("onset_on"),
        DateText("resolved_on"),
        "term__term",
        "term__soc",
        "term__release",
        "grade",
        "attribution",
        "action",
        "is_serious",
        "present_before_rt",
    ):
        day = day_of(onset) if onset else None
        if not facts.knows(day):
            continue
        course = suspected_course(facts, course_id)
        term, soc, release, grade, attribution, action, is_serious, was_before = values
        row = keys_of(facts) | {
            "term": term,
            "soc": soc,
            "release": release,
            "grade": grade,
            "phase": phase_of(day, course, protocol),
            "onset": day.day if day else None,
            "resolved": _date(known_day_of(facts, resolved)),
            "days_from_rt_start": days_between(course.start if course else None, day),
            "days_from_rt_end": days_between(course.end if course else None, day),
            "days_from_surgery": days_between(anchors[facts.pseudonym].operation, day),
            "attribution": attribution,
            "action": action,
            "is_serious": yes_no(is_serious),
            "is_wound": yes_no(is_wound(term)),
            "present_before_rt": yes_no(was_before),
        }
        found.append(((facts.pseudonym, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def _date(day: Day | None) -> object:
    return None if day is None else day.day
