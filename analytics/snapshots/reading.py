"""Who reads snapshots: who sees the figures of the whole study; the rows, who reads its cases."""

from __future__ import annotations

from django.db.models import QuerySet

from analytics.artefacts.small_cells import LEAST_SHOWN
from analytics.models import Snapshot
from registry.models import Study


def snapshots_of(study: Study) -> QuerySet[Snapshot]:
    """Newest first, without their bundles; none for somebody who does not see the whole study."""
    rows = Snapshot.objects.filter(study=study).select_related("study", "made_by")
    return rows.defer("bundle").order_by("-number")


def is_too_small(snapshot: Snapshot, *, row_access: bool) -> bool:
    """True where figures would tell somebody of single patients whose cases they do not read."""
    return not row_access and snapshot.patient_count < LEAST_SHOWN
