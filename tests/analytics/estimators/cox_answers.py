"""R's answers for the Cox family, the data they are for, and how ours are held against them."""

import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

R_FOLDER = Path(__file__).parents[2] / "data" / "r"


def stored(name):
    return json.loads((R_FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def made_again(name):
    """What the R script gives on this machine; skips the test where R or a package is missing."""
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed: stored answers are used")
    made = subprocess.run(
        ["Rscript", str(R_FOLDER / f"{name}.R")], capture_output=True, text=True, check=False
    )
    if "there is no package called" in made.stderr:
        pytest.skip("a package of R is not installed: stored answers are used")
    return json.loads(made.stdout)


def same_answers(ours, theirs, tolerance=1e-7, path=""):
    """Two answers of R are equal in everything, numbers within `tolerance`."""
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys(), path
        for key in theirs:
            same_answers(ours[key], theirs[key], tolerance, f"{path}/{key}")
    elif isinstance(theirs, list):
        assert len(ours) == len(theirs), path
        for one, other in zip(ours, theirs, strict=True):
            same_answers(one, other, tolerance, path)
    elif isinstance(theirs, int | float):
        assert ours == pytest.approx(theirs, rel=tolerance, abs=tolerance), path
    else:
        assert ours == theirs, path


def numbers(values):
    """R's answers as an array, null as NaN."""
    values = values if isinstance(values, list) else [values]
    return np.array([math.nan if value is None else value for value in values], dtype=float)


def agrees(ours, answer, tolerance=1e-9):
    np.testing.assert_allclose(np.atleast_1d(ours), numbers(answer), rtol=tolerance, atol=tolerance)


def by_formula(rows=20_000):
    """The rows of `by_formula` in cohorts.R."""
    i = np.arange(rows)
    return pd.DataFrame(
        {
            "days": 1 + (i * 7919 + (i * i) % 101) % 60,
            "event": ((i * 31) % 7 < 3).astype(int),
            "age": 30 + (i * 37) % 50,
            "dose": ((i * 13) % 29) / 4,
            "grade": np.array(["G1", "G2", "G3"])[(i * 17) % 3],
        }
    )
