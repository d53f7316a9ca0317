"""Files in one archive, the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format can say: an archive does not tell when it was made."""


def archive_bytes(files: Mapping[str, bytes]) -> bytes:
    """A ZIP archive of files by name, in the order given, compressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def without_times(archive: bytes) -> bytes:
    """The same archive without the times of its files."""
    with zipfile.ZipFile(io.BytesIO(archive)) as old:
        return archive_bytes({name: old.read(name) for name in old.namelist()})
