"""The colours of the stylesheet keep WCAG 2.2 AA, light and dark."""

import re

import pytest

from tests.conftest import ROOT

CSS = (ROOT / "static" / "css" / "registry.css").read_text(encoding="utf-8")
BLOCKS = re.findall(r":root \{(.*?)\n\s*\}", CSS, flags=re.DOTALL)

TEXT = ["ink", "ink-soft", "accent", "accent-hover", "overdue", "due", "done"]
GROUND = ["paper", "surface", "sunken", "accent-wash", "overdue-wash", "due-wash", "done-wash"]
SHAPES = ["line-strong", "curve-1", "curve-2", "curve-3", "curve-4"]


def colours(scheme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]+)", BLOCKS[["light", "dark"].index(scheme)]))


def luminance(colour: str) -> float:
    """Relative luminance of sRGB as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_on_every_ground(scheme: str) -> None:
    named = colours(scheme)
    pairs = [(text, ground) for text in TEXT for ground in GROUND] + [("on-accent", "accent")]

    assert {
        pair: round(contrast(named[pair[0]], named[pair[1]]), 2)
        for pair in pairs
        if contrast(named[pair[0]], named[pair[1]]) < 4.5
    } == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_and_curves_stand_out(scheme: str) -> None:
    named = colours(scheme)

    assert {
        (shape, ground): contrast(named[shape], named[ground])
        for shape in SHAPES
        for ground in ("paper", "surface")
        if contrast(named[shape], named[ground]) < 3
    } == {}


def test_no_rule_of_the_stylesheet_names_a_colour_outside_of_the_tokens() -> None:
    rules = re.sub(r":root \{.*?\n\s*\}", "", CSS, flags=re.DOTALL)
    rules = rules[: rules.index("@media print")]

    assert re.findall(r"#[0-9a-f]{3,6}\b(?![^{]*\{)", rules) == []
