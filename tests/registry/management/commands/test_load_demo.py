"""``load_demo`` loads nothing where it should not; what it loads: tests/registry/demo."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from registry.demo.loading import DemoProblem, is_loaded
from registry.models import User
from tests.factories.people import StudyFactory

pytestmark = pytest.mark.django_db


def test_a_real_study_of_the_same_key_is_left_alone():
    StudyFactory.create(key="cams", is_synthetic=False)
    with pytest.raises(DemoProblem, match="not synthetic: cams"):
        is_loaded()
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_demo")


def test_a_part_of_the_demo_is_not_taken_for_all_of_it():
    StudyFactory.create(key="cams", is_synthetic=True)
    with pytest.raises(DemoProblem, match="not miyakojima, jinling, cnao, preop"):
        is_loaded()


def test_an_installation_that_is_no_demo_gets_no_public_passwords(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("load_demo")
    assert not User.objects.exists()


def test_a_day_in_the_future_is_refused():
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(CommandError, match="in the future"):
        call_command("load_demo", today=tomorrow)
