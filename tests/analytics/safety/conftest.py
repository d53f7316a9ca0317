"""What the tests of the safety watch share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def commit(django_capture_on_commit_callbacks: Any) -> Callable[[], Any]:
    """What is done in the block is committed at its end, so that the rooms are told."""

    def block() -> Any:
        return django_capture_on_commit_callbacks(execute=True)

    return block
