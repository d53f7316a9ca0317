"""A local failure that one person enters appears in the curve that another has open."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from analytics.kept import reading
from registry.models import Centre
from tests.analytics.kept.broker import take_all
from tests.analytics.kept.keeping import keep, study_with_patients
from tests.browser.case_entry import enter_progression, sign_in
from tests.browser.test_accessible import violations
from tests.browser.typist import Typist
from tests.factories import coordinator, data_manager

pytestmark = pytest.mark.browser

REFRESH = "analytics.tasks.refresh"


def test_a_local_failure_appears_in_an_open_curve_without_loading_the_page_again(
    hands: Typist, browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine is slow, which is no reason for the page to compute by itself.
    monkeypatch.setattr(reading, "PATIENCE", dt.timedelta(hours=1))
    study = study_with_patients()
    keep(study)
    take_all(REFRESH)
    # Closed whatever happens: an open page goes on asking.
    with closing(browser.new_context(base_url=live_server.url, locale="en")) as context:
        steering = Typist(context.new_page())
        sign_in(steering, coordinator(study).username)
        steering.page.goto(reverse("analytics:study", args=[study.key]))
        events = steering.page.locator("#LC dl.facts div", has_text="Events").locator("dd")
        note = steering.page.get_by_role("status")
        expect(events).to_have_text("3")
        steering.reset()

        sign_in(hands, data_manager(Centre.objects.get(code="A")).username)
        enter_progression(hands, "A-5")

        expect(note).to_contain_text("Facts have changed since")
        expect(events).to_have_text("3")
        assert violations(steering.page) == []
        (task,) = take_all(REFRESH)
        task.run()  # the test is the worker
        expect(events).to_have_text("4")
        expect(note).not_to_contain_text("Facts have changed since")
        assert steering.effort.loads == 0
