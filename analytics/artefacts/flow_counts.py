"""Who was screened, enrolled, treated and analysed, and why others were not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts.labels import code_label
from analytics.artefacts.units import counts_lesions
from analytics.cohort import Cohort
from analytics.extract.table import Excluded
from analytics.extract.words import Reason
from registry.models.choices import ScreeningOutcome
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import StudyKind

Reasons = tuple[tuple[str, int], ...]
"""Reason in words and how many, the most frequent first."""


@dataclass(frozen=True)
class Screened:
    """People considered; ``not_enrolled`` gives the reasons of those who are not in the cohort."""

    n: int
    not_enrolled: Reasons
    without_screening: int  # patients of the cohort of whom no screening is on file


@dataclass(frozen=True)
class Treated:
    """Patients with a course that has begun; treated lesions where these count, else None."""

    patients: int
    lesions: int | None


@dataclass(frozen=True)
class Analysed:
    """Patients or lesions in the table of an endpoint, and why others are not."""

    endpoint: Endpoint
    n: int
    left_out: Reasons


@dataclass(frozen=True)
class FlowCounts:
    """The stages of a study; None where a stage says nothing.

    Screening is not shown of a subset: nothing but the outcome is known of people screened.
    Treatment is not shown of an observational study.
    """

    screened: Screened | None
    enrolled: int
    treated: Treated | None
    analysed: tuple[Analysed, ...]


def flow_counts(cohort: Cohort) -> FlowCounts:
    """The numbers of the flow chart."""
    treated_ids = set(cohort.courses["USUBJID"]) & set(cohort.patients["USUBJID"])
    treated = None
    if cohort.protocol.kind is StudyKind.TREATMENT:
        lesions = len(cohort.lesions) if counts_lesions(cohort) else None
        treated = Treated(len(treated_ids), lesions)
    analysed = []
    for endpoint in cohort.protocol.endpoints:
        table = cohort.table_of(endpoint)
        left_out: Iterable[Excluded] = table.excluded
        if treated is not None:
            left_out = (one for one in left_out if _was_treated(one, treated_ids))
        reasons = _ordered(Counter(str(one.reason.label) for one in left_out))
        analysed.append(Analysed(endpoint, len(table.rows), reasons))
    return FlowCounts(_screened(cohort), len(cohort.patients), treated, tuple(analysed))


def _screened(cohort: Cohort) -> Screened | None:
    screenings = cohort.screenings
    if screenings.empty or cohort.subset:
        return None
    patients = set(cohort.patients["USUBJID"])
    outcome = screenings["outcome"]
    elsewhere = (outcome == ScreeningOutcome.ENROLLED) & ~screenings["USUBJID"].isin(patients)
    missed: Counter[str] = Counter()
    reasons = screenings["reason_not_enrolled"][outcome == ScreeningOutcome.NOT_ENROLLED]
    for reason, n in reasons.value_counts(sort=False).items():
        missed[code_label("reason_not_enrolled", str(reason)) or _("Reason not known")] += int(n)
    missed[_("Decision pending")] = int((outcome == ScreeningOutcome.PENDING).sum())
    missed[_("Enrolled, but not among these patients")] = int(elsewhere.sum())
    enrolled = set(screenings["USUBJID"][screenings["outcome"] == ScreeningOutcome.ENROLLED])
    return Screened(len(screenings), _ordered(missed), len(patients - enrolled))


def _was_treated(one: Excluded, treated: set[str]) -> bool:
    """False for those who left the flow before: patients and lesions that were not treated."""
    return one.pseudonym in treated and one.reason is not Reason.NOT_TREATED


def _ordered(counted: Counter[str]) -> Reasons:
    return tuple((reason, n) for reason, n in counted.most_common() if n)
