"""The page of the access review, and the notice about it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Membership, User
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    UserFactory,
    administrator,
    data_manager,
)

pytestmark = pytest.mark.django_db

REVIEW = reverse("registry:access_review")
HOME = reverse("registry:home")
LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def keeper(client: Client) -> User:
    user = UserFactory.create()
    MembershipFactory.create(user=user, granted_on=dt.date.today())
    client.force_login(user)
    return user


@pytest.fixture
def old(keeper: User) -> Membership:
    person = data_manager(CentreFactory.create(name="Kyoto"), display_name="B. Tanaka")
    Membership.objects.filter(user=person).update(granted_on=LONG_AGO)
    return person.memberships.get()


def test_the_page_is_for_those_who_keep_accounts(client: Client) -> None:
    client.force_login(data_manager(CentreFactory.create()))

    assert client.get(REVIEW).status_code == 403
    assert client.post(REVIEW, {"line": "role.1", "do": "confirm"}).status_code == 403


def test_overdue_reviews_are_on_the_first_page_until_they_are_done(client, old) -> None:
    assert "1 review of access is overdue." in client.get(HOME).content.decode()
    page = client.get(REVIEW).content.decode()
    assert "1 review is overdue." in page
    assert page.index("B. Tanaka") < page.rindex("Administrator")

    answer = client.post(REVIEW, {"line": f"role.{old.pk}", "do": "confirm"})

    assert answer.status_code == 302
    old.refresh_from_db()
    assert old.reviewed_on == dt.date.today()
    assert "is overdue." not in client.get(REVIEW).content.decode()
    assert "of access is overdue" not in client.get(HOME).content.decode()


def test_others_are_not_told_of_overdue_reviews(client: Client, old: Membership) -> None:
    client.force_login(old.user)

    assert "of access" not in client.get(HOME).content.decode()


def test_a_line_is_revoked_with_a_reason(client: Client, old: Membership) -> None:
    line = {"line": f"role.{old.pk}", "do": "revoke"}

    refused = client.post(REVIEW, line)
    assert refused.status_code == 422
    assert f'<a href="#id_role.{old.pk}-reason">' in refused.content.decode()
    assert client.post(REVIEW, line | {f"role.{old.pk}-reason": "left"}).status_code == 302

    old.refresh_from_db()
    assert old.ends_on == dt.date.today() - dt.timedelta(days=1)
    assert "B. Tanaka" not in client.get(REVIEW).content.decode()


def test_the_last_administrator_is_not_revoked(client: Client, keeper: User) -> None:
    own = f"role.{keeper.memberships.get().pk}"

    answer = client.post(REVIEW, {"line": own, "do": "revoke", f"{own}-reason": "x"})

    assert answer.status_code == 422
    assert "last administrator" in answer.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"line": "role.0", "do": "confirm"},
        {"line": "king.1", "do": "confirm"},
        {"line": "role.²", "do": "confirm"},
        {"line": "role." + "9" * 30, "do": "confirm"},
        {"do": "delete"},
    ],
)
def test_what_is_no_line_is_not_found(client: Client, old: Membership, sent) -> None:
    assert client.post(REVIEW, {"line": f"role.{old.pk}"} | sent).status_code == 404


def test_more_lines_cost_no_more_queries(client, keeper, django_assert_max_num_queries) -> None:
    client.get(REVIEW)
    with django_assert_max_num_queries(100) as few:
        client.get(REVIEW)
    for _ in range(10):
        data_manager(CentreFactory.create())
    administrator()

    with django_assert_max_num_queries(100) as many:
        client.get(REVIEW)

    assert len(many) == len(few)
