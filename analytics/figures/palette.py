"""Fonts of the figures, and how curves are told apart: by colour, and by a dash pattern for print
in grey and colour-blind eyes.

The colours follow Okabe and Ito's palette (Color Universal Design, 2008), darkened where needed to
keep a contrast of at least 3:1 on white; a style sheet may replace them through the classes.
"""

from typing import NamedTuple


class Pen(NamedTuple):
    """Colour and dash pattern (None: solid) of one curve."""

    colour: str
    dashes: str | None


PENS = (
    Pen("#0072b2", None),
    Pen("#d55e00", "9 4"),
    Pen("#007a5e", "2.5 3.5"),
    Pen("#a3508a", "12 3.5 2.5 3.5"),
    Pen("#8a6500", "5 2.5"),
    Pen("#404040", "14 3 2.5 3 2.5 3"),
)

FONTS = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', Arial, sans-serif"
