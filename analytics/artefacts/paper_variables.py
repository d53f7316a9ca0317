"""Which variables, endpoints and times the tables of the papers show, study by study.

They are what the artefacts show where nobody asks for others. The tables are numbered as in the
papers, which the protocols cite.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analytics.cohort import Cohort
from analytics.covariates import Covariate, catalogue
from analytics.covariates.catalogue import values_of
from analytics.curves import AT_MONTHS
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit

LEAST_IN_GROUP = 5
MOST_GROUPS = 4
MOST_CURVES = 3
"""Figures of curves by group for an endpoint of a study without a paper."""


@dataclass(frozen=True)
class NestedModels:
    """An exposure, and what each further model adds; see :func:`nested_models`."""

    endpoint: str
    exposure: str
    models: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class PaperAnalyses:
    """What a paper analyses.

    Attributes:
        endpoints: codes, in the order of its tables.
        variables: codes of covariates of its univariate tables.
        of_lesions: the same for endpoints counted by lesion, where they are others.
        curves: groupings by endpoint whose curves are drawn; without an entry the first of its
            univariate table.
        at_months: times of its rates.
        multivariable: variables of its Cox models by endpoint, where not all of its univariate
            table.
        references: reference category by covariate, where not the first.
        nested: its nested models.
        stepwise: endpoints whose variables it selects step by step.
    """

    endpoints: tuple[str, ...]
    variables: tuple[str, ...]
    of_lesions: tuple[str, ...] = ()
    curves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    at_months: tuple[float, ...] = AT_MONTHS
    multivariable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    nested: tuple[NestedModels, ...] = ()
    stepwise: tuple[str, ...] = ()

    def variables_of(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Variables of the univariate table of an endpoint."""
        if endpoint.unit is Unit.LESION and self.of_lesions:
            return self.of_lesions
        return self.variables

    def multivariable_of(self, endpoint: Endpoint) -> tuple[str, ...]:
        """Variables of the Cox model of an endpoint."""
        return self.multivariable.get(endpoint.code, self.variables_of(endpoint))

    def curves_of(self, endpoint: Endpoint, there: Mapping[str, Covariate]) -> tuple[str, ...]:
        """Groupings whose curves are drawn of an endpoint."""
        if endpoint.code in self.curves:
            return self.curves[endpoint.code]
        codes = self.variables_of(endpoint)
        return tuple(code for code in codes if there[code].kind == "category")[:MOST_CURVES]


MIYAKOJIMA = PaperAnalyses(
    # Table IV.
    endpoints=("OS",),
    variables=(
        "age_65",
        "sex",
        "ecog_1",
        "kps_80",
        "cci_7",
        "cci_age_adjusted_7",
        "viable_sites",
        "setting",
    ),
    # Figure 3.
    curves={"OS": ("viable_sites",)},
    at_months=(12, 24, 36),
    references={"viable_sites": "multiple"},
)

JINLING = PaperAnalyses(
    # Tables 3 and 4; table 5 for the nested models. The paper gives patients a size of lesion too,
    # which is not defined where a patient has several.
    endpoints=("OS", "PFS", "LC"),
    variables=("relapse", "grade_2_3", "lesions_2", "bed_100"),
    of_lesions=("relapse", "grade_2_3", "lesions_2", "lesion_size_5", "lesion_bed_100"),
    # Figures 2 to 4.
    curves={
        "LC": ("grade_2_3", "lesion_size_5"),
        "OS": ("grade_2_3", "lesions_2", "relapse"),
        "PFS": ("grade_2_3", "lesions_2", "relapse"),
    },
    at_months=(12, 24, 36),
    multivariable={
        "OS": ("relapse", "grade_2_3", "lesions_2"),
        "PFS": ("relapse", "grade_2_3", "lesions_2"),
        "LC": ("relapse", "grade_2_3", "lesions_2", "lesion_size_5"),
    },
    references={
        "relapse": "oligometastasis",
        "grade_2_3": "g2_3",
        "lesions_2": "ge2",
        "bed_100": "ge100",
        "lesion_size_5": "gt5",
        "lesion_bed_100": "ge100",
    },
    nested=(NestedModels("LC", "grade_2_3", (("lesion_size_5",), ("relapse", "lesions_2"))),),
)

CNAO = PaperAnalyses(
    # Tables III and IV. Their groups by local failure and by metastasis are left out: both come
    # after the time origin, so that whoever lives longer has more time to get into the group.
    endpoints=("LC", "DPFS", "OS"),
    variables=(
        "age",
        "sex",
        "histology_group",
        "grade",
        "presentation",
        "had_surgery",
        "chemotherapy_before_rt",
        "gtv_1000",
    ),
    # The paper draws no groups; these are the volumes that its tables III and IV set apart.
    curves={"LC": ("gtv_1000",), "DPFS": ("gtv_1000",), "OS": ("gtv_1000",)},
    at_months=(12, 24, 36),
)

CAMS = PaperAnalyses(
    # Table 2, and the stepwise Cox models of the text. The age of 50 years is the median there.
    endpoints=("LC", "OS"),
    variables=("sex", "age", "location", "size_5", "depth", "stage_2", "grade", "margin"),
    # The paper draws no groups; these are the ones that its table 2 sets apart.
    curves={"LC": ("margin",), "OS": ("size_5",)},
    at_months=(36, 60),
    stepwise=("LC", "OS"),
)

BY_STUDY = {"miyakojima": MIYAKOJIMA, "jinling": JINLING, "cnao": CNAO, "cams": CAMS}
"""By the key of the study's protocol."""


def analyses_of(cohort: Cohort) -> PaperAnalyses:
    """What the paper of the study's protocol analyses; without a paper what can be compared.

    The latter are all endpoints, and the covariates in two to four categories of which two hold
    five patients or more each; of several groupings of one value the first.
    """
    paper = BY_STUDY.get(cohort.protocol.key)
    if paper is not None:
        return paper
    by_column: dict[str, str] = {}
    for code, covariate in catalogue(cohort).items():
        if covariate.column not in by_column and _can_be_compared(cohort, covariate):
            by_column[covariate.column] = code
    return PaperAnalyses(
        endpoints=tuple(endpoint.code for endpoint in cohort.protocol.endpoints),
        variables=tuple(by_column.values()),
    )


def _can_be_compared(cohort: Cohort, covariate: Covariate) -> bool:
    if covariate.kind == "number" or covariate.level != "patient" or covariate.code == "centre":
        return False
    sizes = values_of(cohort, covariate, Unit.PATIENT).value_counts()
    return (sizes >= LEAST_IN_GROUP).sum() >= 2 and (sizes > 0).sum() <= MOST_GROUPS
