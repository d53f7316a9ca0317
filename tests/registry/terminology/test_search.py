"""Finding CTCAE terms: order of nearness, spellings, words in any order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.terminology import ctcae
from registry.terminology.errors import TerminologyError
from registry.terminology.search import search


def names(release: str, text: str) -> list[str]:
    return [term.term for term in search(release, text)]


def test_two_letters_find_terms_and_the_nearest_come_first():
    found = names("5.0", "fi")
    order = [
        "Fibrosis deep connective tissue",  # begins the term
        "Anal fistula",  # begins a word of it
        "Adrenal insufficiency",  # stands inside of a word
    ]

    assert [name for name in found if name in order] == order
    assert found[:2] == ["Fibrinogen decreased", "Fibrosis deep connective tissue"]


def test_terms_of_a_class_come_last_and_all_of_them():
    found = names("5.0", "cardiac")
    of_class = {term.term for term in ctcae.terms("5.0") if term.soc == "Cardiac disorders"}

    assert found[0] == "Cardiac arrest"
    assert of_class <= set(found)
    assert found.index("Non-cardiac chest pain") < found.index("Aortic valve disease")


def test_the_rest_of_a_class_comes_after_its_named_terms():
    found = names("5.0", "skin")
    rest = found.index("Skin and subcutaneous tissue disorders - Other, specify")

    assert found.index("Skin ulceration") < rest


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("oesophagitis", "esophagitis"),
        ("oedema", "edema"),
        ("anaemia", "anemia"),
        ("haemorrhage", "hemorrhage"),
        ("haematoma", "hematoma"),
        ("hyperkalaemia", "hyperkalemia"),
        ("diarrhoea", "diarrhea"),
        ("dyspnoea", "dyspnea"),
    ],
)
@pytest.mark.parametrize("release", ctcae.RELEASES)
def test_both_spellings_find_the_same(release, british, american):
    assert names(release, british) == names(release, american)


def test_a_british_spelling_finds_the_term():
    assert names("5.0", "oesophagitis") == ["Esophagitis"]
    assert names("4.03", "lymphoedema") == ["Lymphedema"]
    assert "Edema:limb" in names("3.0", "oedema")


def test_words_are_found_in_any_order_case_and_with_any_mark_between():
    expected = names("4.03", "dermatitis radiation")

    assert expected == ["Dermatitis radiation"]
    assert names("4.03", "RADIATION   Dermatitis") == expected
    assert names("4.03", "rad-derm")[0] == "Dermatitis radiation"


def test_every_word_must_be_found():
    assert names("4.03", "dermatitis zzz") == []


def test_the_whole_name_of_a_term_finds_it_first():
    assert [
        (term.release, term.term)
        for release in ctcae.RELEASES
        for term in ctcae.terms(release)[::5]
        if names(release, term.term)[:1] != [term.term]
    ] == []


@given(text=st.text(max_size=40))
def test_any_text_is_answered_without_repetition(text):
    found = names("5.0", text)

    assert len(found) == len(set(found))


@given(
    text=st.text(alphabet="abdeihmorst ", min_size=2, max_size=6), more=st.sampled_from("aeirst")
)
def test_typing_on_only_narrows_down(text, more):
    assert set(names("5.0", text + more)) <= set(names("5.0", text)) or not text.split()


@pytest.mark.parametrize("text", ["", "   ", "–", "\0", "\u200b"])
def test_a_text_without_words_finds_nothing(text):
    assert names("4.03", text) == []


def test_a_release_that_is_not_shipped_is_refused():
    with pytest.raises(TerminologyError, match=r"2\.0"):
        search("2.0", "fatigue")
