"""A study is created from a shipped protocol, whole or not at all."""

import pytest
from django.core.management import CommandError, call_command

from registry.models import Study
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db


def test_it_creates_the_study_with_protocol_and_centres() -> None:
    centres = CentreFactory.create_batch(2)

    call_command(
        "create_study", "cnao", *(f"--centre={centre.code}" for centre in centres), "--target=60"
    )

    study = Study.objects.get()
    assert study.protocol_version().protocol.key == "cnao"
    assert set(study.centres.all()) == set(centres)
    assert study.target_accrual == 60


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["nowhere"], "nowhere"), (["cnao", "--centre=X"], "there is no centre “X”")],
)
def test_what_does_not_exist_is_named_and_nothing_created(
    arguments: list[str], message: str
) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("create_study", *arguments)
    assert not Study.objects.exists()


def test_a_study_is_created_once() -> None:
    call_command("create_study", "cnao")

    with pytest.raises(CommandError, match="already"):
        call_command("create_study", "cnao")
