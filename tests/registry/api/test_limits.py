"""A token makes so many requests a minute and no more."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.cache import cache

from tests.factories import UserFactory
from tests.registry.api.client import Api

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_from_nothing(settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    cache.clear()


def test_the_fourth_of_three_requests_a_minute_is_told_when_to_come_again() -> None:
    api = Api(UserFactory.create())
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        assert [api.get("studies/").status_code for _request in range(3)] == [200, 200, 200]
        refused = api.get("studies/")
    assert refused.status_code == 429
    assert refused.json()["type"] == "/api/problems/too-many/"
    assert refused.headers["Retry-After"] == "60"
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, 1, 1, tzinfo=dt.UTC), tick=False):
        assert api.get("studies/").status_code == 200


def test_another_token_is_counted_for_itself() -> None:
    person = UserFactory.create()
    first, second = Api(person), Api(person)
    for _request in range(4):
        first.get("studies/")

    assert first.get("studies/").status_code == 429
    assert second.get("studies/").status_code == 200
