"""Has the curves of patients whose facts have changed made anew."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from analytics.kept import changes


def refresh_changed(*, patient_ids: frozenset[int], **_: Any) -> None:
    """Receiver of ``facts_changed``. If it fails, the daily renewal of all tables repairs it."""
    now = timezone.now()
    for study_id in changes.note(patient_ids, now=now):
        changes.ask(study_id, now=now)
