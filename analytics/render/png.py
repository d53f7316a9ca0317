"""A drawing as a picture of pixels, for documents and slides."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typst

_PAGE = """#set page(width: auto, height: auto, margin: 4pt, fill: white)
#image("figure.svg")
"""


def png_bytes(svg: str, *, pixels_per_inch: int = 300) -> bytes:
    """The drawing as PNG on white, 96 of its units to the inch.

    Drawn by the typesetter, which reads nothing but this drawing; fonts of the machine are used
    where it has those that the drawing names.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "figure.svg").write_text(svg, encoding="utf-8")
        (folder / "page.typ").write_text(_PAGE, encoding="utf-8")
        picture: bytes = typst.compile(
            folder / "page.typ", root=folder, format="png", ppi=float(pixels_per_inch)
        )
    return picture
