"""The link that ends reminder mails: for its person only, by people and by mail programs."""

import base64
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from followup.models import ReminderWish
from followup.unsubscribe import token_of, user_of
from registry.models import User
from tests.factories import UserFactory, data_manager
from tests.followup.factories import followed
from tests.followup.sweeping import DUE_DAY, sweep_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return UserFactory.create(email="person@example.org")


def address(token: str) -> str:
    return reverse("followup:unsubscribe", args=[token])


def is_off(user: User) -> bool:
    return ReminderWish.objects.filter(user=user, unsubscribed_at__isnull=False).exists()


def test_a_token_is_its_persons_until_the_address_changes(user):
    token = token_of(user)
    assert user_of(token) == user
    assert "person" not in base64.urlsafe_b64decode(token.split(":")[0] + "==").decode()
    User.objects.filter(pk=user.pk).update(email="new@example.org")
    assert user_of(token) is None


@pytest.mark.parametrize("token", ["", "nothing", "a:b:c", "W10:x:y", "ü" * 50])
def test_a_forged_token_is_nobodys(token):
    assert user_of(token) is None


def test_a_token_of_a_deactivated_person_is_nobodys(user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert user_of(token_of(user)) is None


def test_reading_the_page_changes_nothing_and_sending_it_ends_the_mails(client, user):
    page = client.get(address(token_of(user)))
    assert "Turn reminder mails off?" in page.content.decode()
    assert not is_off(user)
    answer = client.post(address(token_of(user)), follow=True)
    assert "Reminder mails are off" in answer.content.decode()
    assert is_off(user)


def test_a_mail_program_ends_them_by_one_request_without_cookies(user):
    careful = Client(enforce_csrf_checks=True)
    answer = careful.post(address(token_of(user)), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert is_off(user)


def test_another_site_cannot_send_the_page(user):
    assert Client(enforce_csrf_checks=True).post(address(token_of(user))).status_code == 403
    assert not is_off(user)


def test_a_link_that_is_no_good_says_so(client):
    for send in (client.get, client.post):
        answer = send(address("nothing"))
        assert answer.status_code == 410
        assert "This link is not good any more" in answer.content.decode()


def test_a_mail_carries_the_link_in_its_head_and_at_its_end():
    manager = data_manager(followed().patient.centre)
    sweep_on(DUE_DAY)
    (message,) = mail.outbox
    head = message.message()["List-Unsubscribe"]
    link = re.fullmatch(r"<http://testserver(/reminders/off/[^/]+/)>", head)
    assert link is not None
    assert message.message()["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1] in message.body
    assert "http://testserver/reminders/wishes/" in message.body
    assert Client().post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 204
    assert is_off(manager)
