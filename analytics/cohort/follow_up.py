"""Frames of failures, losses to follow-up and screenings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from analytics.cohort.anchors import Anchors
from analytics.cohort.courses import keys_of
from analytics.cohort.frames import Values, days_between, yes_no
from analytics.cohort.plans import PatientPlans
from analytics.extract.days import Day, day_of
from analytics.extract.facts import PatientFacts
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from registry.models import LossToFollowUp, Progression


def progression_rows(
    rows: StudyRows, anchors: Mapping[str, Anchors], plans: Mapping[str, PatientPlans]
) -> list[Values]:
    """One row per failure by patient and number; one after the cut is none."""
    found = []
    for facts, (number, occurred, lesion_id, is_new, kind, field_relation, site) in rows.of(
        Progression,
        "number",
        DateText("occurred_on"),
        "lesion_id",
        "is_new_lesion",
        "kind",
        "field_relation",
        "site",
    ):
        day = day_of(occurred) if occurred else None
        if not facts.knows(day):
            continue
        lesion = plans[facts.pseudonym].lesions.get(lesion_id)
        row = keys_of(facts) | {
            "LESID": str(lesion.number) if lesion else "",
            "kind": kind,
            "field_relation": field_relation,
            "site": site,
            "is_new_lesion": yes_no(is_new),
            "found": day.day if day else None,
            "days_from_origin": days_between(anchors[facts.pseudonym].origin, day),
        }
        found.append(((facts.pseudonym, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def loss_rows(rows: StudyRows) -> list[Values]:
    """One row per declared loss by patient and number; one declared after the cut is none."""
    found = []
    for facts, (number, reason, alive, declared, again) in rows.of(
        LossToFollowUp,
        "number",
        "reason",
        DateText("last_known_alive_on"),
        DateText("declared_on"),
        DateText("found_again_on"),
    ):
        if not facts.knows(day_of(declared) if declared else None):
            continue
        row = keys_of(facts) | {
            "reason": reason,
            "last_known_alive": _date(facts, alive),
            "declared": _date(facts, declared),
            "found_again": _date(facts, again),
        }
        found.append(((facts.pseudonym, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def screening_rows(rows: StudyRows) -> list[Values]:
    """One row per person considered by centre and number; one screened after the cut is none."""
    found = []
    for number, screened, centre, pseudonym, outcome, reason in rows.tables.screenings():
        day: Day | None = day_of(screened) if screened else None
        if day is not None and rows.data_cut is not None and day.day > rows.data_cut:
            continue
        row: Values = {
            "SITEID": centre,
            "USUBJID": pseudonym,
            "outcome": outcome,
            "reason_not_enrolled": reason,
            "screened": day.day if day else None,
        }
        found.append(((centre, number), row))
    return [row for _place, row in sorted(found, key=lambda pair: pair[0])]


def _date(facts: PatientFacts, text: str | None) -> dt.date | None:
    day = known_day_of(facts, text)
    return None if day is None else day.day
