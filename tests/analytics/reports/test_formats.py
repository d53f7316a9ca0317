"""The three formats of a report: hostile texts stay texts, and nothing is fetched."""

import io
import re
from html.parser import HTMLParser

import pytest
from docx import Document

from analytics.reports.docx import docx_bytes
from analytics.reports.html import html_text
from analytics.reports.paper import paper_of
from analytics.reports.pdf import pdf_bytes
from analytics.reports.report import Report
from tests.analytics.reports.hostile import HOSTILE, LONG_WORD, report


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def hostile() -> Report:
    return report()


@pytest.fixture(scope="module")
def page(hostile: Report) -> Elements:
    return Elements(html_text(hostile))


def test_hostile_text_makes_no_element_of_the_html(page: Elements) -> None:
    assert "script" not in {tag for tag, _attributes in page.elements}
    assert page.text.count("<script>alert(1)</script>") > 10
    assert "{{ 7|add:7 }}" in page.text


def test_the_html_fetches_nothing(page: Elements) -> None:
    fetching = {"src", "srcset", "data", "poster", "action", "ping"}
    for tag, attributes in page.elements:
        assert tag not in {"link", "iframe", "object", "embed", "img", "image", "base", "form"}
        assert not fetching & set(attributes)
        assert (attributes.get("href") or "#").startswith("#")
    policy = next(a["content"] for _tag, a in page.elements if "http-equiv" in a)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_html_names_its_parts_for_readers_who_listen(page: Elements) -> None:
    tags = [tag for tag, _attributes in page.elements]
    heads = [attributes for tag, attributes in page.elements if tag == "th"]

    assert dict(page.elements)["html"]["lang"] == "en"
    assert tags.count("h1") == 1
    assert tags.count("main") == tags.count("nav") == 1
    assert heads
    assert all(head.get("scope") for head in heads)
    links = {a["href"] for tag, a in page.elements if tag == "a"}
    assert links == {"#one", "#two", "#three"}


def test_hostile_text_reaches_the_document_as_text(hostile: Report) -> None:
    document = Document(io.BytesIO(docx_bytes(hostile)))
    told = HOSTILE.replace("\x00", "").replace("\x07", "")

    assert told in [paragraph.text for paragraph in document.paragraphs]
    assert LONG_WORD in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables[0].cell(3, 1).text == told


def test_hostile_text_reaches_the_pdf_as_text(hostile: Report) -> None:
    pdf = pdf_bytes(hostile)

    assert pdf.startswith(b"%PDF-")
    assert b"/JavaScript" not in pdf
    assert not re.search(rb"/URI|/Launch|/EmbeddedFile", pdf)
    assert pdf.count(b"/Type/Font") + pdf.count(b"/Type /Font") > 0


def test_a_report_of_usual_signs_is_pdf_ua() -> None:
    pdf = pdf_bytes(report("Local control ≥ 85 %, n (%) – α/β = 10 Gy"))

    assert b"pdfuaid" in pdf
    assert b"/Lang" in pdf


def test_a_failed_block_is_told_in_its_place_in_every_format(
    hostile: Report, page: Elements
) -> None:
    words = "This part could not be made"

    assert words in page.text
    assert paper_of(hostile).data["sections"][2]["said"][0].startswith(words)
    document = Document(io.BytesIO(docx_bytes(hostile)))
    assert any(paragraph.text.startswith(words) for paragraph in document.paragraphs)


def test_every_page_says_study_and_data_cut(hostile: Report) -> None:
    assert paper_of(hostile).data["running"] == [
        "Outcome report, made-up",
        "Data cut 30 Jun 2026",
    ]


def test_a_drawing_is_described_by_its_numbers(hostile: Report) -> None:
    described = paper_of(report("Rates")).data["sections"][0]["runs"][1]["items"][0]

    assert described["kind"] == "figure"
    assert described["alt"] == "Rates. Rates: Rates: ; Rates: Rates Rates, n 7"
