"""What has changed since the report before: its snapshot beside the one of this report."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact
from analytics.artefacts.small_cells import LEAST_SHOWN, too_few_words
from analytics.reports.material import Material
from analytics.snapshots.compare import compare

KEY = "changes"


def changes(material: Material) -> Sequence[Artefact]:
    """Counts, rates and curves then and now; for readers of cases, what changed of whom and why."""
    title = _("Changes since the last report")
    if not material.sight.is_whole:
        reason = _("Changes are shown to readers of the whole study.")
        return [Artefact(KEY, title, reason=reason)]
    if material.changed is None:
        return [Artefact(KEY, title, reason=_("There is no report before this one."))]
    old, new = material.changed
    if not material.reads_cases and min(old.patient_count, new.patient_count) < LEAST_SHOWN:
        return [Artefact(KEY, title, reason=too_few_words())]
    return compare(old, new, row_access=material.reads_cases)
