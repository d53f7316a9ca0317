"""The tables and figures of a study as its paper shows them: which there are, in which order."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.artefacts.bed_bins import bed_bins
from analytics.artefacts.characteristics import characteristics
from analytics.artefacts.constraint_check import constraint_check
from analytics.artefacts.curves import curves
from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.dose_patterns import dose_patterns
from analytics.artefacts.failure_pattern import failure_pattern
from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.follow_up import follow_up
from analytics.artefacts.lost_and_complete import lost_and_complete
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.nested_models import nested_models
from analytics.artefacts.p_value_grid import p_value_grid
from analytics.artefacts.paper_comparison import paper_comparison
from analytics.artefacts.paper_variables import PaperAnalyses, analyses_of
from analytics.artefacts.parts import Artefact
from analytics.artefacts.published_comparison import published_comparison
from analytics.artefacts.stepwise import stepwise
from analytics.artefacts.toxicity import toxicity
from analytics.artefacts.toxicity_over_time import toxicity_over_time
from analytics.artefacts.treatment_summary import treatment_summary
from analytics.artefacts.univariate import univariate
from analytics.cohort import Cohort
from analytics.covariates import Covariate, catalogue
from analytics.covariates.cuts import Thresholds
from registry.protocols.types import Endpoint

logger = logging.getLogger(__name__)


class Section(StrEnum):
    """The pages on which they stand."""

    PATIENTS = "patients"
    TREATMENT = "treatment"
    OUTCOME = "outcome"
    GROUPS = "groups"
    UNIVARIATE = "univariate"
    MODELS = "models"
    TOXICITY = "toxicity"
    FOLLOW_UP = "follow-up"
    PAPER = "paper"

    @property
    def words(self) -> str | Promise:
        """The section in words."""
        return {
            Section.PATIENTS: gettext_lazy("Patients"),
            Section.TREATMENT: gettext_lazy("Treatment"),
            Section.OUTCOME: gettext_lazy("Outcome"),
            Section.GROUPS: gettext_lazy("Curves by group"),
            Section.UNIVARIATE: gettext_lazy("One variable at a time"),
            Section.MODELS: gettext_lazy("Several variables"),
            Section.TOXICITY: gettext_lazy("Toxicity"),
            Section.FOLLOW_UP: gettext_lazy("Follow-up"),
            Section.PAPER: gettext_lazy("The paper and published series"),
        }[self]


@dataclass(frozen=True)
class Item:
    """One table or figure that a study has, before it is made.

    Attributes:
        name: of small letters, digits and hyphens, for addresses and files.
        make: makes it.
    """

    name: str
    title: str
    section: Section
    make: Callable[[], Artefact]

    def artefact(self) -> Artefact:
        """The artefact; one that cannot be made says so, and the others are made all the same."""
        try:
            return self.make()
        except Exception as error:  # a fault in one table must not take the others away
            # The words of an error may hold what was typed about a patient: they are not logged.
            place = traceback.extract_tb(error.__traceback__)[-1]
            logger.error(
                "Artefact %s could not be made: %s in %s, line %s",
                self.name,
                type(error).__name__,
                place.filename,
                place.lineno,
            )
            reason = _("It could not be made; the error is in the log of the server.")
            return Artefact(self.name, self.title, reason=reason)


def study_artefacts(cohort: Cohort) -> Iterator[tuple[str, Artefact]]:
    """Name and artefact of everything that the paper of the study shows, in the papers' order."""
    for item in study_items(cohort):
        yield item.name, item.artefact()


def study_items(cohort: Cohort, *, min_group: int = 1) -> list[Item]:
    """What there is for the study, with the variables, endpoints and times of its paper.

    A study without a paper has what :func:`analyses_of` gives it.

    Args:
        min_group: groups with fewer rows have no curve.
    """
    paper, there = analyses_of(cohort), catalogue(cohort)
    endpoints = [cohort.protocol.endpoint(code) for code in paper.endpoints]
    return list(
        chain(
            _treated(cohort, paper, there),
            _curves(cohort, paper, there, endpoints, min_group),
            _models(cohort, paper, endpoints),
            _afterwards(cohort),
        )
    )


def _treated(cohort: Cohort, paper: PaperAnalyses, there: dict[str, Covariate]) -> Iterator[Item]:
    # Groups of categories stand there already, category by category.
    groupings = [code for code in paper.variables if isinstance(there[code].cut, Thresholds)]
    yield Item(
        "characteristics",
        _("Characteristics of the patients"),
        Section.PATIENTS,
        partial(characteristics, cohort, also=groupings),
    )
    for name, title, make in (
        ("treatment-summary", _("Summary of the radiotherapy"), treatment_summary),
        ("bed-bins", _("Treated lesions by BED"), bed_bins),
        ("dose-patterns", _("Dose and fractionation"), dose_patterns),
    ):
        yield Item(name, title, Section.TREATMENT, partial(make, cohort))
    yield Item("flow-chart", _("Flow of the study"), Section.PATIENTS, partial(flow_chart, cohort))


def _curves(
    cohort: Cohort,
    paper: PaperAnalyses,
    there: dict[str, Covariate],
    endpoints: list[Endpoint],
    min_group: int,
) -> Iterator[Item]:
    yield Item(
        "curves",
        _("Kaplan–Meier curves"),
        Section.OUTCOME,
        partial(curves, cohort, at_months=paper.at_months),
    )
    for endpoint in endpoints:
        for code in paper.curves_of(endpoint, there):
            yield Item(
                _name("curves", endpoint.code, "by", code),
                _("%(endpoint)s by %(variable)s")
                % {"endpoint": _(endpoint.label), "variable": there[code].label},
                Section.GROUPS,
                partial(
                    curves_by_group,
                    cohort,
                    endpoint=endpoint.code,
                    group_by=code,
                    at_months=paper.at_months,
                    min_group=min_group,
                ),
            )


def _models(cohort: Cohort, paper: PaperAnalyses, endpoints: list[Endpoint]) -> Iterator[Item]:
    for endpoint in endpoints:
        yield Item(
            _name("univariate", endpoint.code),
            _("Univariate analysis: %(endpoint)s") % {"endpoint": _(endpoint.label)},
            Section.UNIVARIATE,
            partial(univariate, cohort, endpoint=endpoint.code),
        )
    yield Item("p-values", _("Log-rank tests"), Section.UNIVARIATE, partial(p_value_grid, cohort))
    yield Item(
        "multivariable", _("Multivariable analysis"), Section.MODELS, partial(multivariable, cohort)
    )
    if not paper.nested:
        yield _without(
            "nested-models",
            _("Nested Cox models"),
            Section.MODELS,
            _("The paper of this study follows no exposure through nested models."),
        )
    for nested in paper.nested:
        yield Item(
            _name("nested-models", nested.endpoint, nested.exposure),
            _("Nested Cox models: %(endpoint)s")
            % {"endpoint": _(cohort.protocol.endpoint(nested.endpoint).label)},
            Section.MODELS,
            partial(
                nested_models,
                cohort,
                endpoint=nested.endpoint,
                exposure=nested.exposure,
                models=nested.models,
            ),
        )
    for endpoint in endpoints:
        if endpoint.code not in (paper.stepwise or paper.endpoints[:1]):
            continue
        yield Item(
            _name("stepwise", endpoint.code),
            _("Stepwise Cox model: %(endpoint)s") % {"endpoint": _(endpoint.label)},
            Section.MODELS,
            partial(stepwise, cohort, endpoint=endpoint.code),
        )


def _afterwards(cohort: Cohort) -> Iterator[Item]:
    for name, title, section, make in (
        ("follow-up", _("Length of follow-up"), Section.FOLLOW_UP, follow_up),
        ("toxicity", _("Toxicity"), Section.TOXICITY, toxicity),
        ("toxicity-over-time", _("Toxicity over time"), Section.TOXICITY, toxicity_over_time),
        ("dose-volume", _("Dose-volume figures of a patient"), Section.TREATMENT, _one_patient),
        (
            "constraints",
            _("Dose constraints of organs at risk"),
            Section.TREATMENT,
            constraint_check,
        ),
        ("published", _("Comparison with published series"), Section.PAPER, published_comparison),
        (
            "paper",
            _("Comparison with the paper behind the protocol"),
            Section.PAPER,
            paper_comparison,
        ),
        (
            "lost-and-complete",
            _("Loss to follow-up and completeness"),
            Section.FOLLOW_UP,
            lost_and_complete,
        ),
        ("failure-pattern", _("Pattern and time of failure"), Section.OUTCOME, failure_pattern),
    ):
        yield Item(name, title, section, partial(make, cohort))


def _one_patient(_cohort: Cohort) -> Artefact:
    reason = _(
        "Dose-volume figures are those of one patient: they stand with the patient, for those who "
        "read the case."
    )
    return Artefact("dose-volume", _("Dose-volume figures of a patient"), reason=reason)


def _without(name: str, title: str, section: Section, reason: str) -> Item:
    return Item(name, title, section, lambda: Artefact(name, title, reason=reason))


def _name(*parts: str) -> str:
    return "-".join(parts).lower().replace("_", "-")
