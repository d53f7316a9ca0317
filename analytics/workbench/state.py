"""From the address to the result: what was chosen, what could not be used, what is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.http import QueryDict

from analytics.address import read_address
from analytics.cohort import Cohort
from analytics.condition_form import ConditionForm
from analytics.covariates import Covariate, CovariateError, catalogue
from analytics.extract import LandmarkTime
from analytics.workbench.choices import Choices, read_choices, read_landmark
from analytics.workbench.result import Result, analyse
from registry.models import Study
from registry.selectors.studies import reads_cases_of


@dataclass(frozen=True, eq=False)
class State:
    """Everything that the page and its files are made of.

    Attributes:
        cohort: all patients that the reader sees, before the conditions.
        covariates: those that can be chosen; at a landmark, states that may have begun too.
        problems: in words, what of the address could not be used.
        asking: controls for one more condition, None where none is being made.
        result: of these choices; of the endpoint alone where they contradict one another, and
            ``problems`` says how.
        row_access: the reader reads the cases behind the figures.
    """

    study: Study
    cohort: Cohort
    covariates: Mapping[str, Covariate]
    choices: Choices
    problems: tuple[str, ...]
    asking: ConditionForm | None
    result: Result
    row_access: bool

    @property
    def is_asking(self) -> bool:
        """True while the reader makes one more condition."""
        return self.asking is not None


def state_of(study: Study, query: QueryDict) -> State:
    """Reads the study once and analyses it as the address says.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    address = read_address(study, query)
    cohort, covariates = address.cohort, address.covariates
    landmark, wrong = read_landmark(query)
    if landmark is not None:
        covariates = catalogue(replace(cohort, landmark=LandmarkTime(landmark)))
    choices, more = read_choices(
        query,
        cohort.protocol,
        covariates,
        where=address.where,
        landmark=landmark,
        data_cut=address.data_cut,
    )
    problems = [*address.problems, *wrong, *more]
    row_access = reads_cases_of(study)
    try:
        result = analyse(cohort, choices, row_access=row_access)
    except CovariateError as error:
        problems.append(str(error))
        plain = replace(choices, group="", adjust=(), later=(), where=())
        choices, result = plain, analyse(cohort, plain, row_access=row_access)
    return State(
        study, cohort, covariates, choices, tuple(problems), address.asking, result, row_access
    )
