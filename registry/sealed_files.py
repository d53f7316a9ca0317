"""Files in the private folder ``UPLOAD_DIR``: encrypted in pieces, under random names.

What people upload may hold names of patients. A file is a line per piece, each a Fernet token of
the identity keyring; every piece says which it is and whether it is the last, so that a file that
was cut short or put together anew is not taken for whole.
"""

from __future__ import annotations

import os
import secrets
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import InvalidToken
from django.conf import settings

from registry import keyring

PIECE = 1024 * 1024
"""Bytes that are encrypted at once."""

_HEAD = struct.Struct(">I?")


class SealedFileError(ValueError):
    """A file of the folder is not there, not whole, or of a key that the keyring lacks."""


class SealedWriter:
    """Encrypts what it is given into a new file; the name is known from the start."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(16)
        self.size = 0
        self._waiting = b""
        self._number = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        self._file: BinaryIO = os.fdopen(os.open(_path(self.name), flags, 0o600), "wb")

    def write(self, data: bytes) -> None:
        """Take more of the contents."""
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._put(self._waiting[:PIECE], is_last=False)
            self._waiting = self._waiting[PIECE:]

    def close(self) -> None:
        """Write the last piece; the file is whole from here on."""
        self._put(self._waiting, is_last=True)
        self._waiting = b""
        self._file.close()

    def discard(self) -> None:
        """Give up: nothing stays."""
        self._file.close()
        remove(self.name)

    def _put(self, data: bytes, *, is_last: bool) -> None:
        self._file.write(keyring.seal(_HEAD.pack(self._number, is_last) + data) + b"\n")
        self._number += 1


def read(name: str) -> bytes:
    """The contents of a file.

    Raises:
        SealedFileError: the file is not there or not whole.
    """
    return b"".join(_pieces(name))


def _pieces(name: str) -> Iterator[bytes]:
    is_last = False
    try:
        with _path(name).open("rb") as file:
            for place, token in enumerate(file):
                data = keyring.unseal(token.rstrip(b"\n"))
                number, is_last = _HEAD.unpack(data[: _HEAD.size])
                if number != place:
                    raise SealedFileError("an uploaded file is not as it was stored")
                yield data[_HEAD.size :]
    except FileNotFoundError:
        raise SealedFileError("an uploaded file is not there any more") from None
    except (InvalidToken, struct.error):
        raise SealedFileError("an uploaded file cannot be decrypted") from None
    if not is_last:
        raise SealedFileError("an uploaded file is not whole")


def remove(name: str) -> None:
    """Remove a file, if it is there."""
    _path(name).unlink(missing_ok=True)


def names_older_than(seconds: float, *, now: float) -> Iterable[str]:
    """Names of files last written before that time."""
    folder = Path(settings.UPLOAD_DIR)
    if not folder.is_dir():
        return []
    return [
        entry.name
        for entry in folder.iterdir()
        if entry.is_file() and entry.stat().st_mtime < now - seconds
    ]


def is_of_current_key(name: str) -> bool:
    """True when the first key of the keyring encrypted the file, or it is gone already."""
    try:
        with _path(name).open("rb") as file:
            return keyring.is_current(file.readline().rstrip(b"\n").decode("ascii", "replace"))
    except (FileNotFoundError, SealedFileError):
        return True


def _path(name: str) -> Path:
    if not (len(name) == 32 and name.isalnum()):
        raise SealedFileError("no name of an uploaded file")
    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / name
