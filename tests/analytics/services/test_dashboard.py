"""Opening and closing a dashboard: who may, what is kept, and that it stays as it was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from analytics.dashboard.reading import digest_of, setting_in_force, setting_of_key
from analytics.models import Audience, DashboardSetting
from analytics.services.dashboard import Choice, replace_address, switch
from registry.errors import Refused
from registry.models import Study
from registry.protocols import preset_text
from tests.analytics.extract.cohort import study_of
from tests.factories import ProtocolVersionFactory, coordinator, monitor

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ALL = Choice(Audience.PUBLIC, shows_accrual=True, shows_lc=True, shows_os=True)
OFF = Choice(Audience.OFF)


@pytest.fixture
def study() -> Study:
    return study_of("jinling")


def test_every_change_is_a_row_of_its_own_with_who_and_when(study) -> None:
    person = coordinator(study)
    first, key = switch(study=study, choice=ALL, seen=0, by=person)
    second, none = switch(study=study, choice=OFF, seen=1, by=None)

    assert (first.number, first.made_by, first.digest) == (1, person, digest_of(key))
    assert (second.number, second.made_by, second.digest, none) == (2, None, "", "")
    assert timezone.now() - first.made_at < dt.timedelta(minutes=1)
    assert setting_in_force(study) == second


def test_the_same_choice_again_changes_nothing(study) -> None:
    first, _key = switch(study=study, choice=ALL, seen=0, by=None)
    again, key = switch(study=study, choice=ALL, seen=1, by=None)

    assert (again, key) == (first, "")
    assert DashboardSetting.objects.count() == 1


def test_an_address_that_has_ended_never_comes_back(study) -> None:
    _first, old = switch(study=study, choice=ALL, seen=0, by=None)
    switch(study=study, choice=OFF, seen=1, by=None)
    last, new = switch(study=study, choice=ALL, seen=2, by=None)

    assert setting_of_key(old) is None
    assert setting_of_key(new) == last


def test_who_does_not_steer_the_study_changes_nothing(study) -> None:
    switch(study=study, choice=ALL, seen=0, by=None)
    for person in (monitor(study), coordinator(study_of("cams"))):
        with pytest.raises(PermissionDenied):
            switch(study=study, choice=OFF, seen=1, by=person)
        with pytest.raises(PermissionDenied):
            replace_address(study=study, seen=1, by=person)


def test_an_endpoint_that_the_protocol_does_not_have_cannot_be_shown() -> None:
    source = preset_text("tcga_sarc").replace("endpoints.LC", "endpoints.LX")
    study = ProtocolVersionFactory.create(study__key="other", source=source).study

    with pytest.raises(Refused, match="no endpoint LC"):
        switch(study=study, choice=ALL, seen=0, by=None)


def test_two_who_set_it_at_once_make_one_row(study, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read the same state before either has written."""
    before = setting_in_force(study)
    switch(study=study, choice=ALL, seen=0, by=None)
    monkeypatch.setattr("analytics.services.dashboard.setting_in_force", lambda _study: before)

    with pytest.raises(Refused, match="Somebody else"):
        switch(study=study, choice=Choice(Audience.STUDY, shows_os=True), seen=0, by=None)
    assert DashboardSetting.objects.count() == 1


def test_the_database_refuses_to_change_or_remove_a_setting(study) -> None:
    made, _key = switch(study=study, choice=ALL, seen=0, by=None)
    table = DashboardSetting._meta.db_table
    for statement in (f"UPDATE {table} SET number = 7", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="not changed and not removed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(TypeError):
        made.save()
    with pytest.raises(TypeError):
        made.delete()


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"number": 0}, "dashboardsetting_number_from_1"),
        ({"number": 3}, "numbered one after the other"),
        ({"audience": "world", "digest": ""}, "dashboardsetting_"),
        ({"digest": ""}, "dashboardsetting_key_of_public_only"),
        ({"digest": "a key"}, "dashboardsetting_key_of_public_only"),
        ({"audience": "study"}, "dashboardsetting_key_of_public_only"),
        ({"shows_accrual": False}, "dashboardsetting_shows_something"),
    ],
)
def test_the_database_refuses_what_cannot_be(study, values: dict[str, Any], rule: str) -> None:
    row: dict[str, Any] = {
        "study": study,
        "number": 1,
        "audience": "public",
        "shows_accrual": True,
        "shows_lc": False,
        "shows_os": False,
        "names_centres": False,
        "digest": "0" * 64,
        "made_at": timezone.now(),
    }
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        DashboardSetting.objects.create(**(row | values))
    DashboardSetting.objects.create(**row)
