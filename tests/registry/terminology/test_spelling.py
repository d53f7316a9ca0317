"""British spellings of CTCAE's words."""

import pytest

from registry.terminology.spelling import british


@pytest.mark.parametrize(
    ("american", "expected"),
    [
        ("esophagitis", "oesophagitis"),
        ("edema limbs", "oedema limbs"),
        ("lymphedema", "lymphoedema"),
        ("anemia", "anaemia"),
        ("hypokalemia", "hypokalaemia"),
        ("hemolytic uremic syndrome", "haemolytic uraemic syndrome"),
        ("methemoglobinemia", "methaemoglobinaemia"),
        ("cardiac ischemia", "cardiac ischaemia"),
        ("diarrhea", "diarrhoea"),
        ("dyspnea", "dyspnoea"),
        ("paresthesia", "paraesthesia"),
        ("leukocytosis", "leucocytosis"),
        (
            "leukemia secondary to oncology chemotherapy",
            "leukaemia secondary to oncology chemotherapy",
        ),
        ("fetal death", "foetal death"),
        ("gynecomastia", "gynaecomastia"),
        ("tumor lysis syndrome", "tumour lysis syndrome"),
        ("generalized muscle weakness", "generalised muscle weakness"),
    ],
)
def test_american_words_become_british(american, expected):
    assert british(american) == expected


@pytest.mark.parametrize(
    "word",
    ["erythema", "chemotherapy", "hemiparesis", "thoracodorsal", "colorectal", "systemic", "size"],
)
def test_words_that_both_spell_alike_stay(word):
    assert british(word) == word
