"""Of whose patients a reader's report is, and whether the reader reads their cases.

A report is read from the whole study and cut to a sight, so that the copy of a reader can be made
by a worker as well, and of a moment that has passed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from analytics.cohort import Cohort
from analytics.covariates.subset import of_patients
from registry.models import Participation, Patient, Study, User
from registry.scope import Scope, ScopeError, system_scope, use_scope
from registry.selectors.studies import reads_cases_of, scope_in_force, sees_whole_study


@dataclass(frozen=True, slots=True)
class Sight:
    """What a copy of a report may tell; readers of one sight share one.

    Attributes:
        centre_ids: the reader's own centres in the study, ascending; () for the whole study.
        reads_cases: whether small counts, and tables patient by patient, are shown.
    """

    centre_ids: tuple[int, ...] = ()
    reads_cases: bool = True

    @property
    def is_whole(self) -> bool:
        """Of the patients of every centre."""
        return not self.centre_ids

    @property
    def key(self) -> str:
        """Written for the database: "study", "study-figures", "3,7"."""
        where = ",".join(map(str, self.centre_ids)) or "study"
        return where if self.reads_cases else f"{where}-figures"

    @classmethod
    def read(cls, key: str) -> Sight:
        """The sight of a :attr:`key`."""
        where = key.removesuffix("-figures")
        centres = () if where == "study" else tuple(map(int, where.split(",")))
        return cls(centres, reads_cases=where == key)

    @property
    def for_sending(self) -> Sight:
        """The same without anything that tells of single patients: for files that leave."""
        return replace(self, reads_cases=False)

    @property
    def scope(self) -> Scope:
        """The rows that it shows."""
        return Scope(centre_ids=frozenset(self.centre_ids), everything=self.is_whole)


EVERYTHING = Sight()
"""Every case of every centre: for the installation."""


def sight_in_force(study: Study) -> Sight:
    """The sight of the reader of the scope in force.

    Raises:
        ScopeError: outside any scope, or in that of somebody who may read nothing of the study.
    """
    found = _sight(study)
    if found is None:
        raise ScopeError(f"a report of {study.key} was asked for by who may read nothing of it")
    return found


def sight_of(user: User, study: Study) -> Sight | None:
    """What a person may read of a study today; None for nothing."""
    return sights_of(user, [study])[study]


def sights_of(user: User, studies: Iterable[Study]) -> dict[Study, Sight | None]:
    """:func:`sight_of` of several studies, reading the person's roles once."""
    with use_scope(Scope.of(user)):
        return {study: _sight(study) for study in studies}


def _sight(study: Study) -> Sight | None:
    if sees_whole_study(study):
        return Sight(reads_cases=reads_cases_of(study))
    own = Participation.objects.filter(study=study, centre__in=scope_in_force().centre_ids)
    keys = tuple(sorted(own.values_list("centre_id", flat=True)))
    return Sight(keys) if keys else None  # without any, it would be of every centre


def within(cohort: Cohort, sight: Sight, study: Study) -> Cohort:
    """The patients of a cohort of the whole study whom the sight shows today.

    A patient counts at the centre that has the patient now, whenever the cohort is of.
    """
    if sight.is_whole:
        return cohort
    with use_scope(sight.scope):
        kept = set(Patient.objects.live().values_list("pseudonym", flat=True))
    with system_scope():
        own = Participation.objects.filter(study=study, centre__in=sight.centre_ids)
        codes = set(own.values_list("centre__code", flat=True))
    screened = cohort.screenings
    is_own = screened["USUBJID"].isin(kept) | (
        screened["SITEID"].isin(codes) & (screened["USUBJID"] == "")
    )
    return replace(of_patients(cohort, kept), screenings=screened[is_own].reset_index(drop=True))
