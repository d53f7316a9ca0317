"""Two snapshots of a study side by side: what has changed from one to the other."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts import words
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.curves import AT_MONTHS
from analytics.models import Snapshot
from analytics.snapshots.changes import Kind, RowChange, changes
from analytics.snapshots.corrections import corrections_table
from analytics.snapshots.overlay import overlay
from analytics.snapshots.stored import StoredAnalysis
from registry.date_text import moment_in_table
from registry.number_text import general
from registry.templatetags.values import day_text

MOST_ROWS = 500
"""Lines shown of changes by patient; the note says how many more there are."""


def compare(old: Snapshot, new: Snapshot, *, row_access: bool) -> tuple[Artefact, ...]:
    """Counts, rates and curves side by side; for readers of cases, what changed of whom and why.

    Args:
        row_access: the reader reads the cases of the study.

    Raises:
        ValueError: snapshots of two studies.
    """
    if old.study_id != new.study_id:
        raise ValueError("snapshots of two studies are not compared")
    before, after = StoredAnalysis.of(old), StoredAnalysis.of(new)
    found = changes(before, after)
    codes = list(dict.fromkeys(one["code"] for one in (*after.definitions, *before.definitions)))
    parts: list[Table] = [_about(old, new), _counts(codes, before, after, found)]
    summary = Artefact("comparison", _("What has changed"), tuple(parts))
    rates = Artefact("comparison-rates", _("Rates"), (_rates(codes, old, new, before, after),))
    curves = Artefact("comparison-curves", _("Curves"), tuple(overlay(old, new, before, after)))
    if not curves.parts:
        curves = Artefact("comparison-curves", curves.title, reason=_("There is no curve."))
    if not row_access:
        return summary, rates, curves
    return summary, _by_patient(found), corrections_table(old, new), rates, curves


def _about(old: Snapshot, new: Snapshot) -> Table:
    def row(label: str, *texts: object) -> Row:
        return Row(label, tuple(Cell(str(text)) for text in texts))

    pair = (old, new)
    same = _("The rows of both are the same.")
    other = _("The rows of the two are not the same.")
    return Table(
        key="comparison-snapshots",
        title=_("The two snapshots"),
        stub=_("Snapshot"),
        columns=tuple(Column(str(one.number), is_number=False) for one in pair),
        rows=(
            row(_("Data cut"), *(day_text(one.data_cut) if one.data_cut else "–" for one in pair)),
            row(_("Known at (UTC)"), *(moment_in_table(one.known_at) for one in pair)),
            row(_("Protocol version"), *(one.protocol_version for one in pair)),
            row(_("Version of the registry"), *(one.code_version for one in pair)),
            Row(_("Patients"), tuple(words.count(one.patient_count) for one in pair)),
        ),
        notes=(same if old.rows_sha256 == new.rows_sha256 else other,),
    )


def _counts(
    codes: list[str],
    before: StoredAnalysis,
    after: StoredAnalysis,
    found: list[RowChange],
) -> Table:
    def row(code: str) -> Row:
        of_it = [one for one in found if one.endpoint == code]
        counted = [sum(one.kind is kind for one in of_it) for kind in Kind]
        sizes = [
            int(stored.figures.get((what, code, ""), 0) or 0)
            for what in ("n", "events")
            for stored in (before, after)
        ]
        return Row(code, tuple(words.count(number) for number in (*sizes, *counted)))

    old, new = _("old"), _("new")
    return Table(
        key="comparison-counts",
        title=_("Rows and events of each endpoint"),
        stub=_("Endpoint"),
        columns=(
            Column(old, _("Rows")),
            Column(new, _("Rows")),
            Column(old, _("Events")),
            Column(new, _("Events")),
            *(Column(str(kind.label), _("What became of rows")) for kind in Kind),
        ),
        rows=tuple(row(code) for code in codes),
        notes=tuple(_definition_notes(codes, before, after)),
    )


def _definition_notes(
    codes: list[str], before: StoredAnalysis, after: StoredAnalysis
) -> Iterator[str]:
    yield _(
        "A row is a patient or, where lesions count, a lesion. Followed longer: no event, and a "
        "later end; other days: the time origin or the day of the event is another."
    )
    olds, news = ({one["code"]: one for one in stored.definitions} for stored in (before, after))
    for code in codes:
        if code not in olds or code not in news:
            yield _("%(code)s is defined in one of the two only.") % {"code": code}
        elif olds[code] != news[code]:
            yield _("%(code)s is defined otherwise in the two.") % {"code": code}


def _rates(
    codes: list[str], old: Snapshot, new: Snapshot, before: StoredAnalysis, after: StoredAnalysis
) -> Table:
    def cell(stored: StoredAnalysis, code: str, months: float) -> Cell:
        at = f"{months:g}"
        figures = [
            stored.figures.get((what, code, at)) for what in ("rate", "rate_lower", "rate_upper")
        ]
        return words.share(*(None if one is None or one != one else one for one in figures))

    return Table(
        key="comparison-rates",
        title=_("Rates at fixed times"),
        stub=_("Endpoint"),
        columns=tuple(
            Column(str(one.number), _("%(months)s months") % {"months": general(months)})
            for months in AT_MONTHS
            for one in (old, new)
        ),
        rows=tuple(
            Row(
                code,
                tuple(
                    cell(stored, code, months) for months in AT_MONTHS for stored in (before, after)
                ),
            )
            for code in codes
        ),
        notes=(_("Columns are named by the number of the snapshot; shares with 95 % CI."),),
    )


def _by_patient(found: list[RowChange]) -> Artefact:
    title = _("Changes by patient")
    shown = [one for one in found if one.kind is not Kind.LONGER]
    if not shown:
        return Artefact("comparison-patients", title, reason=_("No event and no day is another."))
    notes = [_("Rows that were only followed longer are not listed.")]
    if len(shown) > MOST_ROWS:
        notes.append(_("%(n)d more are not shown.") % {"n": len(shown) - MOST_ROWS})
    table = Table(
        key="comparison-patients",
        title=title,
        stub=_("Patient"),
        columns=tuple(
            Column(label, is_number=False)
            for label in (_("Lesion"), _("Endpoint"), _("Change"), _("Before"), _("After"))
        ),
        rows=tuple(
            Row(
                one.pseudonym,
                tuple(
                    Cell(text)
                    for text in (
                        one.lesion,
                        one.endpoint,
                        str(one.kind.label),
                        one.before,
                        one.after,
                    )
                ),
            )
            for one in shown[:MOST_ROWS]
        ),
        notes=tuple(notes),
    )
    return Artefact("comparison-patients", title, (table,))
