"""Tells the other rooms, after commit, whose facts changed.

The one signal of the project: the facts may not import the duties and answers that follow from
them, so those listen here. It carries patient keys only.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.dispatch import Signal

facts_changed = Signal()
"""Sent with ``patient_ids`` (frozenset[int]) once the changes are committed."""


def announce(patient_ids: Iterable[int]) -> None:
    """Send :data:`facts_changed` for these patients when the transaction is committed."""
    ids = frozenset(patient_ids)
    if ids:
        # Robust: what was committed stays committed, whatever happens to a listener (it is logged).
        transaction.on_commit(lambda: facts_changed.send_robust(sender=None, patient_ids=ids))
