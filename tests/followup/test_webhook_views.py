"""The page of a centre's webhooks: for those who keep accounts, without clinical data."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.models import Webhook, WebhookCall
from followup.services import webhooks as service
from registry.models import Centre, User
from registry.scope import system_scope
from registry.services import key_rotation
from tests.factories import CentreFactory, administrator, data_manager
from tests.followup.factories import expected, followed
from tests.followup.sweeping import DUE_DAY
from tests.followup.webhooks.running import calls, run_on

pytestmark = [pytest.mark.django_db, pytest.mark.services]

URL = "https://appointments.example.org/visits"


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def keeper(client: Client) -> User:
    user = administrator()
    client.force_login(user)
    return user


def page_of(centre: Centre) -> str:
    return reverse("followup:webhooks", args=[centre.pk])


@pytest.fixture
def webhook(centre: Centre, keeper: User) -> Webhook:
    made, _secret = service.add(centre=centre, name="Appointments", url=URL, by=keeper)
    return made


def press(client: Client, webhook: Webhook, do: str) -> Any:
    sent = {"do": do, "webhook": webhook.pk}
    return client.post(page_of(webhook.centre), sent, follow=True)


def test_the_centre_s_page_leads_to_its_webhooks(
    client: Client, keeper: User, centre: Centre
) -> None:
    page = client.get(reverse("registry:centre", args=[centre.pk])).content.decode()
    assert page_of(centre) in page


def test_a_secret_is_shown_once_and_kept_encrypted(
    client: Client, keeper: User, centre: Centre
) -> None:
    answer = client.post(page_of(centre), {"do": "add", "name": "Appointments", "url": URL})
    (secret,) = re.findall(r'<code id="secret">([^<]+)</code>', answer.content.decode())

    assert "no-store" in answer["Cache-Control"]
    webhook = Webhook.objects.get()
    assert (webhook.secret, webhook.url, webhook.created_by) == (secret, URL, keeper)
    assert secret not in client.get(page_of(centre)).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM followup_webhook")
        (stored,) = cursor.fetchone()
    assert secret.removeprefix("whsec_") not in stored


def test_a_change_of_the_identity_key_covers_the_secrets(webhook: Webhook, settings: Any) -> None:
    secret = webhook.secret
    settings.IDENTITY_KEYS = [Fernet.generate_key().decode(), *settings.IDENTITY_KEYS]
    for place in key_rotation.places():
        list(key_rotation.renew(place, reason="Yearly change"))
    settings.IDENTITY_KEYS = settings.IDENTITY_KEYS[:1]

    assert Webhook.objects.get().secret == secret


@pytest.mark.parametrize(
    ("name", "url", "said"),
    [
        ("", URL, "This field is required."),
        ("Second", "", "This field is required."),
        ("Appointments", URL, "There is a webhook of this name."),
        ("Second", "http://appointments.example.org/", "starts with https://"),
        ("Second", "https://10.0.0.1/visits", "may not be called"),
        ("Second", "https://a:b@example.org/", "No user name and no password"),
        ("Second", f"https://example.org/{'x' * 500}", "at most 500 characters"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_at_its_field(
    client: Client, webhook: Webhook, name: str, url: str, said: str
) -> None:
    answer = client.post(page_of(webhook.centre), {"do": "add", "name": name, "url": url})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Webhook.objects.count() == 1


def test_a_centre_has_ten_active_webhooks_at_most(webhook: Webhook, keeper: User) -> None:
    for number in range(9):
        service.add(centre=webhook.centre, name=str(number), url=URL, by=keeper)
    with pytest.raises(ValueError, match="At most 10 webhooks"):
        service.add(centre=webhook.centre, name="10", url=URL, by=keeper)
    service.disable(webhook, by=keeper)
    service.add(centre=webhook.centre, name="10", url=URL, by=keeper)


def test_a_webhook_is_disabled_and_enabled(client: Client, webhook: Webhook, keeper: User) -> None:
    page = press(client, webhook, "disable").content.decode()
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_by) == (False, keeper)
    assert "Switched off" in page

    press(client, webhook, "enable")
    webhook.refresh_from_db()
    assert (webhook.is_active, webhook.disabled_by, webhook.disabled_reason) == (True, None, "")


def test_a_test_call_is_entered_once(client: Client, webhook: Webhook) -> None:
    assert "within a minute" in press(client, webhook, "test").content.decode()
    again = press(client, webhook, "test")

    assert again.status_code == 422
    assert "A test call waits already." in again.content.decode()
    assert calls() == [("ping", "pending")]


def test_a_disabled_webhook_gets_no_test_call(client: Client, webhook: Webhook) -> None:
    press(client, webhook, "disable")
    assert press(client, webhook, "test").status_code == 422
    assert calls() == []


@pytest.mark.parametrize("sent", [{"do": "test"}, {"do": "test", "webhook": "x"}, {"do": "burn"}])
def test_a_button_that_is_none_is_not_found(
    client: Client, webhook: Webhook, sent: dict[str, str]
) -> None:
    if sent["do"] == "burn":
        sent = sent | {"webhook": str(webhook.pk)}
    assert client.post(page_of(webhook.centre), sent).status_code == 404


def test_a_webhook_of_another_centre_is_not_found_here(client: Client, webhook: Webhook) -> None:
    other = CentreFactory.create(code="B")
    sent = {"do": "disable", "webhook": webhook.pk}
    assert client.post(page_of(other), sent).status_code == 404


def test_who_keeps_no_accounts_neither_sees_nor_changes_webhooks(
    client: Client, webhook: Webhook
) -> None:
    person = data_manager(webhook.centre)
    client.force_login(person)
    assert client.get(page_of(webhook.centre)).status_code == 403
    assert press(client, webhook, "disable").status_code == 403
    for act in (service.disable, service.enable, service.send_test, service.send_again):
        with pytest.raises(PermissionDenied):
            act(webhook, by=person)


def test_calls_are_listed_without_whom_they_are_about(
    client: Client, webhook: Webhook, settings: Any
) -> None:
    enrolment = followed(centre=webhook.centre)
    expected(enrolment, DUE_DAY)
    settings.WEBHOOK_ALLOW_HTTP = True
    Webhook.objects.update(url="http://127.0.0.1:9/")
    run_on(DUE_DAY)

    page = client.get(page_of(webhook.centre)).content.decode()

    with system_scope():
        call = WebhookCall.objects.get()
    assert str(call.key) in page
    assert "visit.due" in page
    assert "The address may not be called." in page
    assert call.body
    assert enrolment.patient.pseudonym not in page
    assert "2024-04-30" not in page


def test_the_number_of_queries_does_not_grow_with_webhooks_and_calls(
    client: Client, webhook: Webhook, keeper: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            client.get(page_of(webhook.centre))
        return len(made)

    queries()
    few = queries()
    for number in range(3):
        more, _secret = service.add(centre=webhook.centre, name=str(number), url=URL, by=keeper)
        service.send_test(more, by=keeper)
    assert queries() == few
