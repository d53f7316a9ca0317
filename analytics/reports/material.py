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
from analytics.models import Snapshot
from analytics.reports.goals import Goal
from analytics.reports.sight import EVERYTHING, Sight, within
from followup.selectors.centres import SideBySide, side_by_side
from registry.models import Study
from registry.number_text import count_text
from registry.scope import system_scope, use_scope
from registry.selectors.form_states import form_state_counts


@dataclass(frozen=True, eq=False)
class Material:
    """Everything that blocks read; none of them asks the database.

    Attributes:
        cohort: the patients whom the reader's report is of.
        today: the day of the report, on which duties are overdue or not.
        centres: all centres of the study on that day; None where there is no such reading.
        forms: form of the status grid → state → number of cases, on that day; empty likewise.
        goals: what the study wants to reach.
        sight: of whom the reader may be told, and how.
        own_centres: codes of the reader's centres; empty for readers of the whole study.
        whole: the patients of all centres, of whom nobody is told but as a group.
        changed: the snapshots of the report before and of this one.
    """

    cohort: Cohort
    today: dt.date
    centres: SideBySide | None = None
    forms: Mapping[str, Mapping[str, int]] | None = None
    goals: tuple[Goal, ...] = ()
    sight: Sight = EVERYTHING
    own_centres: frozenset[str] = frozenset()
    whole: Cohort | None = None
    changed: tuple[Snapshot, Snapshot] | None = None

    @property
    def reads_cases(self) -> bool:
        """The reader reads the cases behind the figures."""
        return self.sight.reads_cases

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
        return count_text(n) if self.reads_cases else count_words(n)


def read_material(
    study: Study,
    *,
    today: dt.date,
    data_cut: dt.date | None = None,
    known_at: dt.datetime | None = None,
    goals: Sequence[Goal] = (),
    sight: Sight,
    whole: Cohort | None = None,
    changed: tuple[Snapshot, Snapshot] | None = None,
) -> Material:
    """The study as a sight shows it, whatever scope is in force.

    The cohort is cut at the data cut, and of what was on file at ``known_at`` (None: now). How
    centres and forms stand is always that of today: the registry keeps no record of what was
    overdue on a day that has passed.

    Args:
        whole: the study of all centres, where it was read before, for another sight.

    Raises:
        ValueError: a data cut for a study whose dates are relative, a goal that is not of its
            protocol.
        ProtocolVersion.DoesNotExist: the study has no protocol, or had none then.
    """
    with system_scope():
        if whole is None:
            whole = read_cohort(study, data_cut=data_cut, known_at=known_at)
        centres = side_by_side(study, today)
        own = study.centres.filter(pk__in=sight.centre_ids).values_list("code", flat=True)
        own_centres = frozenset(own)
    for goal in goals:
        goal.check(whole.protocol)
    with use_scope(sight.scope):
        forms = form_state_counts(study)
    return Material(
        cohort=within(whole, sight, study),
        today=today,
        centres=centres,
        forms=forms,
        goals=tuple(goals),
        sight=sight,
        own_centres=own_centres,
        whole=whole,
        changed=changed,
    )
