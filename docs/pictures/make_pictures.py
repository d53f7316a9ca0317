"""Takes the pictures of README and documentation from the running demo.

Start the demo (``make demo``), then run from the top of the repository:

    python docs/pictures/make_pictures.py [--address http://127.0.0.1:8000]

It needs playwright (requirements/test.txt), pdftoppm, and Chromium: the one on the path, or the
program that ``CHROMIUM`` names. Every picture is a PNG of less than 200 kB in this folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
MOST_BYTES = 200_000
WIDTH = 1280
STUDY = "jinling"
# Patients of the demo: one with surgery, toxicity and a failure; one with three lesions treated.
PATIENT = "/patients/CAM-A-040/"
COURSE = "/enter/course/1/JIN-A-014/"
WORKBENCH = f"/studies/{STUDY}/workbench/?endpoint=OS&group=grade_2_3"
REPORT = f"/studies/{STUDY}/report/?block=accrual&block=limitations"
TOXICITY = "/enter/toxicity/new/JIN-A-014/"


def main() -> int:
    """Take all pictures; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://127.0.0.1:8000")
    address = parser.parse_args().address.rstrip("/")
    manager, coordinator = logins("Data manager"), logins("Coordinator")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox"],
        )
        centre = signed_in(browser, address, *manager)
        take(centre, "/", "home", height=860)
        take(centre, "/patients/", "grid", height=900)
        take(centre, PATIENT, "patient", height=1000)
        take(centre, COURSE, "course", height=900)
        pick_a_term(centre)
        shoot(centre, "ctcae", height=900)
        throw_away(centre)
        study = signed_in(browser, address, *coordinator)
        take(study, f"/studies/{STUDY}/", "curve", height=1120)
        take(study, WORKBENCH, "workbench", height=1120)
        take(study, REPORT, "report", height=1120)
        take(study, f"/studies/{STUDY}/reports/", "reports", height=760)
        on_paper(study, f"/studies/{STUDY}/reports/", "report-paper", page_number=10)
        take(study, "/studies/cams/dashboard/", "dashboard", height=1180)
        take(study, f"/steering/{STUDY}/", "centres", height=900)
        take(study, "/steering/cams/follow-up/", "follow-up", height=1500)
        take(study, f"/studies/{STUDY}/schedule/amend/", "schedule", height=900)
        browser.close()
    return 0


def logins(role: str) -> tuple[str, str]:
    """User name and password of the first demo login whose role begins like this.

    Raises:
        LookupError: when the demo has no such login.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    from registry.demo import DEMO_LOGINS

    for name, user, password in DEMO_LOGINS:
        if name.lower().startswith(role.lower()):
            return user, password
    raise LookupError(f"the demo has no login for the role {role!r}")


def signed_in(browser: Browser, address: str, user: str, password: str) -> Page:
    """A page of the demo with this person signed in."""
    context = browser.new_context(base_url=address, locale="en", color_scheme="light")
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Worklist").wait_for()
    return page


def pick_a_term(page: Page) -> None:
    """A new toxicity with a term chosen by its first letters."""
    page.goto(TOXICITY)
    page.get_by_role("searchbox", name="Term").press_sequentially("oed")
    page.get_by_text("Edema limbs", exact=True).click()
    page.get_by_text("Grade 3").first.wait_for()


def throw_away(page: Page) -> None:
    """Leave no draft behind."""
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(TOXICITY)
    page.get_by_role("button", name="Throw them away").click()


def take(page: Page, path: str, name: str, *, height: int) -> None:
    """One picture of ``height`` pixels from the top of a page."""
    page.goto(path)
    shoot(page, name, height=height)


def shoot(page: Page, name: str, *, height: int) -> None:
    """One picture of ``height`` pixels of the page as it is."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    checked(file)


def checked(file: Path) -> None:
    """Say how large a picture is.

    Raises:
        ValueError: when the file is larger than a picture may be.
    """
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{file.name} has {size} bytes, more than {MOST_BYTES}")
    sys.stdout.write(f"{file.name}: {size} bytes\n")


def on_paper(page: Page, path: str, name: str, *, page_number: int) -> None:
    """A picture of one page of the first PDF that a page leads to."""
    page.goto(path)
    href = page.get_by_role("link", name="PDF").first.get_attribute("href")
    content = page.request.get(href or "").body()
    file = FOLDER / f"{name}.png"
    which = f"-r 75 -png -singlefile -f {page_number} -l {page_number} -".split()
    program = shutil.which("pdftoppm") or "pdftoppm"
    subprocess.run([program, *which, file.with_suffix("")], input=content, check=True)  # noqa: S603
    checked(file)


if __name__ == "__main__":
    sys.exit(main())
