"""The five cohorts as files, made once for all tests of them."""

import datetime as dt
from pathlib import Path

import pytest

from registry.demo.cohorts import write_cohorts
from tests.registry.demo.reading import Cohort, read_cohort

# A Wednesday, so that the week's Monday is another day.
TODAY = dt.date(2026, 3, 11)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs them all, or each would make the cohorts."""
    folder = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(folder):
            item.add_marker(pytest.mark.xdist_group("cohorts"))


@pytest.fixture(scope="session")
def cohort_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohorts")
    write_cohorts(folder, today=TODAY)
    return folder


@pytest.fixture(scope="session")
def cohorts(cohort_files) -> dict[str, Cohort]:
    return {folder.name: read_cohort(folder) for folder in sorted(cohort_files.iterdir())}
