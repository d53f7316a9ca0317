"""Recomputes the schedules of patients whose facts have changed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from followup.services import recompute


def recompute_changed(*, patient_ids: frozenset[int], **_: Any) -> None:
    """Receiver of ``facts_changed``. If it fails, the next sweep of a new day repairs it."""
    recompute(patient_ids, today=timezone.localdate())
