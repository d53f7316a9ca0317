"""The world of the tests of the audit trail."""

from __future__ import annotations

import pytest

from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    IdentityFactory,
    PatientFactory,
    ProtocolVersionFactory,
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
