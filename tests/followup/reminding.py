"""Reminders and digests as rows, and the words of a page."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

from django.http import HttpResponseBase

from followup.models import Digest, ExpectedVisit, Reminder
from followup.models.reminder import message_id
from registry.models import Patient, User
from registry.scope import system_scope

MORNING = dt.datetime(2024, 7, 1, 6, tzinfo=dt.UTC)


def digest_of(user: User, day: str = "2024-07-01", **values: Any) -> Digest:
    """A digest of that day, sent in the morning unless told otherwise."""
    on = dt.date.fromisoformat(day)
    sent = {"state": "sent", "sent_at": dt.datetime.combine(on, dt.time(6), tzinfo=dt.UTC)}
    return Digest.objects.create(
        user=user, day=on, message_id=message_id(user.pk, on), **(values or sent)
    )


def doubtful_digest(user: User, day: str = "2024-07-01") -> Digest:
    """A digest that was handed over in the morning, and nobody knows whether it arrived."""
    return digest_of(user, day, state="unknown", handed_over_at=MORNING)


def reminder_of(
    patient: Patient, recipient: User, *, key: str = "last_rt_day-m03", **values: Any
) -> Reminder:
    """A reminder of a visit of the patient, noticed on the morning of 1 July 2024."""
    with system_scope():
        visit = ExpectedVisit.objects.get(enrolment__patient=patient, key=key)
        found: Reminder = Reminder.objects.create(
            **{
                "visit": visit,
                "target": visit.target,
                "kind": "due",
                "round": 1,
                "recipient": recipient,
                "created_at": MORNING,
            }
            | values
        )
    return found


def words(response: HttpResponseBase) -> str:
    """The text of a page, its tags taken out and its spaces made single."""
    text = re.sub(r"<[^>]*>", " ", response.content.decode())  # type: ignore[attr-defined]
    return re.sub(r" (?=[,.;:])", "", re.sub(r"\s+", " ", html.unescape(text)))
