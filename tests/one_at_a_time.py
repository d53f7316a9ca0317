"""The live server answers one request after the other, and none when a test is over.

In memory, the server's threads and the test share one connection to SQLite: two requests at once
would write into each other's transactions, and one that outlives its test into an emptied database.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler


@contextmanager
def one_request_at_a_time() -> Iterator[None]:
    """In the block requests wait for each other; at its end the last one is waited for."""
    turn = threading.RLock()
    answer = WSGIHandler.__call__

    def answer_in_turn(self: WSGIHandler, *args: Any) -> Any:
        with turn:
            return answer(self, *args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WSGIHandler, "__call__", answer_in_turn)
        yield
        with turn:
            pass
