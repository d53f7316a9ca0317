"""A report in German is in German: every word, figure and date, in every format."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from docx import Document

from analytics.reports.files import report_bytes
from analytics.reports.paper import paper_of
from registry.protocols.vocabulary import CtcaeRelease
from registry.scope import system_scope
from registry.terminology.ctcae import terms
from tests.analytics.reports.german import (
    REASON,
    STUDIES,
    Said,
    protocol_title,
    said_of,
    synthetic_study,
)
from tests.words import catalogue

# The mark makes the database; the fixture holds its own transaction around all tests.
pytestmark = [pytest.mark.slow, pytest.mark.django_db]

WORD = re.compile(r"[a-z]{4}")
DAY = re.compile(r"\b\d\d\.\d\d\.\d{4}\b")
GROUPED = re.compile(r"\b\d{1,3}(\.\d{3})+(,\d+)?\b")
"""Thousands as Django's formats of German write them."""


@pytest.fixture(scope="module", params=STUDIES)
def said(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Said]:
    """One study and its report, made once for the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with system_scope():
            study = synthetic_study(request.param, tmp_path_factory.mktemp("cohort"))
        yield said_of(study)
        transaction.set_rollback(True)


def test_every_block_is_made(said: Said) -> None:
    assert [block.key for block in said.german.blocks if block.failed] == []
    assert all(block.artefacts or block.paragraphs for block in said.german.blocks)


def test_every_word_that_a_report_asks_for_has_a_translation(said: Said) -> None:
    there = {(one.msgctxt, one.msgid): one for one in catalogue.read("de")}
    missing = [words for words in said.asked if words not in there or not there[words].translated()]
    assert missing == [], "a source is not in tests/words/covered.py, or: make words"
    assert len(said.asked) > 500


def test_what_reads_the_same_in_english_is_a_name_or_the_same_word(said: Said) -> None:
    study = said.german.study
    same_words = {one.msgid for one in catalogue.read("de") if one.msgid == one.msgstr}
    names = {said.german.title, study, protocol_title(study), REASON, *ctcae()}

    both = set(said.text("de")) & set(said.text("en"))
    left = {text for text in both if WORD.search(text)} - same_words - names
    assert {text for text in left if not text.endswith(" Zentrum")} == set()


def test_figures_have_a_decimal_comma(said: Said) -> None:
    with_point = {
        found
        for text in said.text("de")
        for found in re.findall(r"\d+\.\d+", GROUPED.sub("", DAY.sub("", text)))
    }
    # RECIST 1.1, the releases of CTCAE and ICD-O-3, the version of the registry.
    assert with_point <= {"1.1", "4.03", "5.0", "3.2", "0.5"}
    assert "57,5 % (40,7–71,1)" in said.text("de") or said.german.study != "jinling"


def test_thousands_are_separated_as_in_german(said: Said) -> None:
    assert not any(re.search(r"\d{4},\d", text) for text in said.text("de"))
    assert any(GROUPED.search(text) for text in said.text("de"))


def test_dates_are_written_as_in_german(said: Said) -> None:
    text = " ".join(said.text("de"))
    assert "30.11.2026, 10:05" in text
    assert "11/2026" in text
    assert not re.search(r"\d{4}-\d\d", text)
    assert not re.search(r"\d (Jan|Mar|May|Oct|Nov|Dec) \d{4}", text)


def test_each_format_says_that_it_is_german(said: Said) -> None:
    assert b'<html lang="de">' in report_bytes(said.german, "html")
    assert paper_of(said.german).data["language"] == "de"
    document = Document(io.BytesIO(report_bytes(said.german, "docx")))
    assert document.core_properties.language == "de-DE"
    assert 'w:val="de-DE"' in document.styles.element.xml
    assert document.paragraphs[0].text == f"Ergebnisbericht: {said.german.title}"


def test_the_pdf_is_made_for_readers_who_listen_too(said: Said) -> None:
    pdf = report_bytes(said.german, "pdf")
    assert b"pdfuaid" in pdf
    assert b"/Lang (de)" in pdf or b"/Lang(de)" in pdf


def ctcae() -> set[str]:
    """Terms and categories of all releases, which stay as they are published."""
    listed = (one for release in CtcaeRelease for one in terms(release))
    return {text for one in listed for text in (one.term, one.soc)}
