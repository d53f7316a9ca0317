"""What became of each row of an endpoint from one snapshot to the next."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.extract.rules import CENSORED, EVENT
from analytics.snapshots.stored import Line, StoredAnalysis
from registry.date_text import day_in_table

Key = tuple[str, str, str]


class Kind(TextChoices):
    """What became of a row; each row is of one kind."""

    NEW = "new", gettext_lazy("new")
    GONE = "gone", gettext_lazy("gone")
    EVENT = "event", gettext_lazy("event since")
    NO_EVENT = "no_event", gettext_lazy("event taken back")
    DAYS = "days", gettext_lazy("other days")
    LONGER = "longer", gettext_lazy("followed longer")


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is not as it was; ``before`` and ``after`` say in words how it ended."""

    endpoint: str
    pseudonym: str
    lesion: str
    kind: Kind
    before: str
    after: str


def changes(before: StoredAnalysis, after: StoredAnalysis) -> list[RowChange]:
    """By pseudonym, lesion and endpoint; rows that did not change are not among them."""
    olds, news = _by_key(before), _by_key(after)
    found = []
    for key in sorted(olds.keys() | news.keys(), key=lambda one: (one[1], one[2], one[0])):
        old, new = olds.get(key), news.get(key)
        kind = _kind(old, new)
        if kind is not None:
            found.append(RowChange(*key, kind, _words(old), _words(new)))
    return found


def _by_key(stored: StoredAnalysis) -> dict[Key, Line]:
    return {(row["PARAMCD"], row["USUBJID"], row["LESID"]): row for row in stored.rows}


def _kind(old: Line | None, new: Line | None) -> Kind | None:
    if old is None:
        return Kind.NEW
    if new is None:
        return Kind.GONE
    was, is_now = (int(row["CNSR"]) == EVENT for row in (old, new))
    if was != is_now:
        return Kind.EVENT if is_now else Kind.NO_EVENT
    if _end(old) == _end(new):
        return None
    later = int(new["AVAL"]) > int(old["AVAL"])
    origin = old.get("STARTDT") == new.get("STARTDT")
    if origin and later and int(old["CNSR"]) == CENSORED:
        return Kind.LONGER
    return Kind.DAYS


def _end(row: Line) -> tuple[str | None, ...]:
    return tuple(row.get(name) for name in ("STARTDT", "ADT", "AVAL", "CNSR"))


def _words(row: Line | None) -> str:
    """ "local progression, 200 days (2020-01-15 to 2020-08-02)"; "" for no row."""
    if row is None:
        return ""
    what = row["CNSDTDSC"] if int(row["CNSR"]) == CENSORED else row["EVNTDESC"]
    text = _("%(what)s, %(days)s days") % {"what": _(what) if what else "–", "days": row["AVAL"]}
    if "STARTDT" not in row:
        return text
    start, end = (day_in_table(row[name]) for name in ("STARTDT", "ADT"))
    return f"{text} ({start} – {end})"
