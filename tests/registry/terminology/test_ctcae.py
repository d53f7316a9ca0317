"""CTCAE term tables: counts and grades as published by the National Cancer Institute."""

from pathlib import Path

import pytest

from registry.terminology import ctcae
from registry.terminology.errors import TerminologyError

# Grades that have a text in the publication of each release, picked by hand.
PUBLISHED = {
    "3.0": {
        "Edema:limb": (1, 2, 3, 4, 5),
        "Joint-function": (1, 2, 3, 4),
        "Fibrosis-deep connective tissue": (1, 2, 3, 4, 5),
        "Fracture": (1, 2, 3, 4, 5),
        "Pericardial effusion (non-malignant)": (1, 3, 4, 5),
        "Mucositis/stomatitis (clinical exam) - Select: Oral cavity": (1, 2, 3, 4, 5),
        "Rash: dermatitis associated with radiation - Select: Radiation": (1, 2, 3, 4, 5),
        "Esophagitis": (1, 2, 3, 4, 5),
        "Pneumonitis/pulmonary infiltrates": (1, 2, 3, 4, 5),
        "Serum sickness": (3, 5),
        "Telangiectasia": (1, 2, 3),
        "Ulceration": (2, 3, 4, 5),
        "Infertility/sterility": (2, 3),
    },
    "4.03": {
        "Dermatitis radiation": (1, 2, 3, 4, 5),
        "Edema limbs": (1, 2, 3),
        "Wound infection": (2, 3, 4, 5),
        "Azoospermia": (3,),
        "Pericardial effusion": (2, 3, 4, 5),
        "Peripheral sensory neuropathy": (1, 2, 3, 4, 5),
        "Peripheral motor neuropathy": (1, 2, 3, 4, 5),
        "Brachial plexopathy": (1, 2, 3),
        "Fatigue": (1, 2, 3),
        "Pneumonitis": (1, 2, 3, 4, 5),
        "Enterocolitis": (1, 2, 3, 4, 5),
        "Neutrophil count decreased": (1, 2, 3, 4),
        "Treatment related secondary malignancy": (3, 4, 5),
    },
    "5.0": {
        "Dermatitis radiation": (1, 2, 3, 4, 5),
        "Edema limbs": (1, 2, 3),
        "Wound infection": (1, 2, 3, 4, 5),
        "Azoospermia": (2,),
        "Osteonecrosis": (1, 2, 3, 4, 5),
        "Peripheral sensory neuropathy": (1, 2, 3, 4),
        "Superficial soft tissue fibrosis": (1, 2, 3, 4, 5),
        "Joint range of motion decreased": (1, 2, 3),
        "Soft tissue necrosis lower limb": (2, 3, 4, 5),
        "Lymphedema": (1, 2, 3),
        "Telangiectasia": (1, 2),
        "Premature menopause": (2,),
    },
    "6.0": {
        "Dermatitis radiation": (1, 2, 3, 4, 5),
        "Peripheral edema": (1, 2, 3),
        "Thrombocytopenia": (1, 2, 3, 4, 5),
        "Venous thromboembolism": (1, 2, 3, 4, 5),
        "Wound infection": (1, 2, 3, 4, 5),
        "Wound dehiscence": (1, 2, 3, 4, 5),
        "Osteonecrosis": (1, 2, 3, 4, 5),
        "Peripheral sensory neuropathy": (1, 2, 3, 4),
        "Spinal cord compression": (1, 2, 3, 4, 5),
        "Seroma": (1, 2, 3),
        "Myelitis": (1, 2, 3, 4, 5),
        "Lymphopenia": (1,),
    },
}


@pytest.mark.parametrize(
    ("release", "terms", "socs"),
    [("3.0", 1059, 28), ("4.03", 790, 26), ("5.0", 837, 26), ("6.0", 850, 26)],
)
def test_each_release_has_the_published_number_of_terms_and_classes(release, terms, socs):
    table = ctcae.terms(release)
    assert len(table) == terms
    assert len({term.soc for term in table}) == socs


@pytest.mark.parametrize(
    ("release", "term", "grades"),
    [(release, *item) for release, items in PUBLISHED.items() for item in items.items()],
)
def test_a_term_has_the_published_grades(release, term, grades):
    found = ctcae.find(release, term)
    assert found is not None
    assert found.grades == grades


@pytest.mark.parametrize("release", ctcae.RELEASES)
def test_the_name_alone_tells_a_term_from_every_other_of_its_release(release):
    table = ctcae.terms(release)
    assert len({ctcae.key(term.term) for term in table}) == len(table)


def test_a_term_is_found_whatever_its_case_and_blanks():
    found = ctcae.find("5.0", "  dermatitis   RADIATION ")
    assert found == ctcae.Term(
        "5.0",
        "Injury, poisoning and procedural complications",
        "Dermatitis radiation",
        (1, 2, 3, 4, 5),
    )


def test_a_term_of_another_release_is_not_found():
    assert ctcae.find("6.0", "Edema limbs") is None
    assert ctcae.find("4.03", "Osteonecrosis") is None


def test_an_unknown_release_is_refused_with_the_known_ones():
    with pytest.raises(TerminologyError, match=r"'4\.0' is not shipped.*3\.0, 4\.03, 5\.0, 6\.0"):
        ctcae.terms("4.0")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[Skin]\n123 Pain\n", "table.txt, line 2: expected grades, a tab and a term"),
        ("[Skin]\n\tPain\n", "table.txt, line 2: grades '' are not digits from 1 to 5"),
        ("[Skin]\n126\tPain\n", "table.txt, line 2: grades '126' are not digits from 1 to 5"),
        ("[Skin]\n132\tPain\n", "table.txt, line 2: grades '132' are not in ascending order"),
        ("[Skin]\n122\tPain\n", "table.txt, line 2: grades '122' are not in ascending order"),
        ("[Skin]\n12\tPain\n\n[Eye]\n1\tpain\n", "table.txt, line 5: term 'pain' occurs twice"),
        ("123\tPain\n", "table.txt, line 1: a term stands before the first"),
        ("[Skin\n", "table.txt, line 1: '[Skin' is not a [system organ class]"),
        ("[Skin]\n1\tA\n[Skin]\n", "line 3: system organ class 'Skin' occurs twice"),
        ("# nothing\n", "table.txt: holds no term"),
    ],
)
def test_a_damaged_table_is_refused_naming_file_and_line(tmp_path: Path, text, message):
    path = tmp_path / "table.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TerminologyError) as caught:
        ctcae.read_terms(path, "5.0")
    assert message in str(caught.value)
