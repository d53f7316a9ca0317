"""The rooms import one way: facts, then duties, then answers, then configuration."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT


def lint_imports(folder: Path) -> subprocess.CompletedProcess:
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([command, "--no-cache"], cwd=folder, capture_output=True, text=True)


def test_every_contract_is_kept():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("registry/dose.py", "import followup.apps"),
        ("registry/dose.py", "import analytics.apps"),
        ("followup/apps.py", "import analytics.apps"),
        ("followup/apps.py", "import config.celery"),
        ("analytics/apps.py", "import config.celery"),
        ("analytics/estimators/kaplan_meier.py", "import django"),
        ("analytics/estimators/kaplan_meier.py", "import registry.dose"),
    ],
)
def test_an_import_against_the_direction_breaks_a_contract(tmp_path, module, line):
    for room in ("registry", "followup", "analytics", "config"):
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("*.csv", "*.json")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with open(tmp_path / module, "a") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(tmp_path)
    assert result.returncode == 1, result.stdout
    # One step against the direction may break the contract of a room that goes through it, too.
    assert re.search(r"[1-9] broken", result.stdout)
