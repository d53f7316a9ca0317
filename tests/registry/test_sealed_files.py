"""Uploaded files lie encrypted, and only what is whole is read."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import sealed_files
from registry.sealed_files import PIECE, SealedFileError, SealedWriter


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


def sealed(*chunks: bytes) -> str:
    writer = SealedWriter()
    for chunk in chunks:
        writer.write(chunk)
    writer.close()
    return writer.name


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_read_is_what_was_written(size):
    contents = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    third = size // 3

    name = sealed(contents[:third], contents[third:])

    assert sealed_files.read(name) == contents


@given(st.binary(max_size=300))
def test_any_bytes_come_back(tmp_path_factory, contents):
    assert sealed_files.read(sealed(contents)) == contents


def test_the_file_is_for_the_account_only_and_says_nothing(folder):
    name = sealed(b"Canary")

    (path,) = folder.iterdir()
    assert path.name == name
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert b"Canary" not in path.read_bytes()


def test_a_file_that_was_cut_or_put_together_anew_is_refused(folder):
    name = sealed(b"x" * (2 * PIECE + 5))
    lines = (folder / name).read_bytes().splitlines(keepends=True)
    assert len(lines) == 3

    for changed in (lines[:2], [lines[1], lines[0], lines[2]], [lines[0], lines[2]], []):
        (folder / name).write_bytes(b"".join(changed))
        with pytest.raises(SealedFileError):
            sealed_files.read(name)


def test_a_file_of_another_key_is_refused(settings):
    name = sealed(b"x")
    settings.IDENTITY_KEYS = ["b3RoZXIta2V5LW9mLXRoaXMtdGVzdC0wMDAwMDAwMDA="]

    with pytest.raises(SealedFileError, match="cannot be decrypted"):
        sealed_files.read(name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 32 + "/", "a/" * 16])
def test_only_names_of_its_own_are_opened(name):
    with pytest.raises(SealedFileError):
        sealed_files.read(name)


def test_a_file_that_is_removed_is_not_there(folder):
    name = sealed(b"x")
    sealed_files.remove(name)
    sealed_files.remove(name)

    with pytest.raises(SealedFileError, match="not there any more"):
        sealed_files.read(name)
    assert list(folder.iterdir()) == []


def test_an_upload_that_breaks_off_leaves_nothing(folder):
    from registry.upload_handler import SealedUploadHandler

    handler = SealedUploadHandler()
    handler.new_file("files", "x.csv", "text/csv", 0, "utf-8", {})
    handler.receive_data_chunk(b"x" * (PIECE + 1), 0)
    handler.upload_interrupted()

    assert list(folder.iterdir()) == []
