"""What every address of the analysis may say: the data cut, and which patients or lesions.

What cannot be used is left out and said in words, so that an old or mistyped address still shows
something.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.cohort import Cohort
from analytics.cohort.read import read_cohort
from analytics.condition_form import ConditionForm, condition_form, typed_condition
from analytics.covariates import Condition, Covariate, CovariateError, catalogue
from analytics.covariates.covariate import find_covariate
from registry.models import Study

MOST_CONDITIONS = 12


@dataclass(frozen=True, eq=False)
class Address:
    """An address, read.

    Attributes:
        cohort: all patients that the reader sees, known up to the data cut, before the conditions.
        covariates: those that can be chosen by.
        where: the conditions, each once.
        problems: in words, what of the address could not be used.
        asking: controls for one more condition, None where none is being made.
    """

    cohort: Cohort
    covariates: Mapping[str, Covariate]
    data_cut: dt.date | None
    where: tuple[Condition, ...]
    problems: tuple[str, ...]
    asking: ConditionForm | None


def read_address(study: Study, query: QueryDict) -> Address:
    """Reads the study once, as the address says.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    data_cut, problems = read_data_cut(query, allowed=not study.dates_are_relative)
    cohort = read_cohort(study, data_cut=data_cut)
    covariates = catalogue(cohort)
    typed = typed_condition(query)
    texts = [*query.getlist("where"), *([typed] if typed else [])]
    where, wrong = read_conditions(texts, covariates)
    # A condition that could not be used is asked for once more.
    asking = None if typed and not wrong else condition_form(query, covariates)
    return Address(cohort, covariates, data_cut, where, (*problems, *wrong), asking)


def read_data_cut(query: QueryDict, *, allowed: bool) -> tuple[dt.date | None, list[str]]:
    """The data cut of an address, which decides what is read; and what is wrong with it."""
    text = query.get("cut", "").strip()
    if not text:
        return None, []
    if not allowed:
        return None, [_("Dates of this study are relative: no day of the calendar cuts them.")]
    try:
        return dt.date.fromisoformat(text), []
    except ValueError:
        return None, [_("Data cut: %(text)s is no day (YYYY-MM-DD).") % {"text": text}]


def read_conditions(
    texts: Sequence[str], covariates: Mapping[str, Covariate]
) -> tuple[tuple[Condition, ...], list[str]]:
    """The conditions that these texts write, each once, and in words those that are none."""
    conditions: dict[Condition, None] = {}
    problems: list[str] = []
    for text in filter(None, texts[:MOST_CONDITIONS]):
        try:
            condition = Condition.parse(text)
            condition.check(find_covariate(covariates, condition.covariate))
        except CovariateError as error:
            problems.append(str(error))
        else:
            conditions[condition] = None
    return tuple(conditions), problems
