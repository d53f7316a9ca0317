"""How values are written."""

import datetime as dt

import pytest
from django.utils import translation

from registry.models import Disease, Surgery
from registry.partial_date import PartialDate
from registry.templatetags.values import day, day_text, number, value


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (PartialDate(2021, 3, 5), '<time class="nowrap" datetime="2021-03-05">5 Mar 2021</time>'),
        (PartialDate(2021, 3), '<time class="nowrap" datetime="2021-03">Mar 2021</time>'),
        (PartialDate(2021), '<time class="nowrap" datetime="2021">2021</time>'),
        (dt.date(2021, 3, 5), '<time class="nowrap" datetime="2021-03-05">5 Mar 2021</time>'),
        (None, ""),
    ],
)
def test_a_date_is_written_at_its_precision(known, text) -> None:
    assert day(known) == text


def test_a_german_date_is_written_in_figures() -> None:
    with translation.override("de"):
        assert day_text(PartialDate(2026, 11, 30)) == "30.11.2026"
        assert day_text(PartialDate(2026, 3)) == "03/2026"
        assert day_text(PartialDate(2026)) == "2026"


@pytest.mark.parametrize(
    ("given", "places", "text"),
    [(107.456, 1, "107.5"), (50.0, 1, "50"), (73.6, 2, "73.60"), (None, 1, "")],
)
def test_a_number_has_the_places_asked_for_or_none_where_it_is_whole(given, places, text) -> None:
    assert number(given, places) == text


def test_a_code_is_written_as_its_label() -> None:
    assert value(Surgery(residual_tumour="r1"), "residual_tumour") == "R1 (microscopic)"


def test_a_number_keeps_its_unit_on_the_same_line() -> None:
    assert value(Disease(size_cm=8.4), "size_cm", "cm") == '<span class="nowrap">8.4 cm</span>'


def test_yes_and_no_are_words() -> None:
    assert value(Disease(multifocal=False), "multifocal") == "No"


def test_what_is_missing_says_why() -> None:
    disease = Disease(missing={"depth": "refused", "size_cm": "nonsense"})

    assert value(disease, "depth") == '<span class="missing">Refused</span>'
    assert "Not recorded" in value(disease, "size_cm")
    assert "Not recorded" in value(disease, "grade")


def test_a_value_is_never_markup() -> None:
    assert "<b>" not in str(value(Disease(size_cm=1), "size_cm", "<b>"))
