"""The tables and figures that every snapshot holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analytics.artefacts.censoring_audit import censoring_audit
from analytics.artefacts.characteristics import characteristics
from analytics.artefacts.curves import curves
from analytics.artefacts.failure_pattern import failure_pattern
from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.follow_up import follow_up
from analytics.artefacts.lost_and_complete import lost_and_complete
from analytics.artefacts.parts import Artefact, Figure, Part
from analytics.artefacts.toxicity import toxicity
from analytics.artefacts.treatment_summary import treatment_summary
from analytics.cohort import Cohort

AUDIT = "censoring_audit"
AUDIT_ROWS = "censoring_audit_rows"


def frozen_artefacts(cohort: Cohort) -> tuple[Artefact, ...]:
    """What is frozen, in the order in which it is read; the censoring audits with their rows."""
    return (
        flow_chart(cohort),
        characteristics(cohort),
        treatment_summary(cohort),
        follow_up(cohort),
        curves(cohort),
        toxicity(cohort),
        failure_pattern(cohort),
        lost_and_complete(cohort),
        *_audits(cohort),
    )


def _audits(cohort: Cohort) -> Iterator[Artefact]:
    for endpoint in cohort.protocol.endpoints:
        audit = censoring_audit(cohort, endpoint_code=endpoint.code, row_access=True)
        suffix = endpoint.code.lower()
        parts = tuple(replace(part, key=f"{part.key}-{suffix}") for part in audit.parts)
        yield replace(audit, key=f"{AUDIT}-{suffix}", parts=parts)


def without_rows(artefact: Artefact) -> Artefact:
    """The artefact as readers see it who do not read cases: no line is about one patient."""
    if artefact.of_one_patient:
        return replace(artefact, parts=())
    return replace(artefact, parts=tuple(part for part in artefact.parts if not is_of_rows(part)))


def is_of_rows(part: Part) -> bool:
    """True for a table of patients line by line."""
    return not isinstance(part, Figure) and part.key.startswith(AUDIT_ROWS)
