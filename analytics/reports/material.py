"""What the blocks of a report are made of: a cohort, and how the study stands at its centres."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analytics.artefacts.paper_variables import PaperAnalyses, analyses_of
from analytics.artefacts.small_cells import LEAST_SHOWN, count_words
from analytics.cohort import Cohort
from analytics.cohort.read import read_cohort
from analytics.reports.goals import Goal
from followup.selectors.centres import SideBySide, side_by_side
from registry.models import Study
from registry.scope import use_scope
from registry.selectors.form_states import form_state_counts
from registry.selectors.studies import reads_cases_of, scope_in_force, sees_whole_study


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that blocks read; none of them asks the database.

    Attributes:
        today: the day of the report, on which duties are overdue or not.
        centres: the centres side by side on that day; None where there is no such reading.
        forms: form of the status grid → state → number of cases, on that day; empty likewise.
        goals: what the study wants to reach.
        reads_cases: the reader reads the cases behind the figures.
    """

    cohort: Cohort
    today: dt.date
    centres: SideBySide | None = None
    forms: Mapping[str, Mapping[str, int]] | None = None
    goals: tuple[Goal, ...] = ()
    reads_cases: bool = True

    @cached_property
    def analyses(self) -> PaperAnalyses:
        """Endpoints, variables and times of the study's tables."""
        return analyses_of(self.cohort)

    @property
    def hides_everything(self) -> bool:
        """So few patients that every figure would tell of single ones."""
        return not self.reads_cases and 0 < len(self.cohort.patients) < LEAST_SHOWN

    def shown(self, n: int) -> str:
        """A count for a sentence, hidden where it is small and the reader reads no cases."""
        return str(n) if self.reads_cases else count_words(n)


def read_material(
    study: Study, *, today: dt.date, data_cut: dt.date | None = None, goals: Sequence[Goal] = ()
) -> Material:
    """The study as the scope in force shows it.

    The cohort is cut at the data cut. How centres and forms stand is always that of today: the
    registry keeps no record of what was overdue on a day that has passed.

    Raises:
        ValueError: a data cut for a study whose dates are relative, a goal that is not of its
            protocol.
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    cohort = read_cohort(study, data_cut=data_cut)
    for goal in goals:
        goal.check(cohort.protocol)
    with use_scope(scope_in_force().for_figures()):
        forms = form_state_counts(study)
    return Material(
        cohort=cohort,
        today=today,
        centres=side_by_side(study, today) if sees_whole_study(study) else None,
        forms=forms,
        goals=tuple(goals),
        reads_cases=reads_cases_of(study),
    )
