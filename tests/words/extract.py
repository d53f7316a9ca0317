"""Django's ``makemessages`` for the sources of a report and the words of its data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.core.management.commands import makemessages

from tests.words.covered import data_words, is_covered


class Command(makemessages.Command):
    """Asks covered sources only; the words of data join those of the sources."""

    # What resembles an old text is no translation of a new one.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def find_files(self, root: str) -> list[Any]:
        """The covered files below ``root``, which is the root of the project."""
        return [one for one in super().find_files(root) if is_covered(str(Path(one.path)))]

    def process_files(self, file_list: list[Any]) -> None:
        """The words of the files, then those of data."""
        super().process_files(file_list)
        path = str(Path(file_list[0].locale_dir) / f"{self.domain}.pot")
        found = polib.pofile(path)
        for text, file in data_words():
            entry = found.find(text, msgctxt=False)
            if entry is None:
                found.append(polib.POEntry(msgid=text, occurrences=[(file, "")]))
            elif (file, "") not in entry.occurrences:
                entry.occurrences.append((file, ""))
        found.save(path)
