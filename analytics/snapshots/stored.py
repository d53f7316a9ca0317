"""What a stored snapshot holds, read from its archive."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from analytics.artefacts.parts import Artefact
from analytics.models import Snapshot
from analytics.snapshots.artefact_json import from_json
from analytics.snapshots.bundle import DEFINITIONS, FIGURES, RESULTS, ROWS

Line = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class StoredAnalysis:
    """The files of an archive; each is read when it is asked for."""

    content: bytes

    @classmethod
    def of(cls, snapshot: Snapshot) -> StoredAnalysis:
        """The content of a snapshot."""
        return cls(bytes(snapshot.bundle))

    @cached_property
    def artefacts(self) -> tuple[Artefact, ...]:
        """Every table and figure as it was frozen."""
        with self._archive as archive:
            drawings = {
                name: archive.read(name).decode()
                for name in archive.namelist()
                if name.endswith(".svg")
            }
        return tuple(from_json(one, drawings) for one in json.loads(self.text(RESULTS)))

    @cached_property
    def definitions(self) -> list[dict[str, Any]]:
        """The endpoints as they were defined."""
        found: list[dict[str, Any]] = json.loads(self.text(DEFINITIONS))
        return found

    @cached_property
    def figures(self) -> dict[tuple[str, str, str], float]:
        """What, endpoint and months ("" without) → figure; NaN where not reached."""
        return {
            (line["what"], line["group"], line["at"]): float(line["value"] or "nan")
            for line in self._lines(FIGURES)
        }

    @cached_property
    def rows(self) -> list[Line]:
        """The time-to-event rows of all endpoints."""
        return self._lines(ROWS)

    def text(self, name: str) -> str:
        """A file of the archive.

        Raises:
            KeyError: there is no such file.
        """
        with self._archive as archive:
            return archive.read(name).decode()

    @property
    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self.content))

    def _lines(self, name: str) -> list[Line]:
        return list(csv.DictReader(io.StringIO(self.text(name), newline="")))
