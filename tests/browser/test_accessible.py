"""No page breaks a rule of WCAG 2.2 A or AA that axe can check, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from analytics.models import SafetyAlert
from tests.analytics.dashboard.opening import public
from tests.analytics.reports.issuing import issued, scheduled
from tests.analytics.safety import watched
from tests.browser.conftest import SignIn, World
from tests.browser.looks import every_look

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def addresses(world: World) -> list[str]:
    pseudonym = world.patient.pseudonym
    report = issued(scheduled(world.study, world.coordinator), failed=("flow",))
    return [
        reverse("registry:home"),
        reverse("followup:grid"),
        reverse("followup:grid", query={"state": "nonsense"}),
        reverse("registry:patient", args=[pseudonym]),
        reverse("registry:history", args=[pseudonym]),
        reverse("registry:ask_correction", args=[pseudonym]),
        reverse("followup:figures", args=[world.study.key]),
        reverse("analytics:studies"),
        reverse("analytics:study", args=[world.study.key]),
        reverse("analytics:tables", args=[world.study.key], query={"by": "sex"}),
        reverse("analytics:tables_section", args=[world.study.key, "outcome"]),
        reverse("analytics:paper", args=[world.study.key]),
        reverse("analytics:dashboard", args=[world.study.key]),
        reverse("analytics:dashboard_settings", args=[world.study.key]),
        reverse("analytics:censoring_audit", args=[world.study.key, "LC"]),
        reverse("analytics:covariates", args=[world.study.key], query={"of": "grade"}),
        reverse("analytics:dose_volume", args=[pseudonym]),
        reverse("analytics:reports", args=[world.study.key]),
        reverse("analytics:report_schedule_new", args=[world.study.key]),
        reverse("analytics:report_copy", args=[report.copies.get().pk]),
        reverse("followup:losses"),
        reverse("followup:losses", query={"show": "lost"}),
        reverse("followup:mailbox"),
        reverse("followup:send_log"),
        reverse("followup:doubtful"),
        reverse("followup:reminder_wishes"),
        reverse("analytics:safety", args=[world.study.key], query={"kind": "local_failure"}),
        reverse("analytics:safety_alert", args=[world.study.key, raised_in(world).pk]),
        "/no-such-page/",
    ]


def raised_in(world: World) -> SafetyAlert:
    """Alerts of the safety watch, one of which is given back."""
    return watched.raised_in(world.study, by=world.coordinator)


def violations(page: Page) -> list[str]:
    """What axe finds on the page, as rule and element."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{page.url} {rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]
    ]


# Each width and each scheme once: what is wrong with colours does not depend on the width.
@every_look
def test_axe_finds_nothing_on_any_page(page: Page, world: World, sign_in: SignIn, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for address in (reverse("login"), public(world.study)):
        page.goto(address)
        found += violations(page)
    sign_in(world.coordinator)
    for address in addresses(world):
        page.goto(address)
        found += violations(page)

    assert found == []
