"""The administration reaches people, centres and studies, and no clinical table."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from registry.models import CLINICAL_MODELS, AuditEvent, Centre, User
from tests.factories import CentreFactory, StudyFactory, administrator, data_manager

pytestmark = pytest.mark.django_db


def test_no_clinical_table_is_registered() -> None:
    assert [model for model in CLINICAL_MODELS if admin.site.is_registered(model)] == []


@pytest.mark.parametrize("name", ["user", "centre", "study", "protocolversion"])
def test_an_administrator_reaches_the_lists(client: Client, name: str) -> None:
    StudyFactory.create()
    client.force_login(administrator())

    response = client.get(reverse(f"admin:registry_{name}_changelist"))

    assert response.status_code == 200


def test_a_data_manager_does_not_reach_the_administration(client: Client) -> None:
    client.force_login(data_manager(CentreFactory.create()))

    assert client.get(reverse("admin:registry_user_changelist")).status_code == 302


@pytest.mark.parametrize("model", [User, Centre])
def test_people_and_centres_are_never_deleted(client: Client, model: type[Model]) -> None:
    centre = CentreFactory.create()
    person = administrator()
    client.force_login(person)
    rows: dict[type[Model], Model] = {User: person, Centre: centre}
    row = rows[model]

    response = client.post(
        reverse(f"admin:registry_{model.__name__.lower()}_delete", args=[row.pk]), {"post": "yes"}
    )

    assert response.status_code == 403


def test_a_change_of_a_centre_is_recorded_as_the_administrators(client: Client) -> None:
    centre, person = CentreFactory.create(), administrator()
    client.force_login(person)

    client.post(
        reverse("admin:registry_centre_change", args=[centre.pk]),
        {"code": centre.code, "name": "New name", "timezone": "UTC"},
    )

    event = AuditEvent.objects.filter(table="registry_centre", operation="U").get()
    assert (event.actor_id, event.new["name"]) == (person.pk, "New name")
    assert event.origin.startswith("POST /admin/")


def test_a_study_is_not_added_without_its_protocol(client: Client) -> None:
    client.force_login(administrator())

    assert client.get(reverse("admin:registry_study_add")).status_code == 403
