"""Has the curves of patients whose facts have changed made anew, and the safety watch look."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from analytics.kept import changes
from analytics.safety import watching


def refresh_changed(*, patient_ids: frozenset[int], **_: Any) -> None:
    """Receiver of ``facts_changed``. If it fails, the daily renewal of all tables repairs it."""
    now = timezone.now()
    study_ids = changes.note(patient_ids, now=now)
    watching.ask(study_ids, now=now)
    for study_id in study_ids:
        changes.ask(study_id, now=now)
