"""The pages of people: for those who keep accounts, without clinical data."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse

from registry.models import Invitation, Membership, User
from registry.models.choices import Role
from registry.services import tokens
from tests.factories import (
    CentreFactory,
    IdentityFactory,
    PatientFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.factories.people import StudyFactory

pytestmark = pytest.mark.django_db

PEOPLE = reverse("registry:people")
INVITE = reverse("registry:invite")
NOBODY = {"roles-TOTAL_FORMS": "3", "roles-INITIAL_FORMS": "0"}
NEW = {"username": "mori", "display_name": "A. Mori", "email": "mori@example.org", **NOBODY}


@pytest.fixture
def keeper(client: Client) -> User:
    user = administrator(display_name="Keeper")
    client.force_login(user)
    return user


def page_of(person: User) -> str:
    return reverse("registry:person", args=[person.pk])


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_pages_are_closed_to_everybody_else(client: Client) -> None:
    someone = data_manager(CentreFactory.create())
    addresses = [PEOPLE, INVITE, page_of(someone)]

    for user in (someone, coordinator(StudyFactory.create()), UserFactory.create()):
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
        assert client.post(INVITE, NEW).status_code == 403
        assert client.post(page_of(someone), {"do": "deactivate"}).status_code == 403
    assert not User.objects.filter(username="mori").exists()


def test_the_list_is_cut_by_words_state_and_role(client: Client, keeper: User) -> None:
    centre = CentreFactory.create(name="Kyoto")
    data_manager(centre, username="tanaka", display_name="B. Tanaka")
    UserFactory.create(username="gone", display_name="C. Gone", is_active=False)

    everyone = text(client, PEOPLE)
    assert "B. Tanaka" in everyone
    assert "C. Gone" in everyone
    assert "Data manager, Kyoto" in everyone
    for query, shown, hidden in (
        ("?q=tana", "B. Tanaka", "C. Gone"),
        ("?q=gone%40example", "C. Gone", "B. Tanaka"),
        ("?state=active", "B. Tanaka", "C. Gone"),
        ("?state=inactive", "C. Gone", "B. Tanaka"),
        ("?role=data_manager", "B. Tanaka", "C. Gone"),
    ):
        page = text(client, PEOPLE + query)
        assert shown in page, query
        assert hidden not in page, query
    assert "Nobody fits" in text(client, PEOPLE + "?q=nobody")


def test_more_people_cost_no_more_queries(
    client: Client, keeper: User, django_assert_max_num_queries
) -> None:
    data_manager(CentreFactory.create())
    text(client, PEOPLE)
    with django_assert_max_num_queries(100) as few:
        text(client, PEOPLE)
    for _ in range(10):
        data_manager(CentreFactory.create())

    with django_assert_max_num_queries(100) as many:
        text(client, PEOPLE)

    assert len(many) == len(few)


def test_a_person_is_invited_with_two_roles_and_mailed(
    client: Client, keeper: User, django_capture_on_commit_callbacks
) -> None:
    centre, study = CentreFactory.create(), StudyFactory.create()
    roles = {
        "roles-0-role": "data_manager",
        "roles-0-place": f"centre.{centre.pk}",
        "roles-1-role": "coordinator",
        "roles-1-place": f"study.{study.pk}",
        "roles-1-ends_on": "2099-12-31",
    }

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(INVITE, NEW | roles)

    person = User.objects.get(username="mori")
    assert answer["Location"] == page_of(person)
    held = set(person.memberships.values_list("role", "centre", "study", "ends_on"))
    assert held == {
        ("data_manager", centre.pk, None, None),
        ("coordinator", None, study.pk, dt.date(2099, 12, 31)),
    }
    assert [message.to for message in mail.outbox] == [["mori@example.org"]]
    assert "Invited by mail on" in text(client, page_of(person))


def test_an_invitation_that_was_not_sent_is_sent_again_from_the_page(
    client: Client, keeper: User, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(EmailBackend, "send_messages", refuse)
        assert client.post(INVITE, NEW).status_code == 302
    person = User.objects.get(username="mori")
    assert "The invitation was not sent" in text(client, page_of(person))
    assert "Invitation not sent" in text(client, PEOPLE)

    with django_capture_on_commit_callbacks(execute=True):
        client.post(page_of(person), {"do": "invite"})

    assert len(mail.outbox) == 1
    assert Invitation.objects.filter(user=person).count() == 2
    assert "The invitation was not sent" not in text(client, page_of(person))


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "two words"},
        {"email": "no address"},
        {"display_name": ""},
        {"roles-0-role": "data_manager", "roles-0-place": ""},
        {"roles-0-role": "data_manager", "roles-0-place": "installation"},
        {"roles-0-role": "data_manager", "roles-0-place": "centre.999999"},
        {"roles-0-role": "king", "roles-0-place": "installation"},
        {"roles-TOTAL_FORMS": "many"},
    ],
)
def test_a_wrong_invitation_is_told_and_nobody_made(client, keeper, wrong) -> None:
    answer = client.post(INVITE, NEW | wrong)

    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not User.objects.filter(username="mori").exists()


def test_a_role_is_granted_and_ended_on_the_page(client: Client, keeper: User) -> None:
    person, centre = UserFactory.create(), CentreFactory.create(name="Kyoto")

    client.post(
        page_of(person),
        {"do": "grant", "grant-role": "data_manager", "grant-place": f"centre.{centre.pk}"},
    )
    membership = Membership.objects.get(user=person)
    page = text(client, page_of(person))
    assert "Kyoto" in page
    assert "Keeper" in page  # who granted it

    end = f"end-{membership.pk}"
    refused = client.post(page_of(person), {"do": end, f"{end}-reason": ""})
    assert refused.status_code == 422
    client.post(page_of(person), {"do": end, f"{end}-reason": "moved"})

    assert Membership.objects.get(user=person).ends_on is not None
    assert "moved" in text(client, page_of(person))  # the changes, in words


def test_the_role_of_somebody_else_is_not_ended_by_this_page(client: Client, keeper: User) -> None:
    person, other = UserFactory.create(), data_manager(CentreFactory.create())
    end = f"end-{other.memberships.get().pk}"

    assert client.post(page_of(person), {"do": end, f"{end}-reason": "x"}).status_code == 404
    for nonsense in ("end-", "end-x", "end-²", "end-" + "9" * 30, "king", ""):
        data = {"do": nonsense, f"{nonsense}-reason": "x"}
        assert client.post(page_of(person), data).status_code == 404
    assert other.memberships.get().ends_on is None


def test_an_account_is_deactivated_and_reactivated_with_reasons(client, keeper) -> None:
    person = data_manager(CentreFactory.create())

    assert client.post(page_of(person), {"do": "deactivate"}).status_code == 422
    client.post(page_of(person), {"do": "deactivate", "deactivate-reason": "left"})
    assert not User.objects.get(pk=person.pk).is_active
    assert "Reactivate the account" in text(client, page_of(person))

    client.post(page_of(person), {"do": "reactivate", "reactivate-reason": "back"})
    assert User.objects.get(pk=person.pk).is_active
    page = text(client, page_of(person))
    assert "left" in page
    assert "back" in page


def test_what_is_refused_stands_at_its_field_and_changes_nothing(client, keeper) -> None:
    UserFactory.create(username="taken")
    person = UserFactory.create(username="mori", display_name="A. Mori")
    data = {
        "do": "change",
        "change-username": "Taken",
        "change-display_name": "A. Mori",
        "change-email": person.email,
        "change-reason": "shorter",
    }

    answer = client.post(page_of(person), data)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert '<a href="#id_change-username">' in page
    assert "one person has one account" in page
    assert "<h1>A. Mori</h1>" in page
    person.refresh_from_db()
    assert person.username == "mori"


def test_nobody_closes_the_own_account_here(client: Client, keeper: User) -> None:
    administrator()
    answer = client.post(page_of(keeper), {"do": "deactivate", "deactivate-reason": "tired"})

    assert answer.status_code == 422
    assert "Nobody deactivates the own account" in answer.content.decode()


def test_a_token_is_revoked_on_the_page_of_its_person(client: Client, keeper: User) -> None:
    person = data_manager(CentreFactory.create())
    token, shown = tokens.create(
        user=person, name="nightly", may_write=False, ends_on=dt.date.today()
    )
    assert "nightly" in text(client, page_of(person))
    do = f"token-{token.pk}"

    client.post(page_of(person), {"do": do, f"{do}-reason": "leaked"})

    page = text(client, page_of(person))
    assert "No token in force." in page
    assert "leaked" in page
    assert token.digest not in page
    assert shown not in page


def test_no_page_of_people_shows_a_patient(client: Client, keeper: User) -> None:
    patient = PatientFactory.create(pseudonym="CANARY-1")
    IdentityFactory.create(patient=patient, family_name="Canary-Family")
    person = data_manager(patient.centre)

    for address in (PEOPLE, page_of(person), reverse("registry:access_review")):
        assert not re.search("canary", text(client, address), re.IGNORECASE)


def test_hostile_text_is_shown_as_text(client: Client, keeper: User) -> None:
    person = UserFactory.create(display_name="<script>alert(1)</script>")

    for address in (PEOPLE, page_of(person)):
        page = text(client, address)
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


def test_roles_that_ended_stay_on_the_page(client: Client, keeper: User) -> None:
    person = data_manager(CentreFactory.create(name="Kyoto"))
    Membership.objects.filter(user=person).update(ends_on=dt.date(2020, 1, 31))

    page = text(client, page_of(person))

    assert "31 Jan 2020" in page
    assert "End the role" not in page
    assert str(Role.DATA_MANAGER.label) in page
