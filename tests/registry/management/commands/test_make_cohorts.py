"""``make_cohorts`` says what it cannot do; what it writes is tested in tests/registry/demo."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(CommandError, match="taken"):
        call_command("make_cohorts", tmp_path / "taken", today=dt.date(2026, 3, 11))
