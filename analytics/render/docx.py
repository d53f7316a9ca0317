"""Artefacts as a document of a word processor, with tables that stay tables."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from analytics.artefacts.parts import Artefact, Figure, Row, Table, numbers_of
from analytics.render.archive import without_times
from analytics.render.png import png_bytes
from analytics.render.spans import spans

# What XML 1.0 does not allow, escaped or not.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WIDE_FROM = 7
"""Number of columns from which a document lies on its side."""
LONGEST_PROPERTY = 255
CELL_STYLE = "Cell"


def docx_bytes(artefacts: Sequence[Artefact], *, title: str, at: dt.datetime) -> bytes:
    """The document: each artefact under a heading, figures as pictures, notes small under both.

    Args:
        at: when it was made, in UTC: kept in the document's properties, so that the same artefacts
            of the same moment give the same document.
    """
    document = new_document(artefacts, title=title, at=at)
    for artefact in artefacts:
        document.add_heading(plain(artefact.title), level=1)
        add_artefact(document, artefact)
    return document_bytes(document)


def new_document(artefacts: Sequence[Artefact], *, title: str, at: dt.datetime) -> Any:
    """A document in the language in force with its title.

    It lies on its side where a table of these artefacts is wide.
    """
    document = Document()
    _say_language(document)
    # Word refuses longer properties.
    document.core_properties.title = plain(title)[:LONGEST_PROPERTY]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = at
    document.core_properties.modified = at
    document.styles["Normal"].font.size = Pt(10)
    cells = document.styles.add_style(CELL_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    cells.base_style = document.styles["Normal"]
    cells.font.size = Pt(9)
    cells.paragraph_format.space_after = Pt(0)
    if any(len(numbers_of(part).columns) >= _WIDE_FROM for one in artefacts for part in one.parts):
        _lay_on_its_side(document)
    document.add_heading(plain(title), level=0)
    return document


def document_bytes(document: Any) -> bytes:
    """The document as a file without the times of its parts."""
    stream = io.BytesIO()
    document.save(stream)
    return without_times(stream.getvalue())


def add_artefact(document: Any, artefact: Artefact) -> None:
    """Tables, pictures and notes of the artefact, or why there are none."""
    if artefact.reason:
        document.add_paragraph(plain(artefact.reason))
    for part in artefact.parts:
        if part.title != artefact.title:
            document.add_heading(plain(part.title), level=2)
        if isinstance(part, Figure):
            document.add_picture(io.BytesIO(png_bytes(part.svg, pixels_per_inch=200)), Cm(15.5))
            # Word speaks this text where it cannot show the picture.
            document.inline_shapes[-1]._inline.docPr.set("descr", plain(part.title))
        else:
            _add_table(document, part)
        for note in dict.fromkeys((*part.notes, *numbers_of(part).notes)):
            paragraph = document.add_paragraph()
            paragraph.add_run(plain(note)).font.size = Pt(8)
            paragraph.paragraph_format.space_after = Pt(2)


def _add_table(document: Any, table: Table) -> None:
    above = spans(table.columns)
    heads = 2 if above else 1
    grid = document.add_table(rows=heads, cols=1 + len(table.columns), style="Table Grid")
    if above:
        place = 1
        for label, width in above:
            cell = grid.cell(0, place).merge(grid.cell(0, place + width - 1))
            _write(cell, label, bold=True, right=False)
            place += width
    _write(grid.cell(heads - 1, 0), table.stub, bold=True, right=False)
    for place, column in enumerate(table.columns, 1):
        _write(grid.cell(heads - 1, place), column.label, bold=True, right=column.is_number)
    for row in grid.rows:
        _repeat_on_every_page(row)
    for row in table.rows:
        _add_row(grid, row, table)


def _add_row(grid: Any, row: Row, table: Table) -> None:
    cells = grid.add_row().cells
    if row.is_heading:
        merged = cells[0].merge(cells[-1])
        _write(merged, row.label, bold=True, right=False, indent=row.indent)
        return
    _write(cells[0], row.label, bold=False, right=False, indent=row.indent)
    for target, cell, column in zip(cells[1:], row.cells, table.columns, strict=True):
        _write(target, cell.text, bold=False, right=column.is_number)


def _write(cell: Any, text: str, *, bold: bool, right: bool, indent: int = 0) -> None:
    # The cell's paragraph is reached directly, and gets only what its style does not say: large
    # tables take half the time.
    paragraph = Paragraph(cell._tc.p_lst[0], cell)
    paragraph._p.style = CELL_STYLE
    run = paragraph.add_run(plain(text))
    if bold:
        run.bold = True
    if indent:
        paragraph.paragraph_format.left_indent = Cm(0.4 * indent)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _repeat_on_every_page(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _say_language(document: Any) -> None:
    """The language in which Word spells and speaks the text; the template of English is English."""
    language = get_language() or "en"
    if language.startswith("en"):
        return
    # Word knows languages with their country only.
    code = language if "-" in language else f"{language}-{language.upper()}"
    document.core_properties.language = code
    for told in document.styles.element.iter(qn("w:lang")):
        told.set(qn("w:val"), code)


def _lay_on_its_side(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def plain(text: str) -> str:
    """The text without signs that the format does not allow."""
    return _NOT_XML.sub("", text)
