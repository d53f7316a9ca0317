"""Typst: a template of this folder and its data as a PDF."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent

STANDARDS = ["a-2a", "ua-1"]
"""For archives (ISO 19005-2, with tags and Unicode), and for all readers (ISO 14289-1)."""

# A hyphen before a letter ("Kaplan-Meier") is a place to break at already.
_LONG = re.compile(r"((?:(?!-[^\W\d_])\S){20})(?=(?:(?!-[^\W\d_])\S){4})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\ud800-\udfff]")


def typeset(
    template: str,
    data: Any,
    *,
    at: dt.datetime,
    folder: Path = FOLDER,
    drawings: Sequence[str] = (),
) -> bytes:
    """The template filled with the data: PDF/A-2a and PDF/UA-1, with Typst's own fonts only.

    A text with signs that these fonts do not have (a comment in another script) can be neither;
    the document is then tagged all the same, and shows a box for each such sign.

    Texts travel as JSON and are set as text: nothing in them is read as markup. Typst sees a
    folder with nothing but the template, so that no link in a drawing reads any file.

    Args:
        template: its name in ``folder``.
        at: the moment that the document says it was made.
        drawings: SVG, which the template finds in ``sys.inputs.drawings`` in this order.
    """
    inputs = {
        "data": json.dumps(_breakable(data), ensure_ascii=False),
        "drawings": json.dumps(list(drawings), ensure_ascii=False),
    }
    source = (folder / template).read_bytes()
    try:
        return _compiled(source, inputs, at, STANDARDS)
    except typst.TypstError:
        return _compiled(source, inputs, at, [])


def _breakable(data: Any) -> Any:
    """Long words may be broken; signs that steer a terminal or turn text around are left out."""
    if isinstance(data, str):
        return _LONG.sub("\\1\u200b", _CONTROL.sub("", data))
    if isinstance(data, dict):
        return {name: _breakable(value) for name, value in data.items()}
    return [_breakable(value) for value in data] if isinstance(data, list) else data


def _compiled(
    source: bytes, inputs: dict[str, str], at: dt.datetime, standards: list[Any]
) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "template.typ").write_bytes(source)
        document: bytes = typst.compile(
            folder / "template.typ",
            root=folder,
            ignore_system_fonts=True,
            sys_inputs=inputs,
            format="pdf",
            pdf_standards=standards,
            timestamp=at.replace(microsecond=0),
        )
    return document
