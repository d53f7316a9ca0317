"""When what is set of studies and centres was last changed: for answers that are kept."""

from __future__ import annotations

from django.db.models import Max

from registry.models import AuditEvent, Centre, Participation, ProtocolVersion, Study

TABLES = tuple(model._meta.db_table for model in (Study, ProtocolVersion, Centre, Participation))


def last_setting_event() -> int:
    """Number of the last event of the trail about titles, plans, protocols and centres; one query.

    It is that of the whole installation: such changes are rare. 0 where there is none.
    """
    found = AuditEvent.objects.filter(table__in=TABLES).aggregate(last=Max("pk"))
    return int(found["last"] or 0)
