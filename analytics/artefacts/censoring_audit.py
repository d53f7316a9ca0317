"""How the rows of an endpoint ended, and which of them are doubtful."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.words import count, count_percent
from analytics.cohort.cohort import Cohort
from analytics.extract.audit import CensoringLine, Doubt
from analytics.extract.audit import censoring_audit as audit_of
from analytics.extract.audit_limits import AuditLimits
from analytics.extract.rules import CENSORED, COMPETING, EVENT
from registry.number_text import decimal
from registry.protocols.calendar import MEAN_MONTH_DAYS
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit
from registry.templatetags.values import day_text

_STATUS = {
    EVENT: gettext_noop("event"),
    CENSORED: gettext_noop("censored"),
    COMPETING: gettext_noop("competing event"),
    None: gettext_noop("not in the table"),
}


def censoring_audit(
    cohort: Cohort, *, endpoint_code: str, today: dt.date | None = None, row_access: bool = False
) -> Artefact:
    """Counts of how rows ended and of what is doubtful; with rows, each of them by pseudonym.

    Args:
        endpoint_code: such as "LC".
        today: stands for the data cut where the cohort has none.
        row_access: the reader reads the cases themselves; only then rows are shown.

    Raises:
        LookupError: the protocol has no such endpoint.
    """
    endpoint = cohort.protocol.endpoint(endpoint_code)
    on = None if cohort.dates_are_relative else cohort.data_cut or today
    lines = audit_of(cohort.facts, endpoint, cohort.protocol, on=on)
    title = _("Censoring audit: %(endpoint)s") % {"endpoint": _(endpoint.label)}
    if not lines:
        return Artefact("censoring_audit", title, reason=_("There is nobody in the study."))
    parts = [audit_summary(cohort, endpoint, lines, on)]
    if row_access:
        parts.append(_rows(cohort, endpoint, lines))
    return Artefact("censoring_audit", title, tuple(parts))


def audit_summary(
    cohort: Cohort, endpoint: Endpoint, lines: Sequence[CensoringLine], on: dt.date | None
) -> Table:
    """Counts of the lines of an audit: how rows ended, and what is doubtful of how many."""
    by_status = Counter(line.status for line in lines)
    by_doubt = Counter(doubt for line in lines for doubt in {doubt for doubt, _why in line.doubts})
    doubtful = sum(bool(line.doubts) for line in lines)
    n = len(lines)
    rows = [
        Row(_("Rows"), (count(n),)),
        *(Row(_(words), (count_percent(by_status[key], n),), 1) for key, words in _STATUS.items()),
        Row(_("Doubtful"), (count_percent(doubtful, n),)),
        *(Row(str(doubt.label), (count_percent(by_doubt[doubt], n),), 1) for doubt in Doubt),
    ]
    unit = _("Lesions") if endpoint.unit is Unit.LESION else _("Patients")
    return Table(
        key="censoring_audit",
        title=_("How the rows ended"),
        stub=_("Rows of the endpoint"),
        columns=(Column(unit),),
        rows=tuple(rows),
        notes=tuple(_notes(cohort, endpoint, on)),
    )


def _notes(cohort: Cohort, endpoint: Endpoint, on: dt.date | None) -> Iterator[str]:
    limits = AuditLimits.of(cohort.protocol.schedule)
    yield _(endpoint.definition)
    yield _(
        "Long after imaging: more than %(imaging)d days. Long before the data cut: more than "
        "%(contact)d days. Both are 1.5 times the protocol's longest interval between local "
        "imaging or visits, and 365 days where it states none."
    ) % {"imaging": limits.imaging_days, "contact": limits.contact_days}
    if on is not None:
        yield _("Data cut or day of the audit: %(day)s.") % {"day": day_text(on)}
    else:
        yield _("Nobody is said to be unseen for long: the calendar of the study is not known.")
    yield _("One row may be doubtful for several reasons. The audit changes no row.")


def _rows(cohort: Cohort, endpoint: Endpoint, lines: Sequence[CensoringLine]) -> Table:
    by_lesion = endpoint.unit is Unit.LESION
    columns = (
        *((Column(_("Lesion")),) if by_lesion else ()),
        Column(_("Centre"), is_number=False),
        Column(_("Ended by"), is_number=False),
        Column(_("Day"), is_number=False),
        Column(_("Months")),
        Column(_("Doubts"), is_number=False),
    )
    return Table(
        key="censoring_audit_rows",
        title=_("Rows of the endpoint"),
        stub=_("Patient"),
        columns=columns,
        rows=tuple(
            Row(line.pseudonym, tuple(_cells(line, by_lesion, cohort.dates_are_relative)))
            for line in sorted(lines, key=lambda line: (not line.doubts, line.pseudonym))
        ),
        notes=(_("Doubtful rows come first."),),
    )


def _cells(line: CensoringLine, by_lesion: bool, are_relative: bool) -> Iterator[Cell]:
    if by_lesion:
        yield Cell(line.lesion, line.lesion)
    yield Cell(line.centre, line.centre)
    status = _(_STATUS[line.status])
    yield Cell(f"{status}: {_(line.words)}", line.words)
    if line.days is None or line.end is None:
        yield Cell("")
        yield Cell("")
    else:
        day = _("day %(days)d") % {"days": line.days} if are_relative else day_text(line.end)
        yield Cell(day, line.end.isoformat())
        months = line.days / MEAN_MONTH_DAYS
        yield Cell(decimal(months, 1), months)
    yield Cell("; ".join(why for _doubt, why in line.doubts))
