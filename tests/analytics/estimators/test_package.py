"""What importing the estimators brings with it."""

import subprocess
import sys

from analytics import estimators
from tests.conftest import ROOT


def test_the_estimators_load_neither_django_nor_slow_libraries():
    program = "import sys, analytics.estimators; print(*sorted(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in run.stdout.split()}
    assert "numpy" in loaded
    assert loaded & {"django", "pandas", "scipy", "survival"} == set()


def test_everything_that_is_offered_is_there():
    assert [name for name in estimators.__all__ if not hasattr(estimators, name)] == []
