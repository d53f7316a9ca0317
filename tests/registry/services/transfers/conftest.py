"""A patient of Centre A that Centre B is to have."""

from __future__ import annotations

import pytest

from registry.models import (
    Centre,
    Patient,
    Study,
    Transfer,
    User,
)
from registry.services import transfers
from tests.factories import (
    EnrolmentFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    data_manager,
)


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def a(study: Study) -> Centre:
    return ParticipationFactory.create(study=study, centre__code="A").centre


@pytest.fixture
def b(study: Study) -> Centre:
    return ParticipationFactory.create(study=study, centre__code="B").centre


@pytest.fixture
def patient(study: Study, a: Centre) -> Patient:
    return EnrolmentFactory.create(
        protocol_version=study.protocol_version(), patient__centre=a, patient__pseudonym="J-A-001"
    ).patient


@pytest.fixture
def sender(a: Centre) -> User:
    return data_manager(a)


@pytest.fixture
def receiver(b: Centre) -> User:
    return data_manager(b)


@pytest.fixture
def offered(patient: Patient, b: Centre, sender: User) -> Transfer:
    return transfers.offer(patient=patient, to_centre=b, reason="moved house", by=sender)
