"""Typst: a template of this folder and its data as a PDF."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import typst

FOLDER = Path(__file__).parent

_LONG = re.compile(r"(\S{20})(?=\S{4})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def typeset(template: str, data: Any, *, at: dt.datetime) -> bytes:
    """The template filled with the data: PDF/UA-1, with Typst's own fonts only.

    A text with signs that these fonts do not have (a comment in another script) cannot be PDF/UA;
    the document is then tagged all the same, and shows a box for each such sign.

    Texts travel as JSON and are set as text: nothing in them is read as markup, and the template
    reads no other file than those of its folder.

    Args:
        at: the moment that the document says it was made.
    """
    data = _breakable(data)
    try:
        return _compiled(template, data, at, ["ua-1"])
    except typst.TypstError:
        return _compiled(template, data, at, [])


def _breakable(data: Any) -> Any:
    """Words too long for a column may be broken; signs that steer a terminal are left out."""
    if isinstance(data, str):
        return _LONG.sub("\\1\u200b", _CONTROL.sub("", data))
    if isinstance(data, dict):
        return {name: _breakable(value) for name, value in data.items()}
    return [_breakable(value) for value in data] if isinstance(data, list) else data


def _compiled(template: str, data: Any, at: dt.datetime, standards: list[Any]) -> bytes:
    document: bytes = typst.compile(
        FOLDER / template,
        root=FOLDER,
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=standards,
        timestamp=at.replace(microsecond=0),
    )
    return document
