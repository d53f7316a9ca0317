"""German is a language of reports; pages and answers stay English, whatever a browser asks for."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from tests.factories import ProtocolVersionFactory
from tests.factories.people import coordinator

pytestmark = pytest.mark.django_db


def test_reports_may_be_english_or_german() -> None:
    assert [code for code, _name in settings.LANGUAGES] == ["en", "de"]
    with translation.override("de"):
        assert gettext("Local control") == "Lokalkontrolle"


@pytest.mark.parametrize("name", ["analytics:report", "analytics:study"])
def test_a_page_is_english_for_a_browser_that_wants_german(client: Client, name: str) -> None:
    study = ProtocolVersionFactory.create().study
    client.force_login(coordinator(study))
    client.cookies["django_language"] = "de"

    page = client.get(
        reverse(name, args=[study.key]), headers={"accept-language": "de-DE,de;q=0.9"}
    ).content.decode()

    assert '<html lang="en"' in page
    assert "Outcome report" in page
    assert "Ergebnisbericht" not in page
