"""A coordinator's tour over two centres whose figures were counted by hand, and a monitor's."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from registry.models import User
from tests.browser.conftest import SignIn
from tests.browser.looks import every_look
from tests.browser.test_accessible import violations
from tests.factories import MembershipFactory, coordinator, monitor
from tests.followup.two_centres import TwoCentres, two_centres

pytestmark = pytest.mark.browser


@pytest.fixture
def centres(transactional_db: None) -> TwoCentres:
    """Looked at years later: the second visit of A-3 is overdue too."""
    return two_centres()


def cell(page: Page, centre: str, head: str) -> Locator:
    """What the table of all centres says of a centre under a head."""
    row = page.locator("table.centres").get_by_role("row").filter(has=page.get_by_text(centre))
    return row.locator(f'[data-label="{head}"]')


def test_a_coordinator_goes_from_the_figures_to_a_case_and_comes_back(
    page: Page, centres: TwoCentres, sign_in: SignIn
) -> None:
    sign_in(coordinator(centres.study))
    page.get_by_role("link", name="Centres side by side").click()
    seen = [page.content()]

    expect(cell(page, "Centre A", "Enrolled")).to_contain_text("4 / 20")
    expect(cell(page, "Centre A", "Complete")).to_contain_text("25 %")
    expect(cell(page, "Centre A", "Items missing")).to_have_text("5")
    expect(cell(page, "Centre A", "Visits overdue")).to_contain_text(re.compile("^3"))
    expect(cell(page, "Centre A", "Corrections open")).to_contain_text(re.compile("^1"))
    expect(cell(page, "Centre B", "Enrolled")).to_have_text("1")
    expect(cell(page, "Centre B", "Complete")).to_contain_text("100 %")
    expect(cell(page, "Centre B", "Corrections open")).to_have_text("0")
    expect(cell(page, "Centre B", "Locked")).to_contain_text("0 %")
    expect(cell(page, "Together", "Enrolled")).to_contain_text("5 / 20")

    page.locator("table.centres").get_by_role("link", name="Centre A").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Centre A")
    expect(page.locator("#cases")).to_contain_text("A-3")
    seen.append(page.content())
    page.go_back()
    cell(page, "Centre B", "Enrolled").get_by_role("link").click()
    page.get_by_role("link", name="B-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("B-1")
    seen.append(page.content())

    page.get_by_role("link", name="Ask for a correction").click()
    page.get_by_label("Question").fill("Which day was the biopsy?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Which day was the biopsy?")

    page.goto(reverse("registry:patient", args=["B-1"]))
    page.get_by_role("link", name="Write to the centre").click()
    page.get_by_label("Message").fill("Please enter the visit of June.")
    page.get_by_role("main").locator("form button.primary").click()
    page.goto(reverse("registry:patient", args=["B-1"]))
    expect(page.locator("#messages")).to_contain_text("Please enter the visit of June.")

    page.get_by_role("button", name="Lock the whole case").click()
    expect(page.locator("#marks")).to_contain_text("Locked")

    page.get_by_role("link", name="Centres side by side").click()
    expect(cell(page, "Centre B", "Corrections open")).to_contain_text(re.compile("^1"))
    expect(cell(page, "Centre B", "Locked")).to_contain_text("100 %")
    expect(cell(page, "Together", "Corrections open")).to_contain_text(re.compile("^2"))
    seen.append(page.content())

    assert [text for text in seen if "canary" in text.lower() or "1960-05-17" in text] == []


def test_a_monitor_makes_the_round_and_verifies_a_case(
    page: Page, centres: TwoCentres, sign_in: SignIn
) -> None:
    sign_in(monitor(centres.study))
    page.get_by_role("link", name="Monitoring").click()
    row = page.get_by_role("row").filter(has=page.get_by_text("Centre B"))
    expect(row.locator('[data-label="With forms to verify"]')).to_have_text("1")

    row.get_by_role("link", name="Centre B").click()
    case = page.get_by_role("row").filter(has=page.get_by_text("B-1"))
    expect(case.locator('[data-label="To verify"]')).to_have_text("2")
    case.get_by_role("link", name="B-1").click()
    expect(page.get_by_role("main")).not_to_contain_text(re.compile("canary", re.IGNORECASE))
    page.get_by_role("button", name="Mark the whole case as verified").click()
    expect(page.locator("#marks")).to_contain_text("Source data verified")

    page.get_by_role("link", name="Monitoring").click()
    expect(row.locator('[data-label="With forms to verify"]')).to_have_text("0")
    row.get_by_role("link", name="Centre B").click()
    expect(page.get_by_role("main")).to_contain_text("Every form of every case is verified.")


@every_look
def test_axe_finds_nothing_on_the_pages_of_centres(
    page: Page, centres: TwoCentres, sign_in: SignIn, scheme, width
) -> None:
    person: User = coordinator(centres.study)
    MembershipFactory.create(user=person, role="monitor", study=centres.study)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(person)
    key = centres.study.key
    found = []
    for address in (
        reverse("followup:study_centres", args=[key]),
        reverse("followup:centre", args=[key, "A"]),
        reverse("followup:centre", args=[key, "B"]),
        reverse("followup:monitoring"),
        reverse("followup:monitoring_centre", args=[key, "A"]),
    ):
        page.goto(address)
        found += violations(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{address} is {wide} pixels wide"

    assert found == []
