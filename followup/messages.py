"""The text of a digest: pseudonyms, dates and links, nothing that identifies a patient."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
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

from followup.models import AddressNotice, Reminder, ReminderKind
from followup.unsubscribe import unsubscribe_address, wishes_address
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


@dataclass(frozen=True)
class AddressLine:
    """A person who gets no mail, and how that became known."""

    person: str
    source: str
    code: str
    since: dt.datetime


@dataclass(frozen=True)
class AddressSection:
    """The people whose addresses refuse mail."""

    title: str
    lines: Sequence[AddressLine]


@dataclass(frozen=True)
class Content:
    """What a digest tells, and why it goes to its reader.

    Attributes:
        day: the reader's day.
        reminders: with visit, enrolment, study and patient loaded.
        notices: addresses that refuse mail, with mark and person loaded.
        stood_in_for: keys of the people who are away, in whose place the reader is told.
    """

    day: dt.date
    reminders: Sequence[Reminder]
    notices: Sequence[AddressNotice] = ()
    stood_in_for: Sequence[int] = ()
    is_unsubscribed: bool = False


def digest_message(user: User, content: Content, *, message_id: str) -> EmailMultiAlternatives:
    """The mail of a digest, as plain text and HTML; ``message_id`` is its fixed Message-ID."""
    off = unsubscribe_address(user)
    with translation.override(settings.LANGUAGE_CODE):
        sections = _sections(content.reminders)
        addresses = _address_section(content.notices)
        context: dict[str, Any] = {
            "person": str(user),
            "sections": sections,
            "addresses": addresses,
            "stood_in_for": _names(content.stood_in_for),
            "is_unsubscribed": content.is_unsubscribed,
            "today": content.day,
            "worklist_url": _absolute(reverse("registry:home")),
            "wishes_url": wishes_address(),
            "unsubscribe_url": off,
        }
        message = EmailMultiAlternatives(
            subject=_subject([*(one.title for one in sections), *_title_of(addresses)]),
            body=render_to_string("followup/mail/digest.txt", context),
            to=[user.email],
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                "List-Unsubscribe": f"<{off}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        message.attach_alternative(
            render_to_string("followup/mail/digest.html", context), "text/html"
        )
    return message


def _sections(reminders: Sequence[Reminder]) -> list[Section]:
    sections = []
    for kind in _ORDER:
        lines = [_line(reminder) for reminder in reminders if reminder.kind == kind]
        if lines:
            title = _title(kind, len(lines))
            more = max(0, len(lines) - MOST_LINES)
            sections.append(Section(kind, title, lines[:MOST_LINES], more))
    return sections


def _address_section(notices: Sequence[AddressNotice]) -> AddressSection | None:
    if not notices:
        return None
    title = ngettext(
        "%(count)d address refuses mail", "%(count)d addresses refuse mail", len(notices)
    )
    lines = [
        AddressLine(
            person=str(notice.refused.user),
            source=notice.refused.get_source_display(),
            code=notice.refused.code,
            since=notice.refused.since,
        )
        for notice in notices
    ]
    return AddressSection(title % {"count": len(notices)}, lines)


def _title_of(section: AddressSection | None) -> list[str]:
    return [] if section is None else [section.title]


def _names(users: Sequence[int]) -> str:
    """Names of people in one line, "" for nobody."""
    found = User.objects.filter(pk__in=users).order_by("pk") if users else ()
    return ", ".join(map(str, found))


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


def _subject(titles: Sequence[str]) -> str:
    return _("Follow-up: %(parts)s") % {"parts": ", ".join(titles)}


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
