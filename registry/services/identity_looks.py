"""Writes down who was shown an identity: called wherever one is read for a person."""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import IdentityLook, Patient
from registry.scope import Scope
from registry.selectors.studies import scope_in_force

LONGEST_PLACE = 80


class Place(TextChoices):
    """Where identities are shown. The trail of looks keeps the code, its page shows the words."""

    PATIENT = "patient", _("Page of the patient")
    IDENTITY_FORM = "form-identity", _("Form: identity")
    PATIENT_FORM = "form-patient", _("Form: sex and birth date")
    SEARCH = "search", _("Found by name or record number")
    LIST = "list", _("List of those found by name or record number")
    HISTORY = "history", _("Changes with a full birth date")
    PAST = "past", _("Past state of the patient")
    IMPORT = "import", _("Preview of an import")
    SIGN = "sign", _("Form to be signed")
    TEXT = "text", _("Text that named the patient, refused")


_shown: ContextVar[tuple[Scope, set[int]] | None] = ContextVar("registry_shown", default=None)
"""The scope of a request, and the patients whose identity was shown in it."""


def record_look(patient: Patient, *, place: str) -> None:
    """The reader of the scope in force is shown who the patient is, by this page or interface.

    Written once for a patient and scope: every request has its own scope. Tasks and commands,
    which run in the scope of the system, are no readers.
    """
    record_looks([patient.pk], place=place)


def record_looks(patient_ids: Iterable[int], *, place: str) -> None:
    """The same of several patients shown together, by one statement."""
    scope = scope_in_force()
    if scope.user_id is None:
        return
    shown = _shown_in(scope)
    new = [key for key in dict.fromkeys(patient_ids) if key not in shown]
    if not new:
        return
    shown.update(new)
    at = timezone.now()
    IdentityLook._base_manager.bulk_create(
        IdentityLook(at=at, user_id=scope.user_id, patient_id=key, place=place[:LONGEST_PLACE])
        for key in new
    )


def _shown_in(scope: Scope) -> set[int]:
    held = _shown.get()
    # The very object, not an equal one: two requests of a person see the same and are two looks.
    if held is None or held[0] is not scope:
        held = scope, set()
        _shown.set(held)
    return held[1]
