"""Expected visits, what people said about them, reminders, digests, and the mailbox."""

from followup.models.mail import Mail
from followup.models.reminder import Digest, DigestState, HeldReason, Reminder, ReminderKind
from followup.models.visit import ExpectedVisit, Recomputation, VisitOverride, VisitState

__all__ = [
    "Digest",
    "DigestState",
    "ExpectedVisit",
    "HeldReason",
    "Mail",
    "Recomputation",
    "Reminder",
    "ReminderKind",
    "VisitOverride",
    "VisitState",
]
