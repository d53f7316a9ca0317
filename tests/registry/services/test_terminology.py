"""Storing official grade texts: once, completely, and never half."""

import pytest

from registry.models import CtcaeGrade
from registry.services.terminology import LoadedTexts, load_ctcae_grade_texts
from registry.terminology.ctcae_workbook import GradeText
from registry.terminology.errors import TerminologyError

pytestmark = pytest.mark.django_db

SKIN = "Skin and subcutaneous tissue disorders"
ALOPECIA = [
    GradeText(SKIN, "Alopecia", 1, "some hair lost"),
    GradeText(SKIN, "Alopecia", 2, "most hair lost"),
]


def stored(release: str) -> list[str]:
    rows = CtcaeGrade.objects.filter(term__release=release, term__term="Alopecia")
    return list(rows.order_by("grade").values_list("official_text", flat=True))


def load(texts: list[GradeText], release: str = "5.0") -> LoadedTexts:
    return load_ctcae_grade_texts(release=release, texts=texts, by=None)


def test_texts_are_stored_with_their_grade_in_their_release_only():
    assert load(ALOPECIA) == LoadedTexts(added=2, changed=0, unchanged=0)
    assert stored("5.0") == ["some hair lost", "most hair lost"]
    assert stored("6.0") == ["", ""]


def test_a_second_load_changes_nothing():
    load(ALOPECIA)
    again = load(ALOPECIA)
    assert again == LoadedTexts(added=0, changed=0, unchanged=2)
    assert not again.is_news


def test_a_corrected_text_replaces_the_earlier_one():
    load(ALOPECIA)
    corrected = [ALOPECIA[0]._replace(text="a little hair lost"), ALOPECIA[1]]
    assert load(corrected) == LoadedTexts(added=0, changed=1, unchanged=1)
    assert stored("5.0") == ["a little hair lost", "most hair lost"]


def test_a_grade_that_the_registry_does_not_hold_stops_the_whole_load():
    with pytest.raises(TerminologyError, match=r"no grade 5 of 'Alopecia' in CTCAE 5\.0"):
        load([*ALOPECIA, GradeText(SKIN, "Alopecia", 5, "never")])
    assert stored("5.0") == ["", ""]
