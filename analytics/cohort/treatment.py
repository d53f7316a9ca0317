"""Surgery, drugs and earlier radiotherapy as values of the patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from analytics.cohort.anchors import Anchors
from analytics.cohort.frames import Values, days_between, yes_no
from analytics.extract.days import Day
from analytics.extract.facts import TherapyFact
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from registry.models import PriorRadiotherapy, Surgery, TreatmentHistory
from registry.models.choices import TherapyKind, TherapyTiming
from registry.operation import NOT_THE_OPERATION

_HISTORY = ("had_surgery", "had_systemic_therapy", "had_prior_radiotherapy")
_OPERATION = ("procedure", "residual_tumour", "margin_mm", "operation_count")
_DRUGS = {
    "had_chemotherapy": TherapyKind.CHEMOTHERAPY,
    "had_targeted_therapy": TherapyKind.TARGETED,
    "had_immunotherapy": TherapyKind.IMMUNOTHERAPY,
    "had_interventional_therapy": TherapyKind.INTERVENTIONAL,
}


class _Surgery(NamedTuple):
    number: int
    day: Day | None
    values: Values


def treatment_values(rows: StudyRows, anchors: Mapping[str, Anchors]) -> dict[str, Values]:
    """Values by pseudonym, in three queries."""
    histories: dict[str, Values] = defaultdict(lambda: dict.fromkeys(_HISTORY))
    for facts, answers in rows.of(TreatmentHistory, *_HISTORY):
        histories[facts.pseudonym] = dict(zip(_HISTORY, answers, strict=True))
    irradiated = {facts.pseudonym for facts, _row in rows.of(PriorRadiotherapy, "pk")}
    surgeries = _surgeries(rows)
    values = {}
    for pseudonym, one in anchors.items():
        history = histories[pseudonym]
        earlier_rt = True if pseudonym in irradiated else history["had_prior_radiotherapy"]
        values[pseudonym] = {
            **_surgery_values(one, surgeries[pseudonym], history["had_surgery"]),
            **_drug_values(one, history["had_systemic_therapy"]),
            "had_prior_radiotherapy": yes_no(earlier_rt),
        }
    return values


def _surgeries(rows: StudyRows) -> dict[str, list[_Surgery]]:
    found: dict[str, list[_Surgery]] = defaultdict(list)
    for facts, (number, performed, *values) in rows.of(
        Surgery, "number", DateText("performed_on"), *_OPERATION
    ):
        day = known_day_of(facts, performed)
        named = dict(zip(_OPERATION, values, strict=True))
        if (day is not None or performed is None) and named["procedure"] not in NOT_THE_OPERATION:
            found[facts.pseudonym].append(_Surgery(number, day, named))
    return found


def _surgery_values(anchors: Anchors, surgeries: list[_Surgery], told: bool | None) -> Values:
    """The operation that the protocol speaks of; other operations on file are not it."""
    day, start = anchors.operation, anchors.rt_start
    if day is None:
        if any(surgery.day is None for surgery in surgeries):
            return {"had_surgery": yes_no(told or None)}
        return {"had_surgery": yes_no(False if surgeries else told)}
    operation = min(surgery for surgery in surgeries if surgery.day == day)
    timing = ""
    if start is not None:
        is_after = anchors.facts.surgery_follows_rt or start.before(day)
        timing = "after_rt" if is_after else "before_rt"
    return {
        "had_surgery": "yes",
        "surgery_timing": timing,
        "surgery_to_rt_days": days_between(day, start),
        **operation.values,
    }


def _drug_values(anchors: Anchors, told: bool | None) -> Values:
    """Whether drugs of each kind were given by the time the patient came under observation."""
    therapies = anchors.facts.therapies
    answered = told is False or bool(therapies)
    values: Values = {}
    for name, kind in _DRUGS.items():
        given = [_is_given(therapy, anchors) for therapy in therapies if therapy.kind == kind]
        values[name] = yes_no(_any(given) if answered else None)
    chemotherapy = [row for row in therapies if row.kind == TherapyKind.CHEMOTHERAPY]
    timings = {row.timing for row in chemotherapy if row.timing and _is_given(row, anchors)}
    before = [_is_before_rt(row, anchors) for row in chemotherapy]
    return values | {
        "chemotherapy_timing": ";".join(code for code in TherapyTiming.values if code in timings),
        "chemotherapy_before_rt": yes_no(_any(before) if answered else None),
    }


def _is_given(therapy: TherapyFact, anchors: Anchors) -> bool | None:
    """True for a therapy begun by then, or given with radiotherapy; None where it has no date."""
    if therapy.timing == TherapyTiming.CONCURRENT:
        return True
    return _began(therapy, anchors.is_later(therapy.start))


def _is_before_rt(therapy: TherapyFact, anchors: Anchors) -> bool | None:
    start = anchors.rt_start
    if start is None:
        return None
    if therapy.timing == TherapyTiming.CONCURRENT:
        return False
    return _began(therapy, therapy.start is not None and therapy.start.day >= start.day)


def _began(therapy: TherapyFact, is_late: bool) -> bool | None:
    """Whether it began in time; without a first day, what its timing says."""
    if therapy.start is not None:
        return not is_late
    return True if therapy.timing == TherapyTiming.NEOADJUVANT else None


def _any(answers: list[bool | None]) -> bool | None:
    """True where one is; None where none is but one is not known."""
    if True in answers:
        return True
    return None if None in answers else False
