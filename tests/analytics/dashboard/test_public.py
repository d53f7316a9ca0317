"""A public dashboard: open to whoever has the address, and saying no more than it may."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.dashboard.limits import DashboardRate
from analytics.dashboard.reading import setting_in_force
from analytics.models import Audience, DashboardSetting
from analytics.services.dashboard import replace_address
from registry.models import Patient, Study
from tests.analytics.dashboard.opening import answer, open_to, public, read
from tests.analytics.kept.keeping import keep, study_with_patients
from tests.factories import coordinator

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    """Fifteen patients at three centres; kept."""
    made = study_with_patients()
    keep(made)
    return made


def test_a_stranger_reads_it_without_a_cookie_and_nothing_is_to_list_or_keep_it(study) -> None:
    response = answer(public(study))

    assert response.status_code == 200
    assert not response.cookies
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex, nofollow, noarchive">' in (
        response.content.decode()
    )


def test_it_needs_no_script_and_leads_into_the_registry_by_the_sign_in_only(study) -> None:
    html = read(public(study))
    links = re.findall(r'<a [^>]*href="([^"]*)"', html)

    assert "<script" not in html
    assert "style=" not in html
    assert [link for link in links if not link.startswith("https://doi.org/")] == ["/login/"]


def test_it_tells_of_no_patient_and_of_no_centre_that_is_not_named(study) -> None:
    html = read(public(study, names_centres=False))

    pseudonyms = Patient._base_manager.values_list("pseudonym", flat=True)
    assert [one for one in pseudonyms if one in html] == []
    assert [f"Centre {n}" in html for n in (1, 2, 3, 4)] == [True, True, True, False]
    assert [name for name in ("Centre A", "Centre B", "Centre C") if name in html] == []


def test_centres_are_named_where_that_is_chosen(study) -> None:
    html = read(public(study, names_centres=True))

    assert [name in html for name in ("Centre A", "Centre B", "Centre C")] == [True] * 3
    assert "Centre 1" not in html


def test_a_signed_in_reader_sees_there_what_a_stranger_sees(client: Client, study) -> None:
    path = public(study)
    client.force_login(coordinator(study))

    assert client.get(path).content == answer(path).content


def test_an_address_that_was_replaced_or_closed_answers_like_one_that_never_was(study) -> None:
    first = public(study)
    seen = setting_in_force(study).number
    _setting, key = replace_address(study=study, seen=seen, by=None)
    second = reverse("analytics:public_dashboard", args=[key])
    assert (answer(first).status_code, answer(second).status_code) == (404, 200)

    open_to(Audience.STUDY, study)
    third = public(study)
    unknown = answer(reverse("analytics:public_dashboard", args=["A" * 43]))

    assert answer(second).status_code == 404
    assert answer(third).status_code == 200
    assert third not in (first, second)
    assert answer(second).content == unknown.content
    assert answer(second).headers.items() == unknown.headers.items()
    assert answer(reverse("analytics:public_dashboard", args=["A" * 101])).status_code == 404


def test_another_choice_keeps_the_address(study) -> None:
    path = public(study)
    assert 'id="OS"' in read(path)

    assert public(study, shows_os=False) == ""
    assert 'id="OS"' not in read(path)


def test_an_unchanged_dashboard_is_answered_with_304(study) -> None:
    path = public(study)
    etag = answer(path)["ETag"]

    assert answer(path, **{"If-None-Match": etag}).status_code == 304
    public(study, shows_lc=False)
    assert answer(path, **{"If-None-Match": etag}).status_code == 200


def test_whoever_asks_without_end_is_told_to_wait_and_others_are_not(
    study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DashboardRate, "rate", "2/minute")
    path = public(study)

    assert [answer(path).status_code for _ in range(3)] == [200, 200, 429]
    # Guesses count as well.
    unknown = reverse("analytics:public_dashboard", args=["x"])
    assert answer(unknown)["Retry-After"] == "60"
    assert Client(REMOTE_ADDR="192.0.2.7").get(path).status_code == 200


def test_a_key_reaches_no_log_and_only_its_digest_is_kept(
    study, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = public(study)
    key = path.removeprefix("/dashboards/").removesuffix("/")
    assert len(key) == 43  # 32 random bytes in URL-safe base64
    assert key not in str(list(DashboardSetting.objects.values()))
    with caplog.at_level(logging.DEBUG):
        answer(path)
        Client().post(path)
        answer(f"{path}more/")
        logging.getLogger("django.server").warning('"%s" %s', f"GET {path} HTTP/1.1", 200)

        def fail(*_: Any, **__: Any) -> None:
            raise RuntimeError("a fault in a dashboard")

        monkeypatch.setattr("analytics.dashboard.views.dashboard_html", fail)
        assert Client(raise_request_exception=False).get(path).status_code == 500
        open_to(Audience.OFF, study)
        answer(path)

    assert "Not Found: /dashboards/…" in caplog.text
    assert "a fault in a dashboard" in caplog.text
    assert key not in caplog.text
