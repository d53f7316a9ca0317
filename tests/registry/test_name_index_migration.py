"""Identities from before there was an index of names are found after the migration."""

import importlib

import pytest
from django.apps import apps

from registry import keyring
from registry.models import AuditEvent, Identity
from registry.scope import system_scope
from tests.factories import IdentityFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def test_the_migration_fills_the_index_of_names_that_are_there() -> None:
    named = IdentityFactory.create(family_name="Hoppe", family_name_index=None)
    nameless = IdentityFactory.create(family_name="", family_name_index=None)
    migration = importlib.import_module("registry.migrations.0004_identity_name_index")

    migration.index_family_names(apps, None)

    with system_scope():
        stored = dict(Identity.objects.values_list("pk", "family_name_index"))
    code = named.patient.centre.code
    assert stored == {
        named.pk: keyring.name_index("Hoppe", centre_code=code),
        nameless.pk: None,
    }
    assert AuditEvent.objects.latest("pk").origin == "migration 0004"
