"""Every artefact of survival says something sensible of data that say little."""

import re

import pytest

from analytics.artefacts.curves import curves
from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.fine_gray_table import fine_gray_table
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.nested_models import nested_models
from analytics.artefacts.p_value_grid import p_value_grid
from analytics.artefacts.parts import Figure
from analytics.artefacts.stepwise import stepwise
from analytics.artefacts.univariate import univariate
from tests.analytics.artefacts.survival_cohort import followed

VARIABLES = ("sex", "grade", "age")
HIGHEST = 1000.0  # no ratio above is a finding


def mixed(n):
    return [
        {"sex": ("male", "female")[i % 2], "grade": ("1", "2", "3")[i % 3], "age": 50.0 + i}
        for i in range(n)
    ]


SEPARATED = [{"sex": sex, "grade": "1", "age": 50.0} for sex in ("male",) * 4 + ("female",) * 4]

COHORTS = {
    "nobody": followed([], []),
    "one patient, censored": followed([100], [0], mixed(1)),
    "one patient, dead on the first day": followed([0], [1], mixed(1)),
    "everybody censored": followed([100, 200, 300, 400, 500], [0] * 5, mixed(5)),
    "everybody censored on the first day": followed([0, 0, 0], [0] * 3, mixed(3)),
    "everybody dead": followed([100, 200, 300, 400, 500], [1] * 5, mixed(5)),
    "failure and death on the first day": followed(
        [0, 200, 300, 400, 500, 600],
        [1, 1, 0, 1, 0, 1],
        mixed(6),
        local_failures={1: 0, 3: 10},
    ),
    "failure on the day of death": followed(
        [10, 500, 30, 600], [1] * 4, mixed(4), local_failures={0: 10, 2: 30}
    ),
    "a group without events": followed(
        [10, 500, 30, 600, 50, 700], [1, 0] * 3, mixed(6), local_failures={0: 5, 2: 20}
    ),
    "separation": followed(
        [10, 20, 30, 40, 500, 600, 700, 800],
        [1] * 4 + [0] * 4,
        SEPARATED,
        local_failures={0: 5, 1: 10},
    ),
    "one group": followed([10, 500, 30, 600], [1, 0] * 2, [{"sex": "male"}] * 4),
    "nothing known": followed([10, 500, 30, 600], [1, 0] * 2),
}

ARTEFACTS = {
    "curves": curves,
    "curves by group": lambda cohort: curves_by_group(cohort, endpoint="LC", group_by="sex"),
    "curves by patient and group": lambda cohort: curves_by_group(
        cohort, endpoint="LC_PT", group_by="grade", min_group=2
    ),
    "univariate": lambda cohort: univariate(cohort, endpoint="OS", variables=VARIABLES),
    "univariate of lesions": lambda cohort: univariate(cohort, endpoint="LC", variables=VARIABLES),
    "multivariable": lambda cohort: multivariable(
        cohort, endpoints=("OS", "LC"), variables=VARIABLES
    ),
    "Fine and Gray": lambda cohort: fine_gray_table(cohort, endpoint="LC", variables=VARIABLES),
    "stepwise": lambda cohort: stepwise(cohort, endpoint="OS", variables=VARIABLES),
    "nested": lambda cohort: nested_models(
        cohort, endpoint="LC", exposure="sex", models=[["grade"], ["age"]]
    ),
    "P values": lambda cohort: p_value_grid(
        cohort, variables=VARIABLES, endpoints=("OS", "LC", "LC_PT")
    ),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("cohort", COHORTS.values(), ids=COHORTS)
@pytest.mark.parametrize("artefact", ARTEFACTS.values(), ids=ARTEFACTS)
def test_it_shows_figures_or_says_why_not_and_never_a_ratio_without_meaning(artefact, cohort):
    made = artefact(cohort)

    assert bool(made.parts) != bool(made.reason)
    for part in made.parts:
        table = part.table if isinstance(part, Figure) else part
        texts = [cell.text for row in table.rows for cell in row.cells]
        assert not [text for text in texts if re.search(r"\b(nan|inf|None)\b", text)]
        for heading, cells in zip(table.columns, zip(*_full(table), strict=True), strict=True):
            if "ratio" in heading.label:
                ratios = [cell.value for cell in cells if cell.value is not None]
                assert all(1 / HIGHEST < ratio < HIGHEST for ratio in ratios)


def _full(table):
    return [row.cells for row in table.rows if row.cells]
