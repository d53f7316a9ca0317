"""Forms that were sent twice (a double click, a reload) are taken once."""

from __future__ import annotations

import uuid

from django.utils import timezone

from registry.models import Submission, User


def answer_given(key: uuid.UUID, user: User) -> str | None:
    """Where the person was sent when this submission was taken; None when it was not yet."""
    taken = Submission.objects.filter(key=key, user=user).values_list("answer", flat=True)
    return taken.first()


def take(key: uuid.UUID, *, user: User) -> None:
    """Note, at the beginning of the write's transaction, that the submission is being taken.

    Raises:
        IntegrityError: it was taken in the same moment; the transaction must not be committed.
    """
    Submission.objects.create(key=key, user=user, answer="", at=timezone.now())


def answer(key: uuid.UUID, address: str) -> None:
    """Note where the person is sent, for the same submission arriving once more."""
    Submission.objects.filter(key=key).update(answer=address)
