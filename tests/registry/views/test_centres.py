"""The pages of centres and the plain facts of studies."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import AuditEvent, Centre, Participation, ProtocolVersion, Study
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
)
from tests.factories.people import StudyFactory

pytestmark = pytest.mark.django_db

NEW = {"code": "KYO", "name": "Kyoto", "country": "JP", "timezone": "Asia/Tokyo"}


@pytest.fixture
def keeper(client: Client):
    user = administrator()
    client.force_login(user)
    return user


@pytest.fixture
def part() -> Participation:
    return ParticipationFactory.create(centre__name="Kyoto", study__title="Sarcoma I")


def addresses(part: Participation) -> list[str]:
    return [
        reverse("registry:centres"),
        reverse("registry:centre_new"),
        reverse("registry:centre", args=[part.centre_id]),
        reverse("registry:participation", args=[part.pk]),
        reverse("registry:study_facts", args=[part.study.key]),
    ]


def test_the_pages_are_for_those_who_keep_centres(client: Client, part) -> None:
    for user in (data_manager(part.centre), coordinator(part.study)):
        client.force_login(user)
        assert {client.get(address).status_code for address in addresses(part)} == {403}
    client.force_login(administrator())
    assert {client.get(address).status_code for address in addresses(part)} == {200}


def test_a_centre_is_added_changed_and_takes_part(client: Client, keeper, part) -> None:
    answer = client.post(reverse("registry:centre_new"), NEW)
    centre = Centre.objects.get(code="KYO")
    page = reverse("registry:centre", args=[centre.pk])
    assert answer["Location"] == page

    changed = {
        "change-name": "Kyoto North",
        "change-country": "JP",
        "change-timezone": "Asia/Tokyo",
        "change-reason": "renamed",
    }
    assert client.post(page, {"do": "change", **changed}).status_code == 302
    joined = {
        "join-study": part.study_id,
        "join-activated_on": "2026-01-01",
        "join-target_accrual": "40",
        "join-planned_per_month": "1.5",
    }
    assert client.post(page, {"do": "join", **joined}).status_code == 302

    stored = Participation.objects.get(centre=centre)
    assert stored.centre.name == "Kyoto North"
    assert (stored.activated_on, stored.planned_per_month) == (dt.date(2026, 1, 1), Decimal("1.5"))
    again = client.post(page, {"do": "join", **joined})
    assert again.status_code == 422
    assert Participation.objects.filter(centre=centre).count() == 1


def test_a_plan_is_changed_with_a_reason(client: Client, keeper, part) -> None:
    page = reverse("registry:participation", args=[part.pk])

    assert client.post(page, {"planned_per_month": "2"}).status_code == 422
    assert client.post(page, {"planned_per_month": "0", "reason": "x"}).status_code == 422
    assert client.post(page, {"planned_per_month": "1e400", "reason": "x"}).status_code == 422
    assert client.post(page, {"planned_per_month": "2", "reason": "staff"}).status_code == 302

    part.refresh_from_db()
    assert part.planned_per_month == Decimal("2.00")


def test_the_protocol_of_a_study_is_read_and_its_title_changed(client: Client, keeper) -> None:
    version: ProtocolVersion = ProtocolVersionFactory.create()
    page = reverse("registry:study_facts", args=[version.study.key])
    assert version.sha256 in client.get(page).content.decode()

    facts = {"title": "Sarcoma IV", "target_accrual": "90", "note": "", "reason": "amendment"}
    assert client.post(page, facts | {"source": "forged", "key": "other"}).status_code == 302

    study = Study.objects.get(pk=version.study_id)
    assert (study.key, study.title, study.target_accrual) == ("jinling", "Sarcoma IV", 90)
    assert study.protocol_version().source == version.source
    event = AuditEvent.objects.filter(table="registry_study").latest("id")
    assert (event.actor_id, event.reason) == (keeper.pk, "amendment")


def test_the_end_of_follow_up_of_a_study_is_entered_with_a_reason(client: Client, keeper) -> None:
    study = ProtocolVersionFactory.create().study
    page = reverse("registry:study_facts", args=[study.key])
    facts = {"title": study.title, "note": "", "follow_up_ends_on": "2030-06-30"}

    for wrong in ({"reason": ""}, {"reason": "closed", "follow_up_ends_on": "2030-06"}):
        assert client.post(page, facts | wrong).status_code == 422
    study.refresh_from_db()
    assert study.follow_up_ends_on is None

    assert client.post(page, facts | {"reason": "closed"}).status_code == 302
    study.refresh_from_db()
    assert study.follow_up_ends_on == dt.date(2030, 6, 30)
    assert "30 Jun 2030" in client.get(page).content.decode()


@pytest.mark.parametrize(
    "wrong", [{"code": "K Y"}, {"name": ""}, {"country": "??"}, {"timezone": "Mars"}]
)
def test_a_wrong_centre_is_told_at_its_field(client: Client, keeper, wrong) -> None:
    answer = client.post(reverse("registry:centre_new"), NEW | wrong)

    (field,) = wrong
    assert answer.status_code == 422
    assert f'<a href="#id_{field}">' in answer.content.decode()
    assert not Centre.objects.filter(code="KYO").exists()


def test_the_list_costs_the_same_however_many_centres(
    client, keeper, django_assert_max_num_queries
) -> None:
    ParticipationFactory.create()
    page = reverse("registry:centres")
    client.get(page)
    with django_assert_max_num_queries(100) as few:
        client.get(page)
    for number in range(5):
        ParticipationFactory.create(
            centre=CentreFactory.create(), study=StudyFactory.create(key=f"study-{number}")
        )

    with django_assert_max_num_queries(100) as many:
        client.get(page)

    assert len(many) == len(few)
