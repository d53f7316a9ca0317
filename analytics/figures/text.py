"""Estimating and breaking text, since an SVG writer does not know the reader's font."""

import unicodedata

# Advance widths in shares of the font size, after the widest of the common sans-serif fonts, so
# that text in any of them fits the room it was given.
_NARROW, _USUAL, _CAPITAL, _BROAD = 0.37, 0.62, 0.72, 0.98
BOLD = 1.12
"""How much wider bold text is."""
_NARROW_CHARACTERS = frozenset(" iljtfrI.,:;'|!()[]/-–")
_BROAD_CHARACTERS = frozenset("mwMW@%—")


def width(content: str, font_size: float) -> float:
    """Estimated width of a line of text, in the unit of `font_size`."""
    return font_size * sum(_advance(character) for character in content)


def wrap(content: str, font_size: float, room: float, *, bold: bool = False) -> list[str]:
    """Lines of at most `room` wide; breaks at spaces, and inside a word only when it must."""
    if bold:
        room /= BOLD
    lines: list[str] = []
    line = ""
    for word in content.split():
        for piece in _pieces(word, font_size, room):
            longer = f"{line} {piece}" if line else piece
            if line and width(longer, font_size) > room:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line] if line else lines


def fitted(content: str, font_size: float, room: float) -> str:
    """The text on one line, cut with an ellipsis where it is wider than `room`."""
    line = " ".join(content.split())
    taken = 0.0
    ellipsis_fits = 0
    for position, character in enumerate(line):
        if taken + width("…", font_size) <= room:
            ellipsis_fits = position
        taken += width(character, font_size)
        if taken > room:
            return line[:ellipsis_fits].rstrip() + "…"
    return line


def _pieces(word: str, font_size: float, room: float) -> list[str]:
    pieces, piece = [], ""
    for character in word:
        if piece and width(piece + character, font_size) > room:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW_CHARACTERS:
        return _NARROW
    if character in _BROAD_CHARACTERS:
        return _BROAD
    return _CAPITAL if character.isupper() else _USUAL
