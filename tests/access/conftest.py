"""One world for all tests of a module: made once, and taken back after each request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.access.world import World, build


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The world, in a transaction that is never committed."""
    uploads = override_settings(UPLOAD_DIR=tmp_path_factory.mktemp("uploads"))
    with django_db_blocker.unblock(), uploads, transaction.atomic():
        yield build()
        transaction.set_rollback(True)
