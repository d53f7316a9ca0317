"""Rules about the files of the repository itself."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAX_LINES = 400
# Spelled in pieces so that this file passes its own rule.
MACHINE_PATHS = re.compile("|".join(f"/{name}/" for name in ("work", "tmp", "root")))
# A direct dependency: name, extras, exact version and nothing else.
EXACT_PIN = re.compile(r"[A-Za-z0-9_.-]+(\[[a-z0-9,-]+\])?==[0-9][0-9a-z.]*")


def committed_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no list of the files that belong to the project")
    # The clone may belong to another account than the one that tests it.
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listing.stdout.split("\0") if name]
    return [path for path in files if path.is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in committed_files():
        try:
            found.append((str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.fixture(scope="module")
def repository() -> list[tuple[str, str]]:
    return texts()


def test_no_link_is_committed():
    """A link to an environment would take the place of the environment wherever it is merged."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no list of the files that belong to the project")
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--stage"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line for line in listing.stdout.splitlines() if line.startswith("120000")] == []


def test_no_file_names_a_path_of_one_machine(repository):
    hits = [
        f"{name}:{number}: {line.strip()}"
        for name, text in repository
        for number, line in enumerate(text.splitlines(), start=1)
        if MACHINE_PATHS.search(line)
    ]
    assert hits == []


def test_no_python_file_has_more_than_400_lines(repository):
    long = {
        name: len(text.splitlines())
        for name, text in repository
        if name.endswith(".py")
        and "/migrations/" not in name
        and len(text.splitlines()) > MAX_LINES
    }
    assert long == {}


SAVED_FILE = "templates/analytics/report/file.html"
"""No page of the site: a file to keep, which holds its own style and policy."""


def test_no_template_has_an_inline_script_style_or_handler(repository):
    inline = re.compile(
        r"<style|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|\sstyle=|\son[a-z]+="
    )
    hits = [
        f"{name}:{number}: {line.strip()}"
        for name, text in repository
        if name.startswith("templates/") and name.endswith(".html") and name != SAVED_FILE
        for number, line in enumerate(text.splitlines(), start=1)
        if inline.search(line)
    ]
    assert hits == []


def test_every_migration_is_committed():
    migrations = {
        path
        for room in ("registry", "followup", "analytics")
        for path in (ROOT / room).glob("migrations/*.py")
    }
    assert migrations - set(committed_files()) == set()


def requirement_files() -> list[Path]:
    return sorted((ROOT / "requirements").glob("*.txt"))


def pins(path: Path) -> list[tuple[str, str]]:
    """(line before, line) of every requirement of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        (before, line)
        for before, line in zip(["", *lines], lines, strict=False)
        if line and not line.startswith(("#", "-"))
    ]


@pytest.mark.parametrize("path", requirement_files(), ids=lambda path: path.name)
def test_every_requirement_is_pinned_exactly(path):
    loose = [line for _, line in pins(path) if not EXACT_PIN.fullmatch(line)]
    assert pins(path)
    assert loose == []


@pytest.mark.parametrize("name", ["base", "test", "dev", "production"])
def test_every_direct_requirement_says_why_it_is_there(name):
    without = [
        line
        for before, line in pins(ROOT / "requirements" / f"{name}.txt")
        if not re.match(r"# \S.{10,}", before)
    ]
    assert without == []


def test_the_constraints_agree_with_the_direct_requirements():
    def canonical(line: str) -> tuple[str, str]:
        name, version = re.sub(r"\[.*\]", "", line).split("==")
        return re.sub(r"[-_.]+", "-", name).lower(), version

    direct = {
        canonical(line)
        for path in requirement_files()
        if path.name != "constraints.txt"
        for _, line in pins(path)
    }
    constrained = {canonical(line) for _, line in pins(ROOT / "requirements" / "constraints.txt")}
    assert direct - constrained == set()
