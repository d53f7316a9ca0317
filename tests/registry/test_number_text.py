"""Numbers as text: English without separators, other languages by Django's formats of them."""

import pytest
from django.utils import translation

from registry.number_text import count_text, decimal, general, short


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["4188.84", "45", "71.3", "12345", "0.05", "10000000"]),
        ("de", ["4.188,84", "45", "71,3", "12.345", "0,05", "10.000.000"]),
    ],
)
def test_marks_and_separators_are_those_of_the_language(language, expected):
    with translation.override(language):
        written = [
            decimal(4188.8401, 2),
            short(45.0, 1),
            short(71.32, 1),
            count_text(12345),
            general(0.05),
            general(1e7),
        ]
    assert written == expected


def test_a_number_is_rounded_and_not_cut_off():
    assert decimal(0.996, 2) == "1.00"
    assert short(2.97, 1) == "3.0"
    assert general(1 / 3, 3) == "0.333"
