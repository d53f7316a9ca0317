"""A report whose every text tries to be something else than text."""

from __future__ import annotations

import datetime as dt

from analytics.artefacts.parts import Artefact, Cell, Column, Figure, Row, Table
from analytics.figures.svg import element, text
from analytics.reports.report import Block, Report

MADE_AT = dt.datetime(2026, 7, 10, 12, 30, tzinfo=dt.UTC)
LONG_WORD = "W" * 10_000
HOSTILE = (
    '<script>alert(1)</script> #import "x.typ" ]] $x^2$ #read("/etc/passwd") @ref *b* =1+1 '
    "\x00\x07\u202e {{ 7|add:7 }} & שלום 🙂"
)


def table(words: str) -> Table:
    """Heading, lines and notes of these words."""
    return Table(
        key="t",
        title=words,
        stub=words,
        columns=(Column(words, words, is_number=False), Column("n", words)),
        rows=(Row(words), Row(words, (Cell(words, words), Cell("7", 7)), indent=1)),
        notes=(words,),
    )


def report(words: str = HOSTILE) -> Report:
    """One table, one drawing, one reason and one paragraph."""
    svg = element(
        "svg",
        text(5, 30, words, "fig-text"),
        xmlns="http://www.w3.org/2000/svg",
        viewBox="0 0 720 60",
        class_="figure",
    )
    figure = Figure("f", words, svg, table(words), notes=(words,))
    artefacts = (
        Artefact("a", words, (table(words), figure)),
        Artefact("b", words, reason=words),
    )
    return Report(
        title=words,
        study="made-up",
        data_cut=dt.date(2026, 6, 30),
        made_at=MADE_AT,
        blocks=(
            Block("one", words, artefacts),
            Block("two", words, paragraphs=(words, LONG_WORD)),
            Block("three", "Third", failed=True),
        ),
        notes=(words,),
    )
