"""Imports in the browser as their pages show them. Seen by those who enter cases at the centre."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from django.db.models import QuerySet

from registry import sealed_files
from registry.exchange.drafts import Drafting
from registry.exchange.entities import entities
from registry.exchange.findings import Piece
from registry.exchange.source import Source, read_source
from registry.exchange.table import Table
from registry.exchange.uploaded import read_uploaded
from registry.models import (
    ImportPiece,
    ImportState,
    ImportUpload,
    Participation,
    Patient,
    SavedMapping,
)
from registry.selectors.studies import scope_in_force
from registry.services.identity_looks import Place, record_looks

_IDENTIFYING = {
    "identities": ("family_name", "given_names", "record_number", "contact"),
    "patients": ("birth_date",),
}
"""Columns that tell who a patient is, by table."""

PREVIEW_ROWS = 20
"""Rows of a file that the preview reads."""


@dataclass(frozen=True)
class PreviewTable:
    """The first rows that a table of the registry gets, each with what is wrong in it."""

    name: str
    title: str
    columns: list[str]
    rows: list[tuple[str, int, list[str], list[str]]]
    """File, line, cells, findings."""
    identified: set[str] = field(default_factory=set)
    """Pseudonyms whose identity or birth date stands in the cells."""


def own_imports() -> QuerySet[ImportUpload]:
    """Imports of the reader's centres, the newest first."""
    found: QuerySet[ImportUpload] = ImportUpload.objects.select_related("user", "centre", "study")
    return found


def imports_cases() -> bool:
    """Whether the reader enters cases at any centre."""
    return bool(scope_in_force().centre_ids)


def destinations() -> QuerySet[Participation]:
    """Studies and centres that the reader may import into."""
    return Participation.objects.filter(centre__in=scope_in_force().centre_ids).select_related(
        "study", "centre"
    )


def saved_mappings(upload: ImportUpload) -> QuerySet[SavedMapping]:
    """Mappings of the centre of the upload, and those shared in its study."""
    kept: QuerySet[SavedMapping] = SavedMapping.objects.select_related("centre", "study")
    return kept.filter(centre=upload.centre_id) | kept.filter(study=upload.study_id)


def shipped_mappings() -> dict[str, str]:
    """Text of the mappings that come with the registry, by file name."""
    folder = resources.files("registry.exchange") / "mappings"
    files = sorted((file for file in folder.iterdir()), key=lambda file: file.name)
    return {
        file.name: file.read_text(encoding="utf-8") for file in files if file.name.endswith(".toml")
    }


def _contents(upload: ImportUpload) -> Iterator[tuple[str, bytes]]:
    for file in upload.files:
        yield file["name"], sealed_files.read(file["stored"])


def first_rows(upload: ImportUpload) -> list[Table]:
    """The tables of the upload with their first rows.

    Raises:
        TableError, SealedFileError: a file cannot be read.
    """
    return read_uploaded(_contents(upload), first=PREVIEW_ROWS)


def preview(upload: ImportUpload) -> list[PreviewTable]:
    """What the first rows of each file become, and what cannot be read in them.

    Names and birth dates of patients whom the registry has are looks at their identities.

    Raises:
        TableError, MappingError, SealedFileError: the files cannot be read this way.
    """
    source = read_source(
        _contents(upload),
        mapping=upload.mapping_source,
        title=upload.mapping_title,
        first=PREVIEW_ROWS,
    )
    tables = _tables(source, Drafting(upload.study))
    shown = set[str]().union(*(table.identified for table in tables))
    known = Patient.objects.filter(centre=upload.centre_id, pseudonym__in=shown)
    record_looks(known.values_list("pk", flat=True), place=Place.IMPORT)
    return tables


def _tables(source: Source, drafting: Drafting) -> list[PreviewTable]:
    tables: dict[str, PreviewTable] = {}
    order = list(entities())
    for record in sorted(source.records, key=lambda record: order.index(record.entity.name)):
        entity = record.entity
        if entity.name not in tables:
            columns = [column.name for column in entity.columns]
            tables[entity.name] = PreviewTable(entity.name, entity.title, columns, [])
        _draft, refusals = drafting.case(record.pseudonym, [record])
        findings = [
            f"{record.origin.column_of(one.field)}: {one.reason}" if one.field else one.reason
            for one in refusals
        ]
        table = tables[entity.name]
        if len(table.rows) < PREVIEW_ROWS:
            cells = [record.cells.get(name, "") for name in table.columns]
            table.rows.append((record.origin.file, record.origin.line, cells, findings))
            if any(record.cells.get(name) for name in _IDENTIFYING.get(entity.name, ())):
                table.identified.add(record.pseudonym)
    for table in tables.values():
        _drop_empty_columns(table)
    return list(tables.values())


def _drop_empty_columns(table: PreviewTable) -> None:
    filled = [i for i in range(len(table.columns)) if any(row[2][i] for row in table.rows)]
    table.columns[:] = [table.columns[i] for i in filled]
    for _file, _line, cells, _findings in table.rows:
        cells[:] = [cells[i] for i in filled]


def stage_of(upload: ImportUpload) -> ImportState:
    """The stage whose findings are to be shown: those of the import once it has begun."""
    begun = ImportPiece.objects.filter(upload=upload, stage=ImportState.IMPORTING).exists()
    return ImportState.IMPORTING if begun else ImportState.CHECKING


def summary(upload: ImportUpload) -> dict[str, Any] | None:
    """What was found in all rows; None as long as nobody has gone through them."""
    piece = ImportPiece.objects.filter(upload=upload, stage=stage_of(upload), number=0).first()
    return None if piece is None else dict(json.loads(piece.body))


def pieces(upload: ImportUpload) -> Iterator[Piece]:
    """The findings of an import, piece by piece."""
    found = ImportPiece.objects.filter(upload=upload, stage=stage_of(upload), number__gt=0)
    for piece in found.iterator(chunk_size=20):
        yield json.loads(piece.body)
