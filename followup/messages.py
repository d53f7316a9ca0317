"""The text of a digest: pseudonyms, dates and links, nothing that identifies a patient."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from followup.models import Reminder, ReminderKind
from registry.models import User

MOST_LINES = 100  # of one section; a longer list is read on the worklist

_ORDER = (
    ReminderKind.ESCALATION,
    ReminderKind.OVERDUE,
    ReminderKind.DUE,
    ReminderKind.AHEAD,
)


@dataclass(frozen=True)
class Line:
    """One visit in a digest."""

    pseudonym: str
    url: str
    study: str
    visit: str
    target: dt.date
    window_start: dt.date
    window_end: dt.date
    outstanding: str


@dataclass(frozen=True)
class Section:
    """The visits of one kind; ``more`` are left out of ``lines``."""

    kind: ReminderKind
    title: str
    lines: Sequence[Line]
    more: int


def digest_message(
    user: User, reminders: Iterable[Reminder], *, message_id: str, today: dt.date
) -> EmailMultiAlternatives:
    """The mail with these reminders, as plain text and HTML.

    Reminders come with visit, enrolment, study and patient loaded. ``message_id`` is its fixed
    Message-ID.
    """
    with translation.override(settings.LANGUAGE_CODE):
        sections = _sections(list(reminders))
        context: dict[str, Any] = {
            "person": str(user),
            "sections": sections,
            "today": today,
            "worklist_url": _absolute(reverse("registry:home")),
        }
        message = EmailMultiAlternatives(
            subject=_subject(sections),
            body=render_to_string("followup/mail/digest.txt", context),
            to=[user.email],
            headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(
            render_to_string("followup/mail/digest.html", context), "text/html"
        )
    return message


def _sections(reminders: list[Reminder]) -> list[Section]:
    sections = []
    for kind in _ORDER:
        lines = [_line(reminder) for reminder in reminders if reminder.kind == kind]
        if lines:
            title = _title(kind, len(lines))
            more = max(0, len(lines) - MOST_LINES)
            sections.append(Section(kind, title, lines[:MOST_LINES], more))
    return sections


def _line(reminder: Reminder) -> Line:
    visit = reminder.visit
    patient = visit.enrolment.patient
    # Only open visits are reminded of, and those have all their dates.
    assert visit.target is not None
    assert visit.window_start is not None
    assert visit.window_end is not None
    return Line(
        pseudonym=patient.pseudonym,
        url=_absolute(reverse("registry:patient", args=[patient.pseudonym])),
        study=visit.enrolment.study.key,
        visit=visit.label,
        target=visit.target,
        window_start=visit.window_start,
        window_end=visit.window_end,
        outstanding=visit.outstanding_text,
    )


def _title(kind: ReminderKind, count: int) -> str:
    """Heading of a section; the subject is made of these too."""
    titles = {
        ReminderKind.ESCALATION: ngettext(
            "%(count)d visit long overdue", "%(count)d visits long overdue", count
        ),
        ReminderKind.OVERDUE: ngettext(
            "%(count)d visit overdue", "%(count)d visits overdue", count
        ),
        ReminderKind.DUE: ngettext("%(count)d visit due", "%(count)d visits due", count),
        ReminderKind.AHEAD: ngettext(
            "%(count)d visit opens soon", "%(count)d visits open soon", count
        ),
    }
    return titles[kind] % {"count": count}


def _subject(sections: list[Section]) -> str:
    parts = ", ".join(section.title for section in sections)
    return _("Follow-up: %(parts)s") % {"parts": parts}


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
