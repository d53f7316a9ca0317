"""The frame of adverse events."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import BooleanField, ExpressionWrapper

from analytics.cohort.anchors import Anchors
from analytics.cohort.courses import keys_of
from analytics.cohort.frames import Values, days_between, yes_no
from analytics.cohort.plans import PatientPlans, Plan
from analytics.extract.days import Day, day_of
from analytics.extract.read import WOUND_TERMS
from analytics.extract.rows import StudyRows, date_text, known_day_of
from registry.derive import is_acute_onset
from registry.models import ToxicityEvent
from registry.partial_date import PartialDate
from registry.protocols.types import Protocol
from registry.protocols.vocabulary import ToxicityPhase


def toxicity_rows(
    rows: StudyRows,
    anchors: Mapping[str, Anchors],
    plans: Mapping[str, PatientPlans],
    protocol: Protocol,
) -> list[Values]:
    """One row per event by patient and number; one that began after the cut is none."""
    found = []
    for facts, (number, course_id, onset, resolved, *values) in rows.of(
        ToxicityEvent,
        "number",
        "course_id",
        date_text("onset_on"),
        date_text("resolved_on"),
        "term__term",
        "term__soc",
        "term__release",
        "grade",
        "attribution",
        "action",
        "is_serious",
        ExpressionWrapper(WOUND_TERMS, output_field=BooleanField()),
        "present_before_rt",
    ):
        day = day_of(onset) if onset else None
        if not facts.knows(day):
            continue
        one, plan = anchors[facts.pseudonym], _course(plans[facts.pseudonym], course_id)
        term, soc, release, grade, attribution, action, is_serious, is_wound, was_before = values
        row = keys_of(facts) | {
            "term": term,
            "soc": soc,
            "release": release,
            "grade": grade,
            "phase": _phase(onset, plan, protocol),
            "onset": day.day if day else None,
            "resolved": _date(known_day_of(facts, resolved)),
            "days_from_rt_start": days_between(_day(plan.start) if plan else None, day),
            "days_from_rt_end": days_between(_day(plan.end) if plan else None, day),
            "days_from_surgery": days_between(one.operation, day),
            "attribution": attribution,
            "action": action,
            "is_serious": yes_no(is_serious),
            "is_wound": yes_no(bool(is_wound)),
            "present_before_rt": yes_no(was_before),
        }
        found.append(((facts.pseudonym, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def _course(plans: PatientPlans, course_id: int | None) -> Plan | None:
    """The suspected course; where none is named, the only one that the patient had."""
    if course_id is None and len(plans.courses) == 1:
        return next(iter(plans.courses.values()))
    return None if course_id is None else plans.courses.get(course_id)


def _phase(onset: str | None, plan: Plan | None, protocol: Protocol) -> str:
    if plan is None or onset is None:
        return ""
    acute = is_acute_onset(PartialDate.parse(onset), plan.start, plan.end, protocol)
    if acute is None:
        return ""
    return ToxicityPhase.ACUTE.value if acute else ToxicityPhase.LATE.value


def _day(date: PartialDate | None) -> Day | None:
    return None if date is None else day_of(str(date))


def _date(day: Day | None) -> object:
    return None if day is None else day.day
