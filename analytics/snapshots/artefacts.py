"""The tables and figures that every snapshot holds, beside the censoring audits."""

from __future__ import annotations

from analytics.artefacts.characteristics import characteristics
from analytics.artefacts.curves import curves
from analytics.artefacts.failure_pattern import failure_pattern
from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.follow_up import follow_up
from analytics.artefacts.lost_and_complete import lost_and_complete
from analytics.artefacts.parts import Artefact
from analytics.artefacts.toxicity import toxicity
from analytics.artefacts.treatment_summary import treatment_summary
from analytics.cohort import Cohort


def frozen_artefacts(cohort: Cohort) -> tuple[Artefact, ...]:
    """What is frozen, in the order in which it is read; no line is about one patient."""
    return (
        flow_chart(cohort),
        characteristics(cohort),
        treatment_summary(cohort),
        follow_up(cohort),
        curves(cohort),
        toxicity(cohort),
        failure_pattern(cohort),
        lost_and_complete(cohort),
    )
