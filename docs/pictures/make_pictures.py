"""Takes the pictures of README and documentation from the running demo.

Start the demo (``make demo``), then run from the top of the repository:

    python docs/pictures/make_pictures.py [--address http://127.0.0.1:8000]

It needs playwright (requirements/test.txt) and Chromium: the one on the path, or the program that
``CHROMIUM`` names. Every picture is a PNG of less than 200 kB in this folder.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent.parent
MOST_BYTES = 200_000
WIDTH = 1280
STUDY = "jinling"


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
        take(centre, first_patient(centre), "patient", height=1000)
        study = signed_in(browser, address, *coordinator)
        take(study, f"/studies/{STUDY}/", "curve", height=1120)
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


def first_patient(page: Page) -> str:
    """Address of the first patient of the worklist."""
    return page.locator("th.id a").first.get_attribute("href") or "/patients/"


def take(page: Page, path: str, name: str, *, height: int) -> None:
    """One picture of ``height`` pixels from the top of the page.

    Raises:
        ValueError: when the file is larger than a picture may be.
    """
    page.set_viewport_size({"width": WIDTH, "height": height})
    page.goto(path.partition("#")[0])
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"{file.name} has {size} bytes, more than {MOST_BYTES}")
    sys.stdout.write(f"{file.name}: {size} bytes\n")


if __name__ == "__main__":
    sys.exit(main())
