"""Checks of screening, consent, enrolment and withdrawal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.case import Case
from registry.checks.place import Place, precedes
from registry.models import (
    Assessment,
    ClinicalRow,
    Course,
    Enrolment,
    Progression,
    Screening,
    ToxicityEvent,
)
from registry.models.choices import ScreeningOutcome, WithdrawalScope


def enrolled_before_consent(case: Case, today: dt.date) -> Iterator[Place]:
    """Nobody is enrolled before consent was given."""
    for row in case.of(Enrolment):
        if precedes(row.enrolled_on, row.consent_on):
            message = _("enrolled before consent was given ({date})")
            yield Place(row, "enrolled_on", message.format(date=row.consent_on))


def consent_after_rt(case: Case, today: dt.date) -> Iterator[Place]:
    """Consent is given before the first fraction of at least one course."""
    starts = [row.started_on for row in case.of(Course) if row.started_on is not None]
    if not starts:
        return
    for row in case.of(Enrolment):
        consent = row.consent_on
        if consent is not None and all(start.before(consent) for start in starts):
            message = _("after the first fraction ({date})")
            yield Place(row, "consent_on", message.format(date=max(starts)))


def screened_after_enrolment(case: Case, today: dt.date) -> Iterator[Place]:
    """A person is screened before being enrolled in the study."""
    enrolled = {row.study_id: row.enrolled_on for row in case.of(Enrolment)}
    for row in case.of(Screening):
        on = enrolled.get(row.study_id)
        if precedes(on, row.screened_on):
            message = _("after the enrolment ({date})")
            yield Place(row, "screened_on", message.format(date=on))


def screening_outcome(case: Case, today: dt.date) -> Iterator[Place]:
    """The screening of an enrolled patient does not say that there was no enrolment."""
    enrolled = {row.study_id for row in case.of(Enrolment)}
    for row in case.of(Screening):
        if row.outcome == ScreeningOutcome.NOT_ENROLLED and row.study_id in enrolled:
            yield Place(row, "outcome", _("not enrolled, but there is an enrolment in the study"))


_COLLECTED: tuple[tuple[type[ClinicalRow], str], ...] = (
    (Assessment, "assessed_on"),
    (Progression, "occurred_on"),
    (ToxicityEvent, "onset_on"),
)


def collected_after_withdrawal(case: Case, today: dt.date) -> Iterator[Place]:
    """Nothing is collected after the patient withdrew from all further collection."""
    enrolments = case.of(Enrolment)
    days = [row.withdrawn_on for row in enrolments if row.withdrawal_scope == WithdrawalScope.ALL]
    known = [day for day in days if day is not None]
    if not enrolments or len(known) < len(enrolments):
        return
    last = max(known)
    for model, field in _COLLECTED:
        for row in case.of(model):
            value = getattr(row, field)
            if precedes(last, value):
                message = _("{date} is after the withdrawal from all collection ({last})")
                yield Place(row, field, message.format(date=value, last=last))
