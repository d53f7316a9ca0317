"""What the workbench shows for the choices of its reader."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from analytics.artefacts.curves import curves
from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.parts import Artefact, Figure, Table
from analytics.artefacts.small_cells import LEAST_SHOWN, too_few_words, without_small_cells
from analytics.cohort import Cohort
from analytics.covariates import subset
from analytics.extract import LandmarkTime
from analytics.workbench.choices import Choices


@dataclass(frozen=True, eq=False)
class Result:
    """The chosen part of the cohort and what is seen in it.

    Attributes:
        cohort: the patients that fulfil the conditions, at the landmark where one is chosen.
        survival: the curves, with their rates.
        model: the Cox model; None where none is asked for.
    """

    choices: Choices
    cohort: Cohort
    survival: Artefact
    model: Artefact | None

    @property
    def figure(self) -> Figure | None:
        """The figure of the curves, None without anybody to draw."""
        return next((part for part in self.survival.parts if isinstance(part, Figure)), None)

    @property
    def rates(self) -> Table | None:
        """The table of rates at the chosen times."""
        return next((part for part in self.survival.parts if isinstance(part, Table)), None)

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """What there is, in the order in which it is read."""
        return (self.survival, self.model) if self.model else (self.survival,)


def analyse(cohort: Cohort, choices: Choices, *, row_access: bool) -> Result:
    """The result for choices that fit the cohort.

    Args:
        cohort: all patients that the reader sees, read with the chosen data cut.
        row_access: the reader reads the cases themselves. To others neither small groups nor
            the curve of a handful are shown: they would tell of single patients.

    Raises:
        CovariateError: choices that do not fit the cohort or one another, such as a value of
            lesions for an endpoint that counts patients, or a state that is part of the endpoint.
    """
    chosen = subset(cohort, choices.where)
    if choices.landmark is not None:
        landmark = LandmarkTime(choices.landmark, least_said=1 if row_access else LEAST_SHOWN)
        chosen = replace(chosen, landmark=landmark)
    if not row_access and _patients(chosen, choices.endpoint) < LEAST_SHOWN:
        few = Artefact("survival", _("Curves"), reason=too_few_words())
        return Result(choices, chosen, few, None)
    least = 1 if choices.small and row_access else LEAST_SHOWN
    survival = _survival(chosen, choices, least)
    model = _model(chosen, choices) if choices.has_model else None
    if not row_access:
        survival = without_small_cells(survival)
        model = without_small_cells(model) if model else None
    return Result(choices, chosen, survival, model)


def _survival(cohort: Cohort, choices: Choices, least: int) -> Artefact:
    if choices.group:
        return curves_by_group(
            cohort,
            endpoint=choices.endpoint,
            group_by=choices.group,
            at_months=choices.at_months,
            conf_type=choices.conf_type,
            min_group=least,
        )
    return curves(
        cohort,
        endpoints=[choices.endpoint],
        at_months=choices.at_months,
        conf_type=choices.conf_type,
    )


def _model(cohort: Cohort, choices: Choices) -> Artefact:
    return multivariable(
        cohort,
        endpoints=[choices.endpoint],
        variables=choices.variables,
        references={},
        later=choices.later,
    )


def _patients(cohort: Cohort, endpoint: str) -> int:
    """Of how many patients a curve of the endpoint would tell."""
    table = cohort.table_of(cohort.protocol.endpoint(endpoint))
    return int(table.rows["USUBJID"].nunique())
