"""An import from the upload to the result, by keyboard; axe looks at every step."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from registry.models import Patient
from registry.scope import system_scope
from registry.services import import_runs
from tests.browser.conftest import SignIn, World
from tests.browser.test_accessible import violations
from tests.browser.test_walk import DESK, PHONE, fits

pytestmark = pytest.mark.browser

PEOPLE = "Subject,sex,birth_date,Remark\nX-1,female,1960,a\nX-2,male,1961-13,b\n"
COURSES = "patient,number,started_on,ended_on\nX-1,1,2021-01-05,2021-02-10\n"


@pytest.fixture
def queued(monkeypatch, settings, tmp_path) -> list[str]:
    """Keys of the tasks that were sent; the test is the worker."""
    settings.UPLOAD_DIR = tmp_path / "uploads"
    sent: list[str] = []
    monkeypatch.setattr("registry.views.imports.run_import.delay", sent.append)
    return sent


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = []
    for name, text in {"people.csv": PEOPLE, "courses.csv": COURSES}.items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text)
    return paths


def press(page: Page, role: str, name: str) -> None:
    """Go to a control and use it by keyboard."""
    control = page.get_by_role("main").get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    control.focus()
    page.keyboard.press("Enter")


def title(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


@pytest.mark.parametrize(
    ("window", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["1280", "390"]
)
def test_from_the_upload_to_the_result_by_keyboard(
    page: Page, world: World, sign_in: SignIn, queued, files, window, scheme
) -> None:
    faults: list[str] = []
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(window)
    found: list[str] = []

    def looked_at(text: str) -> None:
        title(page, text)
        found.extend(violations(page))
        assert fits(page), text

    sign_in(world.manager)
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Import").focus()
    page.keyboard.press("Enter")
    looked_at("Import")
    press(page, "link", "New import")
    looked_at("New import")
    page.get_by_label("Files").set_input_files(files)
    press(page, "button", "Upload")

    looked_at("How the files are read")
    page.get_by_label("Choose for every column what it is").focus()
    page.keyboard.press("Space")
    press(page, "button", "Continue")

    looked_at("What each column is")
    expect(page.get_by_label("Subject", exact=True)).to_have_value("pseudonym")
    table = page.locator("#table-1 select").first
    table.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("This table is not read.")).to_be_visible()
    page.keyboard.type("courses")
    expect(page.get_by_label("started_on", exact=True)).to_have_value("started_on")
    page.get_by_label("Name", exact=True).fill("Two tables")
    press(page, "button", "Continue")

    looked_at("Preview")
    expect(page.get_by_text("month 13", exact=False)).to_be_visible()
    press(page, "button", "Check all rows")

    looked_at("Being checked")
    page.reload()
    expect(page.get_by_text("Waiting for a worker")).to_be_visible()
    import_runs.run(queued.pop())

    # The page asks by itself, and is loaded anew when the work is done.
    looked_at("Checked")
    expect(page.get_by_text("1 patient can be imported, 1 cannot")).to_be_visible()
    with page.expect_download() as download:
        press(page, "link", "Download all as a workbook")
    assert download.value.suggested_filename == "refused-rows.xlsx"
    press(page, "button", "Import 1 patient")

    looked_at("Being imported")
    import_runs.run(queued.pop())
    looked_at("Imported")
    press(page, "link", "All imports")
    looked_at("Import")
    page.goto(reverse("registry:patient", args=["X-1"]))
    title(page, "X-1")

    with system_scope():
        assert Patient.objects.filter(pseudonym__startswith="X-").count() == 1
    assert found == []
    assert faults == []
