"""Expected visits, what people said about them, and who is told of them: by mail, by calendar
feed, by webhook; and the mailbox.
"""

from followup.models.address import AddressNotice, RefusalSource, RefusedAddress
from followup.models.feed import CalendarFeed
from followup.models.letter import Letter, LetterKind
from followup.models.mail import Mail
from followup.models.posted import MailState, PostedMail
from followup.models.reminder import Digest, HeldReason, Reminder, ReminderKind
from followup.models.visit import ExpectedVisit, Recomputation, VisitOverride, VisitState
from followup.models.webhook import (
    CallError,
    CallKind,
    CallState,
    DisabledReason,
    Webhook,
    WebhookCall,
)
from followup.models.wishes import Leave, ReminderWish, Rhythm, Weekday

__all__ = [
    "AddressNotice",
    "CalendarFeed",
    "CallError",
    "CallKind",
    "CallState",
    "Digest",
    "DisabledReason",
    "ExpectedVisit",
    "HeldReason",
    "Leave",
    "Letter",
    "LetterKind",
    "Mail",
    "MailState",
    "PostedMail",
    "Recomputation",
    "RefusalSource",
    "RefusedAddress",
    "Reminder",
    "ReminderKind",
    "ReminderWish",
    "Rhythm",
    "VisitOverride",
    "VisitState",
    "Webhook",
    "WebhookCall",
    "Weekday",
]
