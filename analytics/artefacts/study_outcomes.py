"""A study's own figures for the outcomes that published series report."""

from __future__ import annotations

from collections.abc import Mapping

from analytics.artefacts.parts import Cell
from analytics.artefacts.study_rates import rate
from analytics.artefacts.toxicity_events import ToxicityEvents, toxicity_events, worst_grades
from analytics.artefacts.words import DASH, count_percent, share
from analytics.artefacts.wounds import wound_grades
from analytics.cohort import Cohort
from analytics.published.series import Outcome
from registry.models.choices import Attribution
from registry.terminology.hints import terms_of

RELATED = (Attribution.POSSIBLE, Attribution.PROBABLE, Attribution.DEFINITE, "")
"""Attributions that papers call treatment-related; an event without one counts."""

WOUND_DAYS = 120
"""Days after surgery in which the published series count wound complications."""

_CONCEPTS: Mapping[Outcome, tuple[str, ...]] = {
    Outcome.FIBROSIS: ("superficial_fibrosis", "deep_fibrosis"),
    Outcome.OEDEMA: ("limb_oedema",),
    Outcome.JOINT: ("joint_motion",),
    Outcome.FRACTURE: ("fracture",),
}
"""Groups of CTCAE terms behind the outcomes of late toxicity."""


def outcome_cell(cohort: Cohort, outcome: Outcome, years: float | None) -> Cell:
    """The figure of the study; a dash where its protocol or its facts cannot give it."""
    if outcome.is_rate_at_a_time:
        code = "LC" if outcome is Outcome.LOCAL_CONTROL else "OS"
        if years is None:
            return DASH
        found = rate(cohort, code, 12 * years)
        return share(found.estimate, found.lower, found.upper)
    events = toxicity_events(cohort, attribution=RELATED, terms=_terms(cohort, outcome))
    if cohort.protocol.toxicity.release is None or not events.treated:
        return DASH
    if outcome is Outcome.WOUND:
        wounds = wound_grades(cohort, events, WOUND_DAYS)
        return count_percent(int(wounds.notna().sum()), len(wounds)) if len(wounds) else DASH
    if outcome is Outcome.TOXICITY_3:
        return _patients(events, at_least=3)
    return _patients(events, at_least=2, phase="late")


def _terms(cohort: Cohort, outcome: Outcome) -> list[str] | None:
    release = cohort.protocol.toxicity.release
    if outcome not in _CONCEPTS or release is None:
        return None
    return [term for concept in _CONCEPTS[outcome] for term in terms_of(concept, release)]


def _patients(found: ToxicityEvents, *, at_least: int, phase: str = "") -> Cell:
    events = found.counted
    if phase:
        events = events[events["phase"] == phase]
    severe = int((worst_grades(events)["grade"] >= at_least).sum())
    return count_percent(severe, len(found.treated))
