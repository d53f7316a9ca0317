"""Lesions by dose, counted by hand."""

import pytest

from analytics.artefacts.bed_bins import bed_bins
from tests.analytics.artefacts.reading import lines, table
from tests.analytics.cohorts import make_cohort


def lesions(*beds):
    return [{"lesion_bed_tumour_gy": bed} for bed in beds]


def test_a_lesion_on_a_border_counts_above_it():
    cohort = make_cohort(lesions=lesions(56.0, 70.0, 79.99, 80.0, 119.6, 120.0, 187.5, None))

    assert lines(table(bed_bins(cohort))) == [
        "< 70 | 1 (14.3 %)",
        "≥ 70, < 80 | 2 (28.6 %)",
        "≥ 80, < 90 | 1 (14.3 %)",
        "≥ 90, < 100 | 0 (0.0 %)",
        "≥ 100, < 110 | 0 (0.0 %)",
        "≥ 110, < 120 | 1 (14.3 %)",
        "≥ 120 | 2 (28.6 %)",
        "Total | 7 (100.0 %)",
        "Not known | 1",
    ]


def test_the_numbers_of_the_published_table_come_out_of_doses_in_its_bins():
    # Numbers of lesions of the published table, each dose in the middle of its bin.
    published = {65: 4, 75: 13, 85: 15, 95: 9, 105: 24, 115: 2}
    beds = [float(bed) for bed, n in published.items() for _ in range(n)]
    shown = table(bed_bins(make_cohort(protocol="miyakojima", lesions=lesions(*beds))))

    assert [row.cells[0].value for row in shown.rows] == [4, 13, 15, 9, 24, 2, 0, 67]


def test_borders_can_be_chosen():
    shown = table(bed_bins(make_cohort(lesions=lesions(99.9, 100.0)), edges_gy=[100]))
    assert lines(shown) == ["< 100 | 1 (50.0 %)", "≥ 100 | 1 (50.0 %)", "Total | 2 (100.0 %)"]


@pytest.mark.parametrize("edges", [(), (80, 70), (70, 70)])
def test_borders_that_do_not_ascend_are_refused(edges):
    with pytest.raises(ValueError, match="edges_gy must be ascending"):
        bed_bins(make_cohort(), edges_gy=edges)


@pytest.mark.parametrize(
    ("there", "reason"),
    [((), "There is no treated lesion."), ((None,), "The dose of no treated lesion is known.")],
)
def test_without_a_dose_the_reason_is_said(there, reason):
    assert bed_bins(make_cohort(lesions=lesions(*there))).reason == reason
