"""Toxicity by CTCAE term and grade, acute and late side by side, with attribution and wounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.artefacts.notes import patient_count, standard_notes
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.toxicity_events import (
    GRADES,
    ToxicityEvents,
    grade_counts,
    toxicity_events,
    worst_grades,
)
from analytics.artefacts.words import DASH, count, count_percent
from analytics.artefacts.wounds import wound_table
from analytics.cohort import Cohort
from registry.models.choices import Attribution
from registry.number_text import count_text
from registry.selectors.code_names import group_name
from registry.templatetags.protocol import border_words
from registry.terminology.ctcae import find

BOTH_PHASES = ("acute", "late")
AT_ANY_TIME = ""


def toxicity(
    cohort: Cohort,
    *,
    phases: Sequence[str] = BOTH_PHASES,
    terms: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    attribution: Sequence[str] | None = None,
    worst_per_patient: bool = True,
) -> Artefact:
    """The toxicity table, what the events are attributed to, and wound complications.

    Percentages are of the patients treated, as in the papers; the late ones stand a second time in
    a line of their own, of those followed beyond the border between acute and late.

    Args:
        phases: "acute", "late" or both; under a protocol without a border there are none, and all
            events stand together.
        terms: CTCAE terms; each has a line even without an event. None for all on file.
        regions: codes of regions of the primary site, such as "lower_extremity"; None for all.
        attribution: codes of the attributions that count, "" for not stated; None for all.
        worst_per_patient: patients at their worst grade of a term; False counts events.
    """
    title = _("Toxicity")
    found = toxicity_events(cohort, terms=terms, regions=regions, attribution=attribution)
    if not found.treated:
        return Artefact("toxicity", title, reason=_("No patient has been treated yet."))
    if cohort.protocol.toxicity.release is None and found.counted.empty:
        return Artefact("toxicity", title, reason=_("This study records no toxicity."))
    shown = tuple(phases) if found.followed is not None else (AT_ANY_TIME,)
    settings = _settings_notes(cohort, regions, attribution)
    standard = standard_notes(cohort)
    parts = [
        Table(
            key="toxicity",
            title=title,
            stub=_("CTCAE term"),
            columns=_columns(shown),
            rows=tuple(_rows(cohort, found, shown, terms, worst_per_patient)),
            notes=(*_notes(cohort, found, shown, worst_per_patient), *settings, *standard),
        )
    ]
    everything = toxicity_events(cohort, terms=terms, regions=regions)
    if len(everything.counted):
        parts.append(_attribution_table(everything, shown, (*settings[:-1], *standard)))
    wound_days = cohort.protocol.toxicity.wound_days_after_surgery
    if wound_days is not None:
        parts.append(wound_table(cohort, everything, wound_days, standard))
    return Artefact("toxicity", title, tuple(parts))


def _columns(phases: Sequence[str]) -> tuple[Column, ...]:
    grades = [_("Grade %(grade)d") % {"grade": grade} for grade in GRADES]
    labels = [*grades, _("Any grade"), _("Grade ≥ 2"), _("Grade ≥ 3")]
    return tuple(Column(name, _phase_label(phase)) for phase in phases for name in labels)


def _rows(
    cohort: Cohort,
    found: ToxicityEvents,
    phases: Sequence[str],
    terms: Sequence[str] | None,
    by_patient: bool,
) -> Iterator[Row]:
    whole = len(found.treated) if by_patient else 0
    yield Row(
        _("Any toxicity") if terms is None else _("Any of these terms"),
        _cells(found.counted, phases, (), whole),
    )
    if found.followed is not None and "late" in phases and by_patient:
        late = _grade_cells(_of_phase(found.counted, "late"), (), len(found.followed))
        empty = (DASH,) * len(late)
        label = _("of the %(n)s followed beyond the border") % {
            "n": count_text(len(found.followed))
        }
        cells = [late if phase == "late" else empty for phase in phases]
        yield Row(label, tuple(cell for group in cells for cell in group), indent=1)
    lines = _lines(cohort, found.counted, terms)
    several = len({release for _soc, _term, release in lines}) > 1
    heading = ""
    for soc, term, release in lines:
        if soc != heading:
            heading = soc
            # Release 3.0 writes its categories in capitals.
            yield Row(soc.capitalize() if soc.isupper() else soc)
        of_term = found.counted[
            (found.counted["term"] == term) & (found.counted["release"] == release)
        ]
        label = f"{term} (CTCAE {release})" if several else term
        yield Row(label, _cells(of_term, phases, ("term", "release"), whole), indent=1)


def _lines(
    cohort: Cohort, events: pd.DataFrame, terms: Sequence[str] | None
) -> list[tuple[str, str, str]]:
    """System organ class, term and release of each line, in their order."""
    lines = set(events[["soc", "term", "release"]].itertuples(index=False, name=None))
    release = cohort.protocol.toxicity.release
    for name in terms or ():
        known = find(release, name) if release is not None else None
        if known is not None:
            lines.add((known.soc, known.term, known.release))
    return sorted((soc or _("Not classified"), term, release) for soc, term, release in lines)


def _cells(
    events: pd.DataFrame, phases: Sequence[str], by: Sequence[str], whole: int
) -> tuple[Cell, ...]:
    groups = [_grade_cells(_of_phase(events, phase), by, whole) for phase in phases]
    return tuple(cell for group in groups for cell in group)


def _grade_cells(events: pd.DataFrame, by: Sequence[str], whole: int) -> tuple[Cell, ...]:
    """Patients at their worst grade as n (%); events alone where there is no whole."""
    grades = (worst_grades(events, by) if whole else events)["grade"]
    return tuple(_count(n, whole) for n in grade_counts(grades))


def _count(n: int, whole: int) -> Cell:
    """n (%), but a bare 0: it keeps a table of many columns readable."""
    return count_percent(n, whole) if n else count(0)


def _of_phase(events: pd.DataFrame, phase: str) -> pd.DataFrame:
    return events if phase == AT_ANY_TIME else events[events["phase"] == phase]


def _attribution_table(
    found: ToxicityEvents, phases: Sequence[str], notes: tuple[str, ...]
) -> Table:
    columns = tuple(
        Column(name, _phase_label(phase))
        for phase in phases
        for name in (_("Events"), _("Grade ≥ 3"))
    )
    rows = []
    for code, label in [*Attribution.choices, ("", _("Not stated"))]:
        cells: list[Cell] = []
        for phase in phases:
            events = _of_phase(found.counted, phase)
            of_code = events[events["attribution"] == code]
            severe = events["grade"] >= 3
            cells.append(_count(len(of_code), len(events)))
            cells.append(_count(int((of_code["grade"] >= 3).sum()), int(severe.sum())))
        rows.append(Row(str(label), tuple(cells)))
    return Table(
        key="toxicity-attribution",
        title=_("Attribution of toxicity to radiotherapy"),
        stub=_("Attribution"),
        columns=columns,
        rows=tuple(rows),
        notes=(_("Events, each at its worst grade; percent of the events of the column."), *notes),
    )


def _notes(
    cohort: Cohort, found: ToxicityEvents, phases: Sequence[str], by_patient: bool
) -> Iterator[str]:
    yield _scale(cohort, found.counted)
    treated = patient_count(len(found.treated))
    if by_patient:
        yield _("Patients at their worst grade, n (%%) of the %(patients)s treated.") % {
            "patients": treated
        }
    else:
        yield _("Events, not patients; %(patients)s treated.") % {"patients": treated}
    border = cohort.protocol.toxicity.acute
    if border is not None and found.followed is not None:
        yield _(
            "Acute: %(border)s; late: after that. Followed beyond this border: %(patients)s."
        ) % {"border": border_words(border), "patients": patient_count(len(found.followed))}
    if found.counted.empty:
        yield _("No event is on file; that each visit asked for toxicity is not shown here.")
    yield from _left_out(found, phases)


def _scale(cohort: Cohort, events: pd.DataFrame) -> str:
    releases = sorted({release for release in events["release"] if release})
    if not releases and cohort.protocol.toxicity.release is not None:
        releases = [cohort.protocol.toxicity.release.value]
    return _("Graded by CTCAE %(releases)s.") % {"releases": ", ".join(releases) or "–"}


def _left_out(found: ToxicityEvents, phases: Sequence[str]) -> Iterator[str]:
    """Events that are on file and not in the table, or only in part of its columns."""
    n, patients = len(found.before_rt), found.before_rt["USUBJID"].nunique()
    if n:
        yield ngettext(
            "%(n)s finding present before radiotherapy (%(patients)s) is not counted.",
            "%(n)s findings present before radiotherapy (%(patients)s) are not counted.",
            n,
        ) % {"n": count_text(n), "patients": patient_count(patients)}
    undecided = found.counted[found.counted["phase"] == ""]
    if len(undecided) and AT_ANY_TIME not in phases:
        yield _("Neither acute nor late by what is known of the onset: %(events)s.") % {
            "events": _event_words(undecided)
        }
    if len(found.other_attribution):
        yield _("Not counted by their attribution: %(n)s.") % {
            "n": count_text(len(found.other_attribution))
        }


def _event_words(events: pd.DataFrame) -> str:
    """ "Fatigue, grade 1 (2)" for each term and grade."""
    counted = events.groupby(["term", "grade"]).size().reset_index(name="n")
    return "; ".join(
        _("%(term)s, grade %(grade)d (%(n)s)") % {"term": term, "grade": grade, "n": count_text(n)}
        for term, grade, n in counted.itertuples(index=False, name=None)
    )


def _settings_notes(
    cohort: Cohort, regions: Sequence[str] | None, attribution: Sequence[str] | None
) -> tuple[str, ...]:
    """Which patients and which attributions; the note on attribution comes last."""
    notes = []
    if regions is not None:
        named = ", ".join(group_name("region_site", region) for region in regions)
        notes.append(_("Only patients with the primary in: %(regions)s.") % {"regions": named})
    if attribution is None:
        notes.append(_("Events count whatever their attribution to radiotherapy."))
    else:
        labels = dict(Attribution.choices) | {"": _("not stated")}
        named = ", ".join(str(labels.get(code, code)) for code in attribution)
        notes.append(_("Only events with the attribution: %(labels)s.") % {"labels": named})
    return tuple(notes)


def _phase_label(phase: str) -> str:
    return {"acute": _("Acute"), "late": _("Late"), AT_ANY_TIME: _("Any time")}[phase]
