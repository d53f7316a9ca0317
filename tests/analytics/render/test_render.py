"""Artefacts as pages, files and documents: the same cells, and no text is taken for code."""

import csv
import datetime as dt
import io
import struct

from docx import Document

from analytics.artefacts.parts import Artefact
from analytics.render import artefact_html, csv_text, docx_bytes, markdown_text, png_bytes
from tests.analytics.render.sample import ARTEFACT, SVG, TABLE

MADE = dt.datetime(2025, 6, 1, 12, tzinfo=dt.UTC)


def test_a_csv_holds_each_cell_as_shown_and_at_full_precision():
    head, thigh, _hostile = csv.reader(io.StringIO(csv_text(TABLE)))
    assert head == ["Variable", "Group A: n", "Group A: %", "Group A: % (figure)", "Remark"]
    assert thigh == ["Site / Thigh", "12", "32.4 %", repr(12 / 37), ""]


def test_a_csv_cell_that_a_spreadsheet_would_run_is_made_harmless():
    hostile = list(csv.reader(io.StringIO(csv_text(TABLE))))[2]
    assert hostile[-1].startswith("'=cmd")


def test_a_page_shows_hostile_text_as_text():
    page = artefact_html(ARTEFACT)
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_page_names_what_each_heading_stands_for():
    page = artefact_html(ARTEFACT)
    assert '<th scope="colgroup" colspan="2">Group A</th>' in page
    assert '<th scope="rowgroup" colspan="4" class="indent-0">Site</th>' in page
    assert '<th scope="row" class="indent-1">Thigh</th>' in page


def test_an_artefact_with_nothing_to_show_says_why():
    nothing = Artefact("sample", "Sample", reason="No patient yet.")
    assert "No patient yet." in artefact_html(nothing)
    assert "No patient yet." in markdown_text(nothing)


def test_markdown_keeps_one_line_per_row_and_no_sign_gets_a_meaning():
    lines = markdown_text(ARTEFACT).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert rows[0] == "| Variable | Group A: n | Group A: % | Remark |"
    assert rows[3] == "| \u2003Thigh | 12 | 32.4 % |  |"
    assert "\\<script\\>" in rows[4]
    assert "\\|" in rows[4]


def test_a_document_has_the_table_as_a_table_and_the_figure_as_a_picture():
    document = Document(io.BytesIO(docx_bytes([ARTEFACT], title="Sample", at=MADE)))
    (grid,) = document.tables
    assert [cell.text for cell in grid.rows[1].cells] == ["Variable", "n", "%", "Remark"]
    assert [cell.text for cell in grid.rows[3].cells] == ["Thigh", "12", "32.4 %", ""]
    assert len(document.inline_shapes) == 1


def test_the_same_artefacts_of_one_moment_give_the_same_document():
    first, second = (docx_bytes([ARTEFACT], title="Sample", at=MADE) for _time in range(2))
    assert first == second


def test_a_picture_has_the_size_of_the_drawing():
    picture = png_bytes(SVG, pixels_per_inch=96)
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert (width, height) == (83, 47)  # 72 × 36 and a margin of 4 points all around
