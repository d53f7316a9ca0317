"""Reminders of what a grade means: complete, in place, and in the registry's own words."""

import re
from pathlib import Path

import pytest

from registry.terminology import ctcae
from registry.terminology.ctcae_workbook import read_grade_texts
from registry.terminology.errors import TerminologyError
from registry.terminology.hints import hinted_terms, hints, read_hints

LONGEST_COMMON_RUN_WORDS = 7

WORKBOOKS = {"5.0": "CTCAE_v5.0_2017-11-27.xlsx", "6.0": "ctcae-v6.0.xlsx"}


@pytest.mark.parametrize("release", ctcae.RELEASES)
def test_reminders_are_for_exactly_the_grades_of_the_term(release):
    named = hinted_terms(release)
    assert len(named) >= 40
    for name in named:
        term = ctcae.find(release, name)
        assert term is not None, name
        reminders = hints(release, name)
        assert tuple(reminders) == term.grades, name
        assert all(text == text.strip() and text for text in reminders.values()), name


# Toxicities that the papers report or that limb-sparing treatment is judged by.
@pytest.mark.parametrize(
    ("release", "term"),
    [
        ("3.0", "Rash: dermatitis associated with radiation - Select: Radiation"),
        ("3.0", "Edema:limb"),
        ("3.0", "Joint-function"),
        ("3.0", "Wound complication, non-infectious"),
        ("3.0", "Mucositis/stomatitis (functional/symptomatic) - Select: Oral cavity"),
        ("3.0", "Pericardial effusion (non-malignant)"),
        ("3.0", "Pneumonitis/pulmonary infiltrates"),
        ("3.0", "Esophagitis"),
        ("4.03", "Fatigue"),
        ("4.03", "Dermatitis radiation"),
        ("4.03", "Enterocolitis"),
        ("4.03", "Peripheral motor neuropathy"),
        ("4.03", "Peripheral sensory neuropathy"),
        ("5.0", "Fracture"),
        ("5.0", "Wound infection"),
        ("5.0", "Fibrosis deep connective tissue"),
        ("6.0", "Joint range of motion decreased"),
        ("6.0", "Peripheral edema"),
    ],
)
def test_toxicities_of_the_papers_have_reminders(release, term):
    assert hints(release, term) != {}


def test_a_reminder_follows_the_border_that_its_release_draws():
    # Neutrophils: CTCAE 6.0 starts where 5.0 has grade 2, and its grade 4 lies below 0.1.
    assert hints("5.0", "Neutrophil count decreased")[4] == "Below 0.5 × 10⁹/l"
    assert hints("6.0", "Neutrophil count decreased")[4] == "Below 0.1 × 10⁹/l"
    # Limb oedema: only CTCAE 3.0 has grades 4 and 5.
    assert list(hints("3.0", "Edema:limb")) == [1, 2, 3, 4, 5]
    assert list(hints("5.0", "Edema limbs")) == [1, 2, 3]


def test_a_term_without_reminders_has_none():
    assert hints("5.0", "Tinnitus") == {}
    assert hints("5.0", "No such term") == {}


def test_an_unknown_release_is_refused():
    with pytest.raises(TerminologyError, match="'2' is not shipped"):
        hints("2", "Pain")


def test_what_one_caller_does_with_reminders_does_not_reach_the_next():
    hints("5.0", "Pain").clear()
    assert list(hints("5.0", "Pain")) == [1, 2, 3]


@pytest.mark.parametrize("release", WORKBOOKS)
def test_no_reminder_repeats_the_official_text(shared_data: Path, release):
    official = read_grade_texts(shared_data / "ctcae" / WORKBOOKS[release], release)
    sentences = {tuple(words(text.text)) for text in official}
    runs = {run for text in official for run in runs_of(text.text)}
    repeated = [
        (of_release, name, grade, text)
        for of_release in ctcae.RELEASES
        for name in hinted_terms(of_release)
        for grade, text in hints(of_release, name).items()
        if tuple(words(text)) in sentences or runs & set(runs_of(text))
    ]
    assert repeated == []


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def runs_of(text):
    """Every run of words longer than may be shared with the official text."""
    found, length = words(text), LONGEST_COMMON_RUN_WORDS + 1
    return [tuple(found[i : i + length]) for i in range(len(found) - length + 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[a", "hints.toml: "),
        ('[a]\ngrades.1 = "x"\n', "hints.toml, [a]: needs terms"),
        ('[a]\nterms."5.0" = ["Pain"]\ngrade.1 = "x"\n', "hints.toml, [a]: needs terms"),
        ('[a]\nterms."5.0" = ["Ache"]\n', "hints.toml, [a]: CTCAE 5.0 has no term 'Ache'"),
        ('[a]\nterms."5.0" = ["pain"]\n', "hints.toml, [a]: CTCAE 5.0 has no term 'pain'"),
        (
            '[a]\nterms."5.0" = ["Pain"]\ngrades.1 = "x"\ngrades.2 = "y"\n',
            "'Pain' of 5.0 has grades [1, 2, 3]; reminders missing for [3]",
        ),
        (
            '[a]\nterms."5.0" = ["Azoospermia"]\ngrades.2 = "x"\nin."5.0".3 = "y"\n',
            "given without need for [3]",
        ),
        (
            '[a]\nterms."5.0" = ["Azoospermia"]\ngrades.2 = "x"\n'
            '[b]\nterms."5.0" = ["Azoospermia"]\ngrades.2 = "x"\n',
            "hints.toml, [b]: 'Azoospermia' of 5.0 stands twice",
        ),
    ],
)
def test_a_damaged_file_is_refused_naming_the_concept(tmp_path: Path, text, message):
    path = tmp_path / "hints.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TerminologyError) as caught:
        read_hints(path)
    assert message in str(caught.value)
