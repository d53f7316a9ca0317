"""From the address to the tables of a study: which patients, up to which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from analytics.address import read_address
from analytics.artefacts.parts import Artefact
from analytics.artefacts.small_cells import LEAST_SHOWN, too_few_words, without_small_cells
from analytics.artefacts.study_set import Item, Section, study_items
from analytics.cohort import Cohort
from analytics.condition_form import ConditionForm
from analytics.covariates import Condition, Covariate, subset
from registry.models import Study
from registry.selectors.studies import reads_cases_of


@dataclass(frozen=True, eq=False)
class State:
    """What the pages and files are made of.

    Attributes:
        cohort: the patients that the reader sees and that fulfil the conditions.
        n_all: how many there are without the conditions.
        problems: in words, what of the address could not be used.
        asking: controls for one more condition, None where none is being made.
        row_access: the reader reads the cases behind the figures.
        reason: why nothing is shown of these patients to this reader; "" where it is.
    """

    study: Study
    cohort: Cohort
    covariates: Mapping[str, Covariate]
    n_all: int
    where: tuple[Condition, ...]
    data_cut: dt.date | None
    problems: tuple[str, ...]
    asking: ConditionForm | None
    row_access: bool
    reason: str
    items: tuple[Item, ...]

    @property
    def query(self) -> str:
        """The part of the address after "?"; "" for all patients and facts."""
        return self.query_of(self.where)

    def query_of(self, where: tuple[Condition, ...]) -> str:
        """The same with other conditions."""
        pairs = [("where", condition.text) for condition in where]
        if self.data_cut is not None:
            pairs.append(("cut", self.data_cut.isoformat()))
        return urlencode(pairs)

    def of(self, section: Section) -> list[Item]:
        """What stands on a page."""
        return [item for item in self.items if item.section is section]

    def artefact(self, item: Item) -> Artefact:
        """A table or figure, without small counts for those who do not read the cases.

        Beside published figures small counts tell of nobody here.
        """
        found = item.artefact()
        if self.row_access or item.section is Section.PAPER:
            return found
        return without_small_cells(found)


def state_of(study: Study, query: QueryDict) -> State:
    """Reads the study once, as the address says.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    address = read_address(study, query)
    cohort = subset(address.cohort, address.where)
    row_access = reads_cases_of(study)
    return State(
        study=study,
        cohort=cohort,
        covariates=address.covariates,
        n_all=len(address.cohort.patients),
        where=address.where,
        data_cut=address.data_cut,
        problems=address.problems,
        asking=address.asking,
        row_access=row_access,
        reason="" if row_access or len(cohort.patients) >= LEAST_SHOWN else too_few_words(),
        items=tuple(study_items(cohort, min_group=1 if row_access else LEAST_SHOWN)),
    )
