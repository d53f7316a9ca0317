"""Studies are set up from protocols as data."""

import datetime as dt

import pytest

from registry.errors import Refused
from registry.models import Participation, Study
from registry.protocols import PRESETS, ProtocolError, preset_text
from registry.services import studies
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2020, 1, 1)


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_makes_a_study(key: str) -> None:
    study = studies.create_study_from_preset(key=key, by=None, effective_on=DAY)

    version = study.protocol_version()
    assert (version.number, version.protocol.key) == (1, key)
    assert len(version.sha256) == 64


def test_imported_public_cohorts_have_relative_dates() -> None:
    study = studies.create_study_from_preset(key="tcga_sarc", by=None, effective_on=DAY)

    assert study.dates_are_relative


def test_a_study_is_set_up_once() -> None:
    studies.create_study_from_preset(key="cnao", by=None, effective_on=DAY)

    with pytest.raises(Refused, match="already"):
        studies.create_study_from_preset(key="cnao", by=None, effective_on=DAY)
    assert Study.objects.count() == 1


def test_a_text_that_is_no_protocol_adds_no_version() -> None:
    study = studies.create_study_from_preset(key="cnao", by=None, effective_on=DAY)

    with pytest.raises(ProtocolError):
        studies.add_protocol_version(study=study, source="title = 1", effective_on=DAY, by=None)
    assert study.protocol_versions.count() == 1


def test_an_amendment_is_the_next_version() -> None:
    study = studies.create_study_from_preset(key="cnao", by=None, effective_on=DAY)

    studies.add_protocol_version(
        study=study, source=preset_text("cnao"), effective_on=dt.date(2026, 1, 1), by=None
    )

    assert study.protocol_version().number == 2


def test_adding_a_centre_twice_is_harmless() -> None:
    study = studies.create_study_from_preset(key="cnao", by=None, effective_on=DAY)
    centre = CentreFactory.create()

    for _ in range(2):
        studies.add_centre_to_study(study=study, centre=centre, by=None)

    assert Participation.objects.count() == 1
