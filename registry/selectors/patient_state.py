"""What became of a patient: in follow-up, died, withdrawn, lost."""

from __future__ import annotations

from django.db.models import (
    Case,
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from registry.models import Death, Enrolment, LossToFollowUp, Patient


class PatientState(TextChoices):
    """What became of a patient, from the facts; death outweighs withdrawal, that outweighs loss."""

    ALIVE = "alive", _("In follow-up")
    DEAD = "dead", pgettext_lazy("patient status", "Died")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LOST = "lost", _("Lost to follow-up")


def state_of(*, died: bool, withdrew: bool, lost: bool) -> PatientState:
    """The state that follows from what is on file."""
    if died:
        return PatientState.DEAD
    if withdrew:
        return PatientState.WITHDRAWN
    return PatientState.LOST if lost else PatientState.ALIVE


def with_state(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """Patients with their :class:`PatientState` as ``state``."""
    return patients.annotate(
        state=Case(
            When(_died(), then=Value(PatientState.DEAD)),
            When(_withdrew(), then=Value(PatientState.WITHDRAWN)),
            When(_is_lost(), then=Value(PatientState.LOST)),
            default=Value(PatientState.ALIVE),
            output_field=CharField(),
        )
    )


def in_state(state: str) -> Q:
    """Condition on patients: they are in this :class:`PatientState`."""
    if state == PatientState.DEAD:
        return Q(_died())
    if state == PatientState.WITHDRAWN:
        return Q(_withdrew()) & ~Q(_died())
    lost = Q(_is_lost()) if state == PatientState.LOST else ~Q(_is_lost())
    return lost & ~Q(_died()) & ~Q(_withdrew())


def _died() -> Exists:
    return _has(Death.objects.live())


def _withdrew() -> Exists:
    return _has(Enrolment.objects.live().filter(withdrawn_on__isnull=False))


def _is_lost() -> Exists:
    return _has(LossToFollowUp.objects.live().filter(found_again_on__isnull=True))


def _has(rows: QuerySet[Death] | QuerySet[Enrolment] | QuerySet[LossToFollowUp]) -> Exists:
    return Exists(rows.filter(patient=OuterRef("pk")))
