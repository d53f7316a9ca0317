"""Files of a report: whole or not at all."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.reports.files import FORMATS, files_of, write_files
from tests.analytics.reports.hostile import report

REPORT = replace(report("Rates"), blocks=())


def test_a_file_is_named_after_study_and_data_cut(tmp_path: Path) -> None:
    written = write_files(files_of(REPORT, ["html"]), tmp_path / "new")

    assert written == [tmp_path / "new" / "made-up-report-2026-06-30.html"]
    assert written[0].read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_nothing_is_written_where_one_format_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_report: object) -> bytes:
        raise RuntimeError

    monkeypatch.setitem(FORMATS, "pdf", ("application/pdf", fails))

    with pytest.raises(RuntimeError):
        write_files(files_of(REPORT, ["html", "pdf"]), tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "made-up-report-2026-06-30.html"
    old.write_text("old", encoding="utf-8")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        write_files(files_of(REPORT, ["html"]), tmp_path)

    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["old"]
