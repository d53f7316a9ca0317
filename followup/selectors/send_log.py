"""The send log: what went to whom, when and why, and what was held back and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from followup.models import Digest, ExpectedVisit, MailState, Reminder, ReminderKind
from followup.services.addresses import ADDRESS_REFUSED
from registry.models import Membership, Patient, User
from registry.selectors.audit_trail import FEW_PATIENTS, by_person
from registry.selectors.studies import scope_in_force, visible_centres

MOST_PEOPLE = 500
"""Names that the page suggests."""


class LogState(StrEnum):
    """What became of a reminder, as people see it."""

    SENT = "sent"
    WAITING = "waiting"
    HELD = "held"
    DOUBTFUL = "doubtful"
    FAILED = "failed"


STATE_WORDS = {
    LogState.SENT: gettext_lazy("Sent"),
    LogState.WAITING: gettext_lazy("Waiting"),
    LogState.HELD: gettext_lazy("Held back"),
    LogState.DOUBTFUL: gettext_lazy("Doubtful"),
    LogState.FAILED: gettext_lazy("Failed"),
}

_MARKS = {
    LogState.SENT: "sent",
    LogState.WAITING: "waiting",
    LogState.HELD: "cancelled",
    LogState.DOUBTFUL: "unknown",
    LogState.FAILED: "failed",
}

_OF_DIGEST = {
    MailState.SENT: LogState.SENT,
    MailState.UNKNOWN: LogState.DOUBTFUL,
    MailState.FAILED: LogState.FAILED,
    MailState.HELD: LogState.HELD,
}
"""State of a digest → that of its reminders; the other ones are on their way."""

_WITH_VISIT = (
    "recipient",
    "digest__settled_by",
    "visit__enrolment__study",
    "visit__enrolment__patient__centre",
)


@dataclass(frozen=True)
class LogFilter:
    """What the log is cut to; "" and None for any. Days are both included."""

    patient: str = ""
    person: str = ""
    kind: str = ""
    state: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True)
class LogLine:
    """One reminder of the log.

    ``noticed_at`` is when the registry saw that the person had to be told; ``mail_of`` the day of
    the mail it stands in, None while it is in none.
    """

    noticed_at: dt.datetime
    pseudonym: str
    study: str
    centre: str
    visit: str
    target: dt.date
    kind: str
    person: str
    mail_of: dt.date | None
    message_id: str
    state: LogState
    sent_at: dt.datetime | None
    why: str

    @property
    def mark(self) -> str:
        """The shape of its status mark."""
        return _MARKS[self.state]

    @property
    def state_word(self) -> str:
        """The state in the reader's language."""
        return str(STATE_WORDS[self.state])


def send_log(cut: LogFilter) -> QuerySet[Reminder]:
    """The reminders of the scope in force that fit, the newest first.

    Those of patients and enrolments that were taken back are left out, as everywhere.
    """
    reminders = Reminder._base_manager.filter(_in_days(cut.first_day, cut.last_day))
    if cut.person:
        reminders = reminders.filter(by_person("recipient_id", cut.person))
    if cut.kind:
        reminders = reminders.filter(kind=cut.kind)
    if cut.state:
        reminders = reminders.filter(_in_state(LogState(cut.state)))
    return reminders.filter(_of_visits(cut.patient)).order_by("-pk")


def log_lines(reminders: Iterable[Reminder]) -> list[LogLine]:
    """Reminders of :func:`send_log` in words, in one query.

    What they speak of is read for the lines that are shown only: joined to the search for them, it
    would have the database begin at the other end.
    """
    shown = Reminder._base_manager.filter(pk__in=[reminder.pk for reminder in reminders])
    return [_line(row) for row in shown.select_related(*_WITH_VISIT).order_by("-pk")]


def people_to_suggest() -> list[str]:
    """Names of those who may stand in the log: with a role at a centre or study of the scope."""
    held = Membership.objects.filter(
        Q(centre__in=visible_centres()) | Q(study__in=scope_in_force().study_ids)
    )
    people = User.objects.filter(pk__in=held.values("user")).order_by("display_name", "username")
    return sorted({str(person) for person in people[:MOST_PEOPLE]})


def kind_words(kind: str, round_: int) -> str:
    """Why somebody is told: "Due", "Overdue, round 2"."""
    words = str(ReminderKind(kind).label)
    if kind != ReminderKind.OVERDUE:
        return words
    return _("{kind}, round {number}").format(kind=words, number=round_)


def _of_visits(pseudonym: str) -> Q:
    """Condition: of visits within the scope in force; of one patient, where one is named.

    Many reminders are read from the newest on until a page is full, each looked up whether it is
    within the scope. For a reader of few patients that might be all there are: there the visits
    come first.
    """
    visits = ExpectedVisit.objects.filter(
        enrolment__voided_at__isnull=True, enrolment__patient__voided_at__isnull=True
    )
    if pseudonym:
        return Q(visit__in=visits.filter(enrolment__patient__pseudonym=pseudonym).values("pk"))
    patients = list(Patient.objects.order_by().values_list("pk", flat=True)[: FEW_PATIENTS + 1])
    if len(patients) <= FEW_PATIENTS:
        return Q(visit__in=visits.filter(enrolment__patient__in=patients).values("pk"))
    return Q(Exists(visits.filter(pk=OuterRef("visit"))))


def _in_state(state: LogState) -> Q:
    """Condition: what became of the reminder; held ones share no fate with their mail."""
    if state is LogState.HELD:
        return ~Q(held="") | Q(_in_digest(state=MailState.HELD))
    if state is LogState.WAITING:
        return Q(held="") & (Q(digest__isnull=True) | ~Q(_in_digest(state__in=_OF_DIGEST)))
    states = [one for one, shown in _OF_DIGEST.items() if shown is state]
    if state is LogState.SENT:
        return Q(held="") & Q(_in_digest(state__in=states))
    few = Digest.objects.filter(state__in=states).order_by().values("pk")
    return Q(held="", digest__in=few)


def _in_days(first: dt.date | None, last: dt.date | None) -> Q:
    """Condition: in a mail of these days; what is in no mail, noticed on them."""
    if first is last is None:
        return Q()
    days: dict[str, dt.date] = {}
    noticed = Q(digest__isnull=True)
    if first is not None:
        days["day__gte"] = first
        noticed &= Q(created_at__gte=_midnight(first))
    if last is not None:
        days["day__lte"] = last
        noticed &= Q(created_at__lt=_midnight(last + dt.timedelta(days=1)))
    return Q(_in_digest(**days)) | noticed


def _in_digest(**values: Any) -> Exists:
    """Condition: in such a digest; looked up for each reminder, so that these are read in order."""
    return Exists(Digest.objects.filter(pk=OuterRef("digest"), **values))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _line(reminder: Reminder) -> LogLine:
    visit, digest = reminder.visit, reminder.digest
    patient = visit.enrolment.patient
    state = _state(reminder)
    return LogLine(
        noticed_at=reminder.created_at,
        pseudonym=patient.pseudonym,
        study=visit.enrolment.study.key,
        centre=patient.centre.name,
        visit=visit.label,
        target=reminder.target,
        kind=kind_words(reminder.kind, reminder.round),
        person=str(reminder.recipient),
        mail_of=None if digest is None else digest.day,
        message_id="" if digest is None else digest.message_id,
        state=state,
        sent_at=digest.sent_at if digest is not None and state is LogState.SENT else None,
        why=_why(reminder, state),
    )


def _state(reminder: Reminder) -> LogState:
    return _OF_DIGEST.get(MailState(reminder.state), LogState.WAITING)


def _why(reminder: Reminder, state: LogState) -> str:
    """Why it was held back or is not there yet; of a mail once doubtful, who settled it."""
    if reminder.held:
        return str(reminder.get_held_display())
    digest = reminder.digest
    if digest is None:
        return _("Goes into the person's next mail.")
    words = {
        LogState.DOUBTFUL: _("The mail may have arrived or not."),
        LogState.FAILED: _failure(digest),
    }.get(state, "")
    return " ".join(filter(None, [words, _settled(digest)]))


def _settled(digest: Digest) -> str:
    """Of a mail that was doubtful once: who settled it, and how; "" of any other."""
    if digest.settled_by is None or digest.settled_at is None:
        return ""
    # A mail that arrived was sent before anybody said so; one that is sent again is so after.
    has_arrived = digest.sent_at is not None and digest.sent_at <= digest.settled_at
    words = _("{person} says that it arrived.") if has_arrived else _("{person} had it sent again.")
    return words.format(person=digest.settled_by)


def _failure(digest: Digest) -> str:
    """What the mail server answered, and what comes next; without any address."""
    if digest.error == ADDRESS_REFUSED:
        return _("The person's address refuses mail. What the mail says waits.")
    if digest.retry_at is None:
        return _("Not sent: {error}. What it says goes into the next mail.").format(
            error=digest.error
        )
    return _("Not sent: {error}. It is tried again.").format(error=digest.error)
