"""The mailbox page of the embedded default."""

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from followup.mailbox import MailboxBackend
from followup.models import Mail
from registry.models import User
from tests.factories import CentreFactory, data_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return data_manager(CentreFactory.create(), email="manager@example.org")


def post(to: str, subject: str = "2 visits are due", text: str = "Text of the mail") -> Mail:
    message = EmailMessage(subject, text, "registry@example.org", [to])
    MailboxBackend().send_messages([message])
    return Mail.objects.latest("pk")


def test_a_person_reads_the_own_mails(client: Client, user: User) -> None:
    mail = post(user.email)
    client.force_login(user)

    assert "2 visits are due" in client.get(reverse("followup:mailbox")).content.decode()
    assert (
        "Text of the mail" in client.get(reverse("followup:mail", args=[mail.pk])).content.decode()
    )


@pytest.mark.parametrize("other", ["other@example.org", "the.manager@example.org"])
def test_nobody_reads_the_mails_of_others(client: Client, user: User, other: str) -> None:
    mail = post(other)
    client.force_login(user)

    assert "2 visits are due" not in client.get(reverse("followup:mailbox")).content.decode()
    assert client.get(reverse("followup:mail", args=[mail.pk])).status_code == 404


def test_a_person_without_address_has_no_mail(client: Client) -> None:
    post("somebody@example.org")
    client.force_login(data_manager(CentreFactory.create(), email=""))

    assert "No mail yet." in client.get(reverse("followup:mailbox")).content.decode()


def test_text_of_a_mail_is_never_markup(client: Client, user: User) -> None:
    mail = post(user.email, text="<script>alert(1)</script> http://testserver/patients/P-1/")
    client.force_login(user)

    html = client.get(reverse("followup:mail", args=[mail.pk])).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert '<a href="http://testserver/patients/P-1/"' in html


def test_there_is_no_mailbox_where_mail_really_goes_out(client, user, settings) -> None:
    mail = post(user.email)
    settings.DEMO = False
    client.force_login(user)

    assert client.get(reverse("followup:mailbox")).status_code == 404
    assert client.get(reverse("followup:mail", args=[mail.pk])).status_code == 404
    assert "Mailbox" not in client.get(reverse("followup:grid")).content.decode()


def test_the_number_of_queries_does_not_grow_with_the_mails(
    client: Client, user: User, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client.force_login(user)
    for _ in range(3):
        post(user.email)
    with django_assert_max_num_queries(10) as three:
        client.get(reverse("followup:mailbox"))

    for _ in range(27):
        post(user.email)
    with django_assert_num_queries(len(three)):
        client.get(reverse("followup:mailbox"))


def test_an_empty_mailbox_has_no_pages_to_turn(client: Client, user: User) -> None:
    client.force_login(user)

    page = client.get(reverse("followup:mailbox")).content.decode()

    assert 'class="pager"' not in page
