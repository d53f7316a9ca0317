"""Two people edited the same form: what each of them says, side by side, and the choice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from registry.entry.bound import BoundRow
from registry.entry.entry import Entry
from registry.models import AuditEvent, User

THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class Difference:
    """A field on which the saved row and the typed one differ."""

    name: str
    label: str
    theirs: str
    mine: str
    theirs_typed: list[str]


@dataclass(frozen=True)
class Conflict:
    """All differences of a page, and who saved last."""

    differences: list[Difference]
    who: User | None


def settle(data: QueryDict) -> QueryDict:
    """The inputs with the person's choices carried out: "theirs" takes the saved value."""
    settled = data.copy()
    for name in data.getlist("differs"):
        if data.get(f"keep-{name}") == THEIRS:
            settled.setlist(name, data.getlist(f"theirs-{name}"))
    return settled


def is_unsettled(data: QueryDict) -> bool:
    """True when a difference was shown and the person has not chosen."""
    return any(data.get(f"keep-{name}") not in (THEIRS, MINE) for name in data.getlist("differs"))


def show_conflict(entry: Entry, saved: Entry) -> None:
    """Put the differences between what was typed and what is saved on the page.

    From here on the page carries the versions as they are now: the person has seen them.
    """
    by_prefix = {one.prefix: one for one in saved.rows()}
    differences: list[Difference] = []
    who = None
    for one in entry.rows():
        held = by_prefix.get(one.prefix)
        if held is None or one.is_new or one.seen_version == one.row.version:
            continue
        differences += _between(one, held)
        who = who or _last_editor(one)
        one.seen_version = one.row.version
    entry.conflict = Conflict(differences, who)


def _between(one: BoundRow, held: BoundRow) -> list[Difference]:
    found = []
    for name, field in one.form.fields.items():
        theirs, mine = held.form.initial[name], one.form[name].value()
        if _as_list(theirs) != _as_list(mine):
            found.append(
                Difference(
                    name=one.form.add_prefix(name),
                    label=f"{one.row}: {field.label}" if one.part.repeats else str(field.label),
                    theirs=field.words(theirs),
                    mine=field.words(mine),
                    theirs_typed=_as_list(theirs),
                )
            )
    return found


def _as_list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(one) for one in values if one not in (None, "")]


def _last_editor(one: BoundRow) -> User | None:
    row = one.row
    events = AuditEvent.objects.filter(table=row._meta.db_table, row_id=row.pk)
    actor = events.order_by("-id").values_list("actor_id", flat=True).first()
    return None if actor is None else User.objects.filter(pk=actor).first()
