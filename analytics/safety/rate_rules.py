"""Rules that hold a rate of the whole study against a limit. Pure: facts in, a rate out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.artefacts.study_rates import curve
from analytics.artefacts.toxicity_events import seen_beyond
from analytics.estimators import KaplanMeier
from analytics.estimators.proportion import proportion
from analytics.extract import TimeToEvent
from analytics.extract.facts import PatientFacts
from analytics.extract.table import table_of
from analytics.extract.toxicity import may_be_of_rt
from analytics.figures import DAYS_PER_MONTH
from analytics.reports.goals import is_missed
from analytics.safety.facts import AdverseEvent, SafetyFacts
from analytics.safety.looks import Counted, Look, NotJudged, Rate
from registry.protocols.types import Endpoint, Protocol
from registry.protocols.vocabulary import EventKind, ToxicityPhase

LEVEL = 0.95
"""Of the one-sided exact bound of a rate of toxicity."""

LOCAL = frozenset({EventKind.LOCAL_PROGRESSION, EventKind.IN_FIELD_PROGRESSION})


@dataclass(frozen=True, slots=True)
class LateToxicityRate:
    """The share of patients with late toxicity of a grade, among those followed beyond its border.

    Late toxicity is that of the endpoints (docs/analysis-plan.md), and who was followed is as in
    the tables of toxicity. The rule is met when the lower bound by Clopper and Pearson (Biometrika
    1934;26:404-413), one-sided at 95 %, is above the limit: were the true rate at the limit, so
    many events would be seen in fewer than 5 of 100 studies.

    Attributes:
        grade: lowest CTCAE grade, 1 to 5.
        limit: share, 0 to 1.
        least_patients: with fewer followed nothing is judged.
    """

    grade: int
    limit: float
    least_patients: int

    def look(self, facts: SafetyFacts) -> Look:
        """The rate, and the patients with such toxicity."""
        border = facts.protocol.toxicity.acute
        if border is None:
            return Look(rate=_impossible(self.limit, NotJudged.NO_BORDER))
        with_event = {
            patient.pseudonym for patient in facts.study.patients if self._has_event(patient)
        }
        n = sum(
            patient.pseudonym in with_event or seen_beyond(patient, border)
            for patient in facts.study.patients
        )
        counted = tuple(self._counted(facts, with_event))
        return Look(rate=self._judged(n, len(with_event)), counted=counted)

    def _judged(self, n: int, k: int) -> Rate:
        if not n:
            return Rate(0, 0, None, None, self.limit, reason=NotJudged.TOO_FEW.value)
        seen = proportion(k, n, method="clopper-pearson", level=LEVEL, sides=1)
        is_enough = n >= self.least_patients
        return Rate(
            n=n,
            k=k,
            estimate=seen.estimate,
            bound=seen.lower,
            limit=self.limit,
            reason="" if is_enough else NotJudged.TOO_FEW.value,
            is_crossed=is_enough and seen.lower > self.limit,
        )

    def _has_event(self, patient: PatientFacts) -> bool:
        return any(
            toxicity.grade >= self.grade and toxicity.phase == ToxicityPhase.LATE
            for toxicity in patient.toxicities
        )

    def _counted(self, facts: SafetyFacts, with_event: set[str]) -> Iterator[Counted]:
        """The worst late event of each patient; of equal ones the first that was entered."""
        worst: dict[str, AdverseEvent] = {}
        for event in facts.events:
            pseudonym = event.patient.pseudonym
            if pseudonym not in with_event or not _is_late_of_rt(event):
                continue
            if pseudonym not in worst or event.grade > worst[pseudonym].grade:
                worst[pseudonym] = event
        for pseudonym, event in sorted(worst.items()):
            yield Counted(pseudonym, event.patient.centre, event.term, event.onset, event.grade)


@dataclass(frozen=True, slots=True)
class LocalFailure:
    """Local control at a time that stays below what was planned.

    Kaplan-Meier, with the endpoint of the protocol. The rule is met when a goal of the outcome
    report would be called missed: the upper limit of the 95 % interval (log-log; of lesions robust
    by patient) is below the plan. Where nobody was followed so long, or nobody is left without
    failure, the last limit that is known before counts: a curve never rises.

    Attributes:
        endpoint_code: of an endpoint of local control.
        months: from the time origin, of 30.4375 days.
        planned: share that is controlled, 0 to 1.
        least_patients: with fewer in the curve nothing is judged.
    """

    endpoint_code: str
    months: float
    planned: float
    least_patients: int

    def look(self, facts: SafetyFacts) -> Look:
        """The rate, and the patients with a failure by then."""
        endpoint = local_endpoints(facts.protocol).get(self.endpoint_code)
        if endpoint is None:
            return Look(rate=_impossible(self.planned, NotJudged.NO_ENDPOINT))
        table = table_of(facts.study, endpoint)
        patients = table.rows["USUBJID"].nunique()
        if patients < self.least_patients:
            n, k = len(table.rows), int((table.event & self._by_then(table)).sum())
            return Look(
                rate=Rate(n, k, None, None, self.planned, reason=NotJudged.TOO_FEW.value),
                counted=tuple(self._counted(table)),
            )
        km = curve(table, np.ones(len(table.rows), dtype=np.bool_))
        return Look(rate=self._judged(km), counted=tuple(self._counted(table)))

    def _judged(self, km: KaplanMeier) -> Rate:
        day = self.months * DAYS_PER_MONTH
        seen = int(np.searchsorted(km.time, day, side="right"))
        estimate, bound = 1.0, 1.0
        if seen:
            known = km.upper[:seen][~np.isnan(km.upper[:seen])]
            estimate, bound = float(km.survival[seen - 1]), float(known[-1]) if known.size else 1.0
        return Rate(
            n=int(km.n),
            k=int(km.n_event_by([day])[0]),
            estimate=estimate,
            bound=bound,
            limit=self.planned,
            at_months=min(self.months, float(km.time[-1]) / DAYS_PER_MONTH),
            is_crossed=is_missed(self.planned, bound),
        )

    def _by_then(self, table: TimeToEvent) -> np.ndarray:
        return np.asarray(table.days <= self.months * DAYS_PER_MONTH)

    def _counted(self, table: TimeToEvent) -> Iterator[Counted]:
        failed = table.rows[table.event & self._by_then(table)].sort_values(["USUBJID", "LESID"])
        for row in failed.itertuples():
            yield Counted(row.USUBJID, row.SITEID, row.EVNTDESC, row.ADT.date().isoformat())


def _is_late_of_rt(event: AdverseEvent) -> bool:
    is_late = event.phase == ToxicityPhase.LATE
    return is_late and may_be_of_rt(event.attribution, event.present_before_rt)


def local_endpoints(protocol: Protocol) -> dict[str, Endpoint]:
    """The protocol's endpoints of local control by their codes."""
    return {
        endpoint.code: endpoint
        for endpoint in protocol.endpoints
        if LOCAL.issuperset(endpoint.events)
    }


def _impossible(limit: float, reason: NotJudged) -> Rate:
    return Rate(0, 0, None, None, limit, reason=reason.value)
