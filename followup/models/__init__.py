"""Expected visits, what people said about them, reminders, digests, wishes, and the mailbox."""

from followup.models.address import AddressNotice, RefusalSource, RefusedAddress
from followup.models.mail import Mail
from followup.models.reminder import Digest, DigestState, HeldReason, Reminder, ReminderKind
from followup.models.visit import ExpectedVisit, Recomputation, VisitOverride, VisitState
from followup.models.wishes import Leave, ReminderWish, Rhythm, Weekday

__all__ = [
    "AddressNotice",
    "Digest",
    "DigestState",
    "ExpectedVisit",
    "HeldReason",
    "Leave",
    "Mail",
    "Recomputation",
    "RefusalSource",
    "RefusedAddress",
    "Reminder",
    "ReminderKind",
    "ReminderWish",
    "Rhythm",
    "VisitOverride",
    "VisitState",
    "Weekday",
]
