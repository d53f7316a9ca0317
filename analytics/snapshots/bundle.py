"""The archive of a snapshot: rows, definitions, results, figures, and what checks them.

It depends on nothing but the cohort and the version of the registry: no time, no person, no number
of the snapshot. So the same facts give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.artefacts.parts import numbers_of
from analytics.artefacts.study_set import study_items
from analytics.cohort import Cohort
from analytics.render import archive_bytes, csv_text, frame_csv, lines_csv
from analytics.snapshots.artefact_json import Drawings, as_json
from analytics.snapshots.audits import audits
from analytics.snapshots.definitions import definitions
from analytics.snapshots.dictionary import dictionary_csv
from analytics.snapshots.figures import HEAD, figure_lines
from analytics.snapshots.r_script import snapshot_script
from analytics.snapshots.read_me import read_me
from analytics.snapshots.rows import frames_of, tables_of

RESULTS, DEFINITIONS, FIGURES, ROWS = "results.json", "endpoints.json", "results.csv", "adtte.csv"
PROTOCOL, SUMS = "protocol.toml", "SHA256SUMS"


@dataclass(frozen=True)
class Bundle:
    """The archive and the digests that are kept beside it (hexadecimal SHA-256).

    ``rows_sha256`` is over the files of rows, one after the other in the order of their names.
    """

    content: bytes
    sha256: str
    rows_sha256: str


def make_bundle(cohort: Cohort, *, protocol_source: str, code_version: str) -> Bundle:
    """The archive of a cohort read over the whole study.

    Args:
        protocol_source: the text of the protocol version that the cohort was read by.
    """
    tables = tables_of(cohort)
    frames = frames_of(cohort, tables)
    rows = {
        f"{name}.csv": frame_csv(frame, dates_are_relative=cohort.dates_are_relative)
        for name, frame in frames.items()
    }
    texts = {
        **rows,
        "data_dictionary.csv": dictionary_csv(cohort, frames),
        PROTOCOL: protocol_source,
        DEFINITIONS: _json(definitions(cohort.protocol)),
        **_results(cohort),
        FIGURES: lines_csv(HEAD, figure_lines(tables)),
        "analysis.R": snapshot_script(cohort.protocol.endpoints),
    }
    rows_sha256 = _sha256(*(text.encode() for _name, text in sorted(rows.items())))
    texts["README.txt"] = read_me(
        cohort,
        protocol_sha256=_sha256(protocol_source.encode()),
        code_version=code_version,
        rows_sha256=rows_sha256,
        files=sorted(texts),
    )
    files = {name: text.encode() for name, text in sorted(texts.items())}
    content = archive_bytes({**files, SUMS: sums(files)})
    return Bundle(content, _sha256(content), rows_sha256)


def sums(files: Mapping[str, bytes]) -> bytes:
    """The text that ``sha256sum -c`` reads."""
    lines = (f"{_sha256(content)}  {name}\n" for name, content in files.items())
    return "".join(lines).encode()


def _results(cohort: Cohort) -> dict[str, str]:
    """The artefacts as JSON, their drawings, their tables and the censoring audits as CSV."""
    # A fault stops the freezing: what is frozen is whole.
    artefacts = [item.make() for item in study_items(cohort)]
    files = {}
    for endpoint, counts, lines in audits(cohort):
        artefacts.append(counts)
        files[f"censoring_audit/{endpoint.code.lower()}.csv"] = lines
    drawings: Drawings = {}
    files[RESULTS] = _json([as_json(one, drawings) for one in artefacts])
    for place, artefact in enumerate(artefacts, 1):
        for part in artefact.parts:
            table = numbers_of(part)
            files[f"tables/{place:02d}-{table.key}.csv"] = csv_text(table)
    return files | drawings


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _sha256(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
