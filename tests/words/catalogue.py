"""The catalogue as files: what people write, and what the programs read."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import polib
from django.core.management import call_command

from tests.conftest import ROOT
from tests.words.covered import SOURCES
from tests.words.extract import Command

LANGUAGES = ("de",)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")


def po_path(language: str, root: Path = ROOT) -> Path:
    """What people write."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def mo_path(language: str) -> Path:
    """What the programs read."""
    return po_path(language).with_suffix(".mo")


def read(language: str) -> polib.POFile:
    """The catalogue that people write."""
    return polib.pofile(str(po_path(language)))


def bring_up_to_date(language: str) -> polib.POFile:
    """Asks all sources anew, writes both files and returns the catalogue.

    New words come without a translation; words that nothing has any more are dropped.

    Raises:
        CommandError: the tools of GNU gettext are missing.
    """
    _extract(language, ROOT)
    found = read(language)
    # The moment would change the file whenever somebody looks.
    found.metadata.pop("POT-Creation-Date", None)
    found.save(str(po_path(language)))
    found.save_as_mofile(str(mo_path(language)))
    return found


def of_the_sources(language: str, folder: Path) -> polib.POFile:
    """The words of all sources, without translations, made in an empty folder.

    Raises:
        CommandError: the tools of GNU gettext are missing.
    """
    for source in SOURCES:
        # What is asked of templates is written beside them for a moment.
        if source.endswith("/"):
            shutil.copytree(ROOT / source, folder / source)
        else:
            (folder / source).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / source, folder / source)
    (folder / "locale").mkdir()
    _extract(language, folder)
    return polib.pofile(str(po_path(language, folder)))


def _extract(language: str, root: Path) -> None:
    at = Path.cwd()
    os.chdir(root)
    try:
        call_command(
            Command(), locale=[language], add_location="file", no_obsolete=True, verbosity=0
        )
    finally:
        os.chdir(at)


def name_of(entry: polib.POEntry) -> str:
    """An entry for people: its words, and where they come from."""
    context = f" [{entry.msgctxt}]" if entry.msgctxt else ""
    files = ", ".join(file for file, _line in entry.occurrences)
    return f"{entry.msgid!r}{context} ({files})"


def missing(found: polib.POFile) -> list[str]:
    """Entries without a translation, or with a doubtful one."""
    return [name_of(entry) for entry in found if entry.obsolete or not entry.translated()]


def wrong_placeholders(found: polib.POFile) -> list[str]:
    """Entries whose translation has other placeholders than its words."""
    return [name_of(entry) for entry in found if _differ(entry)]


def _differ(entry: polib.POEntry) -> bool:
    if entry.msgid_plural:
        pairs = [(entry.msgid_plural, text) for text in entry.msgstr_plural.values()]
    else:
        pairs = [(entry.msgid, entry.msgstr)]
    return any(_placeholders(said) != _placeholders(text) for said, text in pairs if text)


def _placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))
