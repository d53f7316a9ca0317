"""What all tests share: which parts can run here, shared data, browser."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings

from tests import figures
from tests.database import install as empty_database_after_commits
from tests.one_at_a_time import one_request_at_a_time
from tests.processes import environment_of
from tests.services import Absent, find_chromium, is_required

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

empty_database_after_commits()

ROOT = Path(__file__).resolve().parent.parent

# The same examples on every run, and no verdict that depends on the speed of the machine.
hypothesis_settings.register_profile("suite", derandomize=True, database=None, deadline=None)
hypothesis_settings.load_profile("suite")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip, with the reason, what cannot run here; fail where it is required."""
    services = item.get_closest_marker("services")
    on_services = os.environ.get("TEST_ON_SERVICES", "0") == "1"
    if services is not None and services.kwargs.get("only") and not on_services:
        pytest.skip("needs PostgreSQL and Redis: runs in the services part of `make test`")
    if item.get_closest_marker("browser") is not None:
        try:
            find_chromium()
        except Absent as exc:
            if is_required("REQUIRE_BROWSER"):
                pytest.fail(f"REQUIRE_BROWSER is set, and there is {exc}", pytrace=False)
            pytest.skip(str(exc))


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Nothing of an earlier test: used codes and counted requests are remembered in the cache."""
    cache.clear()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Figures that tests have recorded under a title: shown once, added up over their parts."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    shown = [value for one in reports for name, value in one.user_properties if name == "shown"]
    for line in figures.summed(shown):
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets, which are no part of the project."""
    named = os.environ.get("REGISTRY_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(
            "the real data sets are not here: set REGISTRY_SHARED_DATA or put them into "
            "../shared/data"
        )
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The installed Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous calls run inside an event loop, which Django would refuse.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def other_process(transactional_db: None, tmp_path: Path) -> Callable[[], dict[str, str]]:
    """Gives the environment in which other processes work on the database as it stands."""
    return partial(environment_of, tmp_path)


@pytest.fixture
def page(browser: "Browser", live_server: Any) -> Iterator["Page"]:
    """A fresh page of 1280 × 900 pixels on the live server, in English."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="en"
    )
    with one_request_at_a_time():
        yield context.new_page()
        context.close()
