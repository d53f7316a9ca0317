"""Every descriptive artefact says something sensible of nobody, of one, and of nothing known."""

from dataclasses import replace

import pytest

from analytics.artefacts.bed_bins import bed_bins
from analytics.artefacts.characteristics import characteristics
from analytics.artefacts.dose_patterns import dose_patterns
from analytics.artefacts.failure_pattern import failure_pattern
from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.follow_up import follow_up
from analytics.artefacts.lost_and_complete import lost_and_complete
from analytics.artefacts.parts import Figure
from analytics.artefacts.treatment_summary import treatment_summary
from tests.analytics.artefacts.people import cohort_of, person
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import lesions

ARTEFACTS = [
    bed_bins,
    characteristics,
    dose_patterns,
    failure_pattern,
    flow_chart,
    follow_up,
    lost_and_complete,
    treatment_summary,
]

P1 = {"USUBJID": "P1", "SITEID": "A"}
COHORTS = {
    "nobody": make_cohort(),
    "one patient without a fact": make_cohort(patients=[{}]),
    "one patient of whom everything is empty": cohort_of(
        person("P1", lesions=lesions([1])),
        lesions=[P1],
        courses=[P1],
        targets=[P1],
        progressions=[P1],
        losses=[P1],
        screenings=[P1],
    ),
    "patients without lesions": make_cohort(protocol="miyakojima", patients=[{}, {"sex": "male"}]),
    "relative dates": replace(cohort_of(person("P1"), cut=None), dates_are_relative=True),
    "an observational study": make_cohort(protocol="sts_mcgill", patients=[{}]),
}


@pytest.mark.parametrize("cohort", COHORTS.values(), ids=COHORTS)
@pytest.mark.parametrize("artefact", ARTEFACTS)
def test_there_is_something_to_show_or_a_reason_why_not(artefact, cohort):
    made = artefact(cohort)

    assert made.key
    assert made.title
    assert bool(made.parts) != bool(made.reason)
    for part in made.parts:
        table = part.table if isinstance(part, Figure) else part
        assert table.rows
        assert table.notes[-1] == "Synthetic data made for demonstration; no real patient."
        assert all("nan" not in cell.text for row in table.rows for cell in row.cells)
