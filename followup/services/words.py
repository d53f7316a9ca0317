"""People's words on single visits: missed, postponed, not applicable; and words taken back.

A word is an honest exit of a visit that will not be as expected. It is said by the patient's
centre, with a reason that names nobody, also while the case is locked: it changes no fact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from followup.models import ExpectedVisit, VisitOverride, VisitState
from followup.schedules import NoteCode, OverrideKind
from followup.services.visits import recompute
from registry.errors import Finding, Refused
from registry.models import Patient, Study, User
from registry.permissions import require_case_entry
from registry.protocols.calendar import add_months
from registry.scope import system_scope
from registry.services.no_names import checked_text
from registry.templatetags.values import day_text

MODEL = "word"
LONGEST = 1000
"""Characters of a reason."""

MOST_MONTHS = 12
"""How far a visit can be postponed, from the day that the protocol asks for or from today."""

_WITH_A_REASON = {
    OverrideKind.MISSED: gettext_noop("A missed visit needs a reason."),
    OverrideKind.POSTPONED: gettext_noop("A postponed visit needs a reason."),
    OverrideKind.NOT_APPLICABLE: gettext_noop("A visit that does not apply needs a reason."),
}


def say_about_visit(
    visit: ExpectedVisit,
    *,
    by: User | None,
    kind: OverrideKind,
    reason: str,
    postponed_to: dt.date | None = None,
    today: dt.date,
    seen: int | None = None,
) -> VisitOverride:
    """Record that a visit was missed, is postponed or does not apply, and recompute the patient.

    The same word said once more is the word that is there already.

    Args:
        seen: key of the word that was in force when the person looked, 0 for none; not compared
            when None.

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: at its field: no reason, or one that names the patient; a new date that cannot be;
            a visit that takes no such word; or somebody else said something meanwhile.
    """
    with system_scope(), transaction.atomic():
        (visit,) = _locked([visit], by=by)
        patient = visit.enrolment.patient
        reason = _checked_reason(reason, patient, by=by, empty=_(_WITH_A_REASON[kind]))
        held = word_in_force(visit)
        if held is not None and _is_the_same(held, kind, reason, postponed_to, by):
            return held
        findings = [*_meanwhile(held, seen), *_findings(visit, held, kind, postponed_to, today)]
        if findings:
            raise Refused(findings)
        word = _write(visit, kind, reason, postponed_to, by=by)
        recompute([patient.pk], today=today)
    return word


def say_missed(
    visits: Iterable[ExpectedVisit], *, by: User | None, reason: str, today: dt.date
) -> list[VisitOverride]:
    """Record of several visits that they were missed, for one reason: all of them or none.

    Raises:
        PermissionDenied: the person does not enter cases at the centre of one of the patients.
        Refused: no reason, or one that names a patient; of visits that cannot have been missed,
            one finding each that says which.
    """
    with system_scope(), transaction.atomic():
        locked = _locked(visits, by=by)
        empty = _(_WITH_A_REASON[OverrideKind.MISSED])
        for patient in {row.enrolment.patient_id: row.enrolment.patient for row in locked}.values():
            reason = _checked_reason(reason, patient, by=by, empty=empty)
        findings = [
            _finding("visits", f"{visit_name(visit)}: {finding.message}")
            for visit in locked
            for finding in _findings(visit, word_in_force(visit), OverrideKind.MISSED, None, today)
        ]
        if findings:
            raise Refused(findings)
        words = [_write(visit, OverrideKind.MISSED, reason, None, by=by) for visit in locked]
        recompute({visit.enrolment.patient_id for visit in locked}, today=today)
    return words


def withdraw_word(
    visit: ExpectedVisit,
    *,
    by: User | None,
    reason: str,
    today: dt.date,
    seen: int | None = None,
) -> VisitOverride:
    """Take back the word in force on a visit, which stays on record, and recompute the patient.

    Raises:
        PermissionDenied: the person does not enter cases at the patient's centre.
        Refused: no reason, or one that names the patient; no word is in force, or another one than
            the person saw (``seen``, as for :func:`say_about_visit`).
    """
    with system_scope(), transaction.atomic():
        (visit,) = _locked([visit], by=by)
        patient = visit.enrolment.patient
        reason = _checked_reason(reason, patient, by=by, empty=_("Say why it is taken back."))
        held = word_in_force(visit)
        if held is None:
            raise Refused([_finding("", _("No word on this visit is in force."))])
        findings = list(_meanwhile(held, seen))
        if findings:
            raise Refused(findings)
        held.replaced_at, held.withdrawn_by, held.withdrawn_reason = timezone.now(), by, reason
        held.save(update_fields=["replaced_at", "withdrawn_by", "withdrawn_reason"])
        recompute([patient.pk], today=today)
    return held


def word_in_force(visit: ExpectedVisit) -> VisitOverride | None:
    """What stands said about a visit; within the scope in force."""
    word: VisitOverride | None = (
        VisitOverride.objects.filter(visit=visit, replaced_at__isnull=True)
        .select_related("by")
        .first()
    )
    return word


def why_no_word(visit: ExpectedVisit, held: VisitOverride | None) -> str:
    """Why nothing can be said about a visit; "" where something can. ``held`` is in force."""
    if visit.state == VisitState.DONE:
        return _("This visit is done.")
    if visit.state == VisitState.SUPERSEDED:
        return _("The schedule does not ask for this visit any more.")
    is_closed = visit.state in (VisitState.CANCELLED, VisitState.MISSED)
    if is_closed and (held is None or held.kind == OverrideKind.POSTPONED):
        return _("Nobody is expected at this visit any more.")
    return ""


def visit_name(visit: ExpectedVisit) -> str:
    """A visit among others: "JINLING-A-001, Month 6"."""
    label = visit.label or _("waiting for a date")
    return f"{visit.enrolment.patient.pseudonym}, {label}"


def asked_for(visit: ExpectedVisit) -> dt.date | None:
    """The day that the protocol asks for, before anybody postponed the visit."""
    moved = [note.on for note in visit.notes if note.code == NoteCode.POSTPONED]
    return dt.date.fromisoformat(str(moved[0])) if moved else visit.target


def _locked(visits: Iterable[ExpectedVisit], *, by: User | None) -> list[ExpectedVisit]:
    """The visits as they stand, their patients locked as for a recomputation: in its order."""
    keys = [visit.pk for visit in visits]
    rows = ExpectedVisit.objects.filter(pk__in=keys)
    patients = Patient.objects.filter(pk__in=rows.values("enrolment__patient")).order_by("pk")
    for patient in patients.select_for_update(no_key=True):
        require_case_entry(by, patient.centre_id)
    related = rows.select_related("enrolment__patient", "enrolment__study")
    return list(related.order_by("enrolment__patient__pseudonym", "target", "key"))


def _checked_reason(reason: str, patient: Patient, *, by: User | None, empty: str) -> str:
    if len(reason) > LONGEST:
        raise Refused([_finding("reason", _("at most {n} characters").format(n=LONGEST))])
    if by is None:
        if not reason.strip():
            raise Refused([_finding("reason", empty)])
        return reason.strip()
    return checked_text(reason, patient=patient, by=by, model=MODEL, field="reason", empty=empty)


def _findings(
    visit: ExpectedVisit,
    held: VisitOverride | None,
    kind: OverrideKind,
    postponed_to: dt.date | None,
    today: dt.date,
) -> Iterator[Finding]:
    """Why this cannot be said about the visit."""
    closed = why_no_word(visit, held)
    opens, closes, original = visit.window_start, visit.window_end, asked_for(visit)
    if closed:
        yield _finding("", closed)
    elif opens is None or closes is None or visit.target is None or original is None:
        if kind != OverrideKind.NOT_APPLICABLE:
            message = _("Until its date is known, a visit can only be said not to apply.")
            yield _finding("kind", message)
    elif kind == OverrideKind.MISSED and today < opens:
        message = _("The window opens on {day}: nobody can have missed the visit before.")
        yield _finding("kind", message.format(day=day_text(opens)))
    elif kind == OverrideKind.POSTPONED:
        after = closes - visit.target  # days from the target to the end of the window
        message = _not_that_day(postponed_to, original, after, visit.enrolment.study, today)
        if message:
            yield _finding("postponed_to", message)
    if kind != OverrideKind.POSTPONED and postponed_to is not None:
        yield _finding("postponed_to", _("A new date belongs to a postponed visit."))


def _not_that_day(
    day: dt.date | None, original: dt.date, after: dt.timedelta, study: Study, today: dt.date
) -> str:
    """Why a visit asked for on ``original`` cannot be postponed to the day; "" where it can."""
    if day is None:
        return _("Give the new date.")
    if day <= original:
        message = _("The protocol asks for the visit on {day}: postpone it to a later day.")
        return message.format(day=day_text(original))
    latest = add_months(max(original, today), MOST_MONTHS)
    if day > latest:
        message = _("At the latest {day}: {months} months ahead.")
        return message.format(day=day_text(latest), months=MOST_MONTHS)
    if study.follow_up_ends_on is not None and day >= study.follow_up_ends_on:
        message = _("Follow-up of the study ends on {day}.")
        return message.format(day=day_text(study.follow_up_ends_on))
    if day + after < today:
        message = _("The window would be over since {day}: say that the visit was missed.")
        return message.format(day=day_text(day + after))
    return ""


def _meanwhile(held: VisitOverride | None, seen: int | None) -> Iterator[Finding]:
    """Somebody else said something since the person looked: it is not replaced unseen."""
    now = 0 if held is None else held.pk
    if seen is not None and seen != now:
        message = _("What is said about this visit was changed meanwhile: see what stands now.")
        yield _finding("", message)


def _is_the_same(
    held: VisitOverride, kind: OverrideKind, reason: str, to: dt.date | None, by: User | None
) -> bool:
    said = (held.kind, held.reason, held.postponed_to, held.by_id)
    return said == (kind.value, reason, to, None if by is None else by.pk)


def _write(
    visit: ExpectedVisit,
    kind: OverrideKind,
    reason: str,
    postponed_to: dt.date | None,
    *,
    by: User | None,
) -> VisitOverride:
    now = timezone.now()
    VisitOverride.objects.filter(visit=visit, replaced_at__isnull=True).update(replaced_at=now)
    word: VisitOverride = VisitOverride.objects.create(
        visit=visit, kind=kind, reason=reason, postponed_to=postponed_to, by=by, at=now
    )
    return word


def _finding(field: str, message: str) -> Finding:
    return Finding("word", "impossible", message, MODEL, field=field)
