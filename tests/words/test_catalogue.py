"""The German catalogue: complete, of the sources as they are, and compiled as it is written."""

import gettext
import shutil
from pathlib import Path

import polib
import pytest
from django.conf import settings

from tests.words import catalogue

GETTEXT = all(shutil.which(tool) for tool in ("xgettext", "msguniq", "msgmerge", "msgattrib"))

pytestmark = pytest.mark.parametrize("language", catalogue.LANGUAGES)


def key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


def test_every_language_of_the_settings_but_english_has_a_catalogue(language: str) -> None:
    assert [code for code, _name in settings.LANGUAGES if code != "en"] == [*catalogue.LANGUAGES]
    assert catalogue.po_path(language).exists()


def test_nothing_is_without_a_translation(language: str) -> None:
    assert catalogue.missing(catalogue.read(language)) == []


def test_translations_have_the_placeholders_of_their_words(language: str) -> None:
    assert catalogue.wrong_placeholders(catalogue.read(language)) == []


def test_a_line_ends_and_begins_as_its_words_do(language: str) -> None:
    wrong = [
        catalogue.name_of(entry)
        for entry in catalogue.read(language)
        for text in (entry.msgstr, *entry.msgstr_plural.values())
        if text and (text[0].isspace(), text[-1].isspace())
        != (entry.msgid[0].isspace(), entry.msgid[-1].isspace())
    ]  # fmt: skip
    assert wrong == []


def test_what_programs_read_is_what_people_wrote(language: str) -> None:
    compiled = catalogue.mo_path(language).read_bytes()
    assert compiled == catalogue.read(language).to_binary(), "run: make words"


def test_the_programs_can_read_it(language: str) -> None:
    with catalogue.mo_path(language).open("rb") as file:
        words = gettext.GNUTranslations(file)
    assert words.gettext("Local control") == "Lokalkontrolle"
    assert words.pgettext("answer", "yes") == "ja"
    assert [words.ngettext("%(n)s lesion", "%(n)s lesions", n) for n in (0, 1, 2)] == [
        "%(n)s Läsionen",
        "%(n)s Läsion",
        "%(n)s Läsionen",
    ]


@pytest.mark.skipif(not GETTEXT, reason="the tools of GNU gettext are not installed")
def test_the_catalogue_holds_the_words_of_the_sources_and_no_others(
    language: str, tmp_path: Path
) -> None:
    there = {key(entry): entry for entry in catalogue.read(language)}
    asked = {key(entry): entry for entry in catalogue.of_the_sources(language, tmp_path)}

    new = [catalogue.name_of(entry) for name, entry in asked.items() if name not in there]
    gone = [catalogue.name_of(entry) for name, entry in there.items() if name not in asked]
    assert new == [], "run: make words, and translate"
    assert gone == [], "run: make words"
