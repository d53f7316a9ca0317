"""A study at two centres, its coordinator with a browser, and a reader of figures."""

from __future__ import annotations

import pytest
from django.test import Client

from registry.models import Study, User
from registry.models.choices import Role
from tests.analytics.extract.cohort import enrol, study_of
from tests.analytics.reports.three_centres import on_study
from tests.factories import ParticipationFactory, coordinator


@pytest.fixture
def study() -> Study:
    study = study_of("jinling")
    for code in ("AMSEL", "BIRKE"):
        ParticipationFactory.create(study=study, centre__code=code)
        enrol(study, f"{code}-1", centre=code)
    return study


@pytest.fixture
def steering(study: Study) -> User:
    return coordinator(study, display_name="Coordinator")


@pytest.fixture
def reader(study: Study) -> User:
    return on_study(study, Role.READER, display_name="Reader")


@pytest.fixture
def as_coordinator(client: Client, steering: User) -> Client:
    client.force_login(steering)
    return client
