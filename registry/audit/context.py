"""The person and the reason behind the writes that follow, for the triggers to record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from registry.models import User


@dataclass(frozen=True)
class AuditContext:
    """What the trail says about a write beside its values."""

    actor_id: int | None = None
    reason: str = ""
    origin: str = ""


_NOBODY = AuditContext()
_current: ContextVar[AuditContext] = ContextVar("registry_audit", default=_NOBODY)

SQLITE_FUNCTION = "registry_audit"
"""SQL function by which SQLite triggers read the context of the writing thread."""


def current_context() -> AuditContext:
    """The context in force; without person and reason outside :func:`recorded`."""
    return _current.get()


@contextmanager
def recorded(*, by: User | None, reason: str = "", origin: str = "") -> Iterator[None]:
    """One transaction whose writes are recorded as made ``by`` this person for this ``reason``.

    ``by=None`` stands for the installation itself (a command, a task). Inside another block, an
    empty reason or origin is taken from the outer one.
    """
    outer = _current.get()
    context = AuditContext(
        actor_id=by.pk if by is not None and by.is_authenticated else None,
        reason=reason or outer.reason,
        origin=(origin or outer.origin)[:80],
    )
    with transaction.atomic():
        token = _current.set(context)
        try:
            _tell_postgresql(context)
            yield
        finally:
            _current.reset(token)
        # Not after an error: the rollback takes the settings back by itself.
        _tell_postgresql(outer)


def _tell_postgresql(context: AuditContext) -> None:
    """Settings local to the transaction; SQLite asks :func:`answer_sqlite` instead."""
    if connection.vendor != "postgresql":
        return
    actor = "" if context.actor_id is None else str(context.actor_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('registry.actor', %s, true), "
            "set_config('registry.reason', %s, true), "
            "set_config('registry.origin', %s, true)",
            [actor, context.reason, context.origin],
        )


def answer_sqlite(part: str) -> int | str | None:
    """Value of one part of the context ("actor", "reason", "origin") for a SQLite trigger."""
    context = _current.get()
    if part == "actor":
        return context.actor_id
    return context.reason if part == "reason" else context.origin


def add_sqlite_function(*, connection: Any, **_: Any) -> None:
    """Give a new SQLite connection the function that the triggers call."""
    if connection.vendor == "sqlite":
        connection.connection.create_function(SQLITE_FUNCTION, 1, answer_sqlite)
