"""No reader is shown a raw code."""

import pytest

from analytics.artefacts.labels import CHOICES, GROUPS, LISTS, code_label, list_order
from analytics.cohort import columns as schema

COLUMNS = (
    schema.PATIENTS
    | schema.LESIONS
    | schema.COURSES
    | schema.PROGRESSIONS
    | schema.LOSSES
    | schema.SCREENINGS
)


@pytest.mark.parametrize("column", [*CHOICES, *LISTS, *GROUPS])
def test_every_code_of_a_list_has_words(column):
    assert column in COLUMNS
    codes = list(list_order(column))
    assert codes
    assert all(code_label(column, code) != code for code in codes)


def test_yes_and_no_and_several_codes_are_put_in_words():
    assert code_label("had_surgery", "yes") == "Yes"
    assert code_label("chemotherapy_timing", "neoadjuvant;concurrent") == (
        "Neoadjuvant + Concurrent with RT"
    )


def test_what_no_list_knows_stands_for_itself():
    assert code_label("ajcc_stage", "IIB") == "IIB"
    assert code_label("morphology", "Sarcoma, outside slides") == "Sarcoma, outside slides"
    assert code_label("sex", "") == ""
