"""The columns of an expected visit that a recomputation decides: worked out, read, compared.

Plain tuples instead of rows of the model, since a large registry compares millions of them.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import TextField
from django.db.models.functions import Cast

from followup.models import ExpectedVisit
from registry.models import Enrolment


class Columns(NamedTuple):
    """Columns of an expected visit by their names in the model; JSON columns as tuples."""

    anchor: str
    offset_count: int | None
    offset_unit: str
    target: dt.date | None
    window_start: dt.date | None
    window_end: dt.date | None
    state: str
    done_on: dt.date | None
    requirements: tuple[str, ...]
    outstanding: tuple[str, ...]
    why: tuple[dict[str, Any], ...]
    provided_by: tuple[int | str, ...]


_PLAIN = Columns._fields[:8]
_JSON = Columns._fields[8:]


class StoredVisit(NamedTuple):
    """An expected visit in the database, or as it will be there."""

    pk: int
    key: str
    revision: int
    columns: Columns

    def changed_to(self, columns: Columns) -> StoredVisit:
        """The visit with other columns; calendars learn by the revision that it has changed."""
        return self._replace(columns=columns, revision=self.revision + 1)

    def row(self, enrolment: Enrolment) -> ExpectedVisit:
        """The visit as a row of the model."""
        return ExpectedVisit(
            pk=self.pk,
            enrolment=enrolment,
            key=self.key,
            revision=self.revision,
            **self.columns._asdict(),
        )


def read_stored(enrolment_ids: Collection[int]) -> Iterator[tuple[int, StoredVisit]]:
    """The stored visits of these enrolments, each with the key of its enrolment; one query."""
    # JSON as its text: rows share most of it, so that it is seldom read twice.
    texts = [Cast(name, TextField()) for name in _JSON]
    rows = (
        ExpectedVisit.objects.filter(enrolment__in=enrolment_ids)
        .order_by("pk")
        .values_list("enrolment_id", "pk", "key", "revision", *_PLAIN, *texts)
    )
    first_text = 4 + len(_PLAIN)
    for row in rows:
        enrolment_id, pk, key, revision = row[:4]
        columns = Columns(*row[4:first_text], *map(_read, row[first_text:]))
        yield enrolment_id, StoredVisit(pk, key, revision, columns)


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))
