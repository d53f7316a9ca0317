"""Every statistic against the stored answers of R, and the table of docs/validation.md."""

import json
import shutil
import subprocess

import pytest

from analytics import estimators
from tests.agreement.comparing import (
    HERE,
    MODULES,
    R_FOLDER,
    check,
    comparisons_of,
    every_agreement,
    same_numbers,
)
from tests.agreement.page import PAGE, read, rewritten

SCRIPTS = sorted(
    path.stem
    for path in R_FOLDER.glob("*.json")
    if '"data_sets"' in path.read_text(encoding="utf-8")[:500]
)
COUNTS = ("statistic", "against", "data_sets", "figures", "tolerance")


@pytest.mark.parametrize("module", MODULES)
def test_every_figure_is_that_of_r(module):
    comparisons = comparisons_of(module)
    assert comparisons
    for comparison in comparisons:
        check(comparison)


def test_every_estimator_is_compared_with_r():
    functions = {name for name in estimators.__all__ if name.islower()}
    texts = "".join(path.read_text("utf-8") for path in HERE.glob("compare_*.py"))
    assert {name for name in functions if f"{name}(" not in texts} == set()


def test_the_table_of_the_page_lists_what_is_compared():
    listed = [[getattr(line, name) for name in COUNTS] for line in read(PAGE.read_text("utf-8"))]
    compared = [[getattr(line, name) for name in COUNTS] for line in every_agreement()]
    assert listed == compared, "write it again: python -m tests.agreement"


def test_the_differences_the_page_lists_are_within_what_is_allowed():
    lines = read(PAGE.read_text("utf-8"))
    assert lines
    # A large figure may differ by more than the tolerance, but not relatively.
    assert [line for line in lines if min(line.absolute, line.relative) > line.tolerance] == []


def test_a_page_without_the_marks_is_refused():
    with pytest.raises(ValueError, match="no table between"):
        rewritten("# Validation", [])


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("Rscript") is None, reason="Rscript is not installed: stored answers are used"
)
@pytest.mark.parametrize("name", SCRIPTS)
def test_the_stored_answers_are_what_the_script_makes(name):
    made = subprocess.run(
        ["Rscript", str(R_FOLDER / f"{name}.R")], capture_output=True, text=True, check=False
    )
    if "there is no package called" in made.stderr:
        pytest.skip("a package of R is not installed: stored answers are used")
    answers = json.loads((R_FOLDER / f"{name}.json").read_text(encoding="utf-8"))["data_sets"]
    assert same_numbers(json.loads(made.stdout)["data_sets"], answers)
