"""The history of one row as the pages tell it, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request

from registry.api.parameters import refuse_unknown, whole_number
from registry.models import AuditEvent, ClinicalRow
from registry.selectors.history import Change, readable, shown_changes
from registry.services.records import patient_of

MOST = 200
USUAL = 50


def history_of(request: Request, row: ClinicalRow) -> dict[str, Any]:
    """The changes of a row, newest first, in pages that go back in time.

    Encrypted values are never shown; birth dates are cut to the year outside of the own centre.
    """
    query = request.query_params
    refuse_unknown(query, {"limit", "before"})
    limit = whole_number(query, "limit", 1, MOST, USUAL)
    events = AuditEvent.objects.filter(table=row._meta.db_table, row_id=row.pk)
    if "before" in query:
        events = events.filter(pk__lt=whole_number(query, "before", 1, 999_999_999, 0))
    found = list(events.order_by("-id")[: limit + 1])
    shown = found[:limit]
    patient = patient_of(row)
    if patient is None:
        changes = readable(shown, own_centre=True)
    else:
        changes = shown_changes(patient, shown, place="api history")
    return {
        "before": shown[-1].pk if len(found) > limit else None,
        "results": [_change(one) for one in changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "at": change.at,
        "person": change.actor or None,
        "reason": change.reason or None,
        "origin": change.origin or None,
        "operation": change.operation,
        "values": [
            {"field": value.field, "old": value.old or None, "new": value.new or None}
            for value in change.values
        ],
    }
