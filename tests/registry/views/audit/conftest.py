"""The world of the tests of the audit trail."""

from __future__ import annotations

import pytest

from registry.models import User
from registry.scope import system_scope
from registry.services import records
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    LesionFactory,
    PatientFactory,
    ProtocolVersionFactory,
    data_manager,
)
from tests.registry.views.audit.reading import (
    World,
)


@pytest.fixture
def world() -> World:
    version = ProtocolVersionFactory.create()
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    of_a, of_b, apart = (
        PatientFactory.create(centre=centre, pseudonym=name)
        for centre, name in ((a, "IN-A"), (b, "IN-B"), (a, "APART-A"))
    )
    for patient in (of_a, of_b):
        EnrolmentFactory.create(patient=patient, protocol_version=version)
    for patient in (of_a, of_b, apart):
        IdentityFactory.create(patient=patient)
    return World(version.study, a, b, of_a, of_b, apart)


@pytest.fixture
def writer(world) -> User:
    """A data manager of A who has changed IN-A and described a lesion of APART-A."""
    user = data_manager(world.a, username="writer", display_name="Writer of A")
    lesion = LesionFactory.create(patient=world.apart, number=1, description="left")
    with system_scope():
        records.change(world.of_a, by=user, reason="source read again", version=1, sex="male")
        records.change(lesion, by=user, reason="typing error", version=1, description="right")
    return user
