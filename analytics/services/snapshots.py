"""A person of the study freezes its analysis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics.cohort.read import read_cohort
from analytics.extract.rows import tables_at
from analytics.models import Snapshot
from analytics.snapshots.bundle import make_bundle
from analytics.snapshots.version import code_version
from registry.errors import Finding, Refused
from registry.models import ProtocolVersion, Study, User
from registry.partial_date import FIRST_YEAR
from registry.permissions import require_in_study
from registry.roles import Action
from registry.scope import system_scope
from registry.time_zones import end_of_day

LONGEST_NOTE = 4000
TRIES = 3
"""Two people may take the same number at once."""


def freeze(
    *,
    study: Study,
    data_cut: dt.date | None = None,
    known_at: dt.datetime | None = None,
    by: User | None,
    note: str = "",
) -> Snapshot:
    """Freeze the analysis of a whole study; whoever asks, every patient is in it.

    Args:
        data_cut: last day whose facts count; None for today, and for relative dates.
        known_at: what was on file at that moment (UTC) counts. None: for a data cut before today
            the end of that day, so that later corrections are not in it; else now.
        by: None for the installation.

    Raises:
        PermissionDenied: the person defines no analyses of this study.
        Refused: a data cut or moment that cannot be, or no protocol was on file then.
    """
    if by is not None:
        require_in_study(by, Action.DEFINE_ANALYSES, study)
    now = timezone.now()
    cut, moment = _times(study, data_cut, known_at, now)
    if len(note) > LONGEST_NOTE:
        message = _("At most %(most)d characters.") % {"most": LONGEST_NOTE}
        raise Refused([_finding("note", message)])
    with system_scope():
        snapshot = _analysed(study, cut, moment, now)
        snapshot.made_by, snapshot.note = by, note.strip()
        return _stored(snapshot)


def archive_of(
    study: Study, *, data_cut: dt.date | None = None, known_at: dt.datetime | None = None
) -> bytes:
    """The archive that a snapshot would have; nothing is stored. For the installation.

    Args:
        data_cut, known_at: as of :func:`freeze`, but None for what is on file now.

    Raises:
        Refused: as :func:`freeze`.
    """
    now = timezone.now()
    cut, moment = _times(study, data_cut, known_at or now, now)
    with system_scope():
        return bytes(_analysed(study, cut, moment, now).bundle)


def _times(
    study: Study, data_cut: dt.date | None, known_at: dt.datetime | None, now: dt.datetime
) -> tuple[dt.date | None, dt.datetime]:
    """The data cut and the moment that are meant."""
    here = timezone.get_default_timezone()
    today = timezone.localdate(now, here)
    if study.dates_are_relative:
        if data_cut is not None:
            message = _("Dates of this study are relative: no day of the calendar cuts them.")
            raise Refused([_finding("data_cut", message)])
    else:
        data_cut = data_cut or today
        if data_cut > today:
            message = _("%(day)s is in the future.") % {"day": data_cut.isoformat()}
            raise Refused([_finding("data_cut", message)])
        if data_cut.year < FIRST_YEAR:
            message = _("%(day)s is too long ago.") % {"day": data_cut.isoformat()}
            raise Refused([_finding("data_cut", message)])
    if known_at is not None:
        if known_at > now:
            raise Refused([_finding("known_at", _("This moment is in the future."))])
        return data_cut, known_at
    if data_cut is None or data_cut == today:
        return data_cut, now
    return data_cut, end_of_day(data_cut)


def _analysed(
    study: Study, data_cut: dt.date | None, known_at: dt.datetime, now: dt.datetime
) -> Snapshot:
    """The snapshot without number, person and note; nothing is stored."""
    try:
        with one_state():
            past = None if known_at == now else known_at
            version = tables_at(study, past).version
            cohort = read_cohort(study, data_cut=data_cut, known_at=past)
    except ProtocolVersion.DoesNotExist:
        message = _("Nothing of this study was on file then.")
        if known_at == now:
            message = _("The study has no protocol yet.")
        raise Refused([_finding("known_at", message)]) from None
    version_of_code = code_version()
    with translation.override(settings.LANGUAGE_CODE):
        bundle = make_bundle(cohort, protocol_source=version.source, code_version=version_of_code)
    return Snapshot(
        study=study,
        data_cut=data_cut,
        known_at=known_at,
        made_at=now,
        protocol_version=version.number,
        protocol_sha256=version.sha256,
        code_version=version_of_code,
        patient_count=len(cohort.patients),
        rows_sha256=bundle.rows_sha256,
        bundle_sha256=bundle.sha256,
        bundle=bundle.content,
    )


@contextmanager
def one_state() -> Iterator[None]:
    """All queries inside see one state of the database, whatever is written meanwhile.

    On SQLite nobody writes during a transaction. Within another transaction nothing can be asked
    of PostgreSQL any more; no page or command opens one.
    """
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _stored(snapshot: Snapshot) -> Snapshot:
    """The snapshot under the next number, in one step: killed before, it leaves nothing."""
    for left in reversed(range(TRIES)):
        last = Snapshot.objects.filter(study=snapshot.study).order_by("-number").first()
        snapshot.number = last.number + 1 if last else 1
        try:
            with transaction.atomic():
                snapshot.save()
            return snapshot
        except IntegrityError:
            if not left:
                raise
    raise AssertionError("unreachable")


def _finding(field: str, message: str) -> Finding:
    return Finding("snapshot", "impossible", message, "snapshot", field=field)
