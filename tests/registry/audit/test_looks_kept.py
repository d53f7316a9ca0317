"""Looks at identities can be added, and neither changed nor removed, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from registry.models import IdentityLook
from registry.scope import scoped_to
from registry.services.identity_looks import record_look
from tests.factories import PatientFactory, data_manager

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


FORGERIES: dict[str, Callable[[], Any]] = {
    "update": lambda: IdentityLook._base_manager.update(place="forged"),
    "delete": lambda: IdentityLook._base_manager.all().delete(),
    "raw update": lambda: _execute("UPDATE registry_identitylook SET place = 'forged'"),
    "raw delete": lambda: _execute("DELETE FROM registry_identitylook"),
}


@pytest.fixture
def look() -> IdentityLook:
    patient = PatientFactory.create()
    with scoped_to(data_manager(patient.centre)):
        record_look(patient, place="patient")
    look: IdentityLook = IdentityLook._base_manager.get()
    return look


@pytest.mark.parametrize("operation", FORGERIES)
def test_a_look_refuses_to_be_changed(look: IdentityLook, operation: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        FORGERIES[operation]()

    assert IdentityLook._base_manager.get().place == "patient"


def test_postgresql_refuses_to_truncate_the_looks(look: IdentityLook) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite knows no TRUNCATE")
    connection.check_constraints()  # nothing is left pending, which would refuse it as well

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        _execute("TRUNCATE registry_identitylook")
