"""Offers of patients between centres, as the two centres and the studies' people may see them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from registry.models import Enrolment, Patient, Transfer, User
from registry.models.choices import TransferState
from registry.permissions import centres_with
from registry.roles import Action
from registry.scope import system_scope
from registry.selectors.studies import scope_in_force

_RELATED = ("from_centre", "to_centre", "offered_by", "answered_by")


@dataclass(frozen=True)
class TransferLine:
    """A transfer in words.

    Attributes:
        studies, sex, born: what the receiving centre decides by, while the offer is open; "" else.
        is_readable: the reader may open the case.
        may_answer, may_withdraw: it waits for the reader's centre, or is that centre's own offer.
    """

    transfer: Transfer
    pseudonym: str
    studies: str
    sex: str
    born: str
    is_readable: bool
    may_answer: bool
    may_withdraw: bool


def visible_transfers() -> QuerySet[Transfer]:
    """Transfers of the reader's centres and of cases that the reader reads, waiting first."""
    is_answered = Case(When(state=TransferState.OFFERED, then=Value(0)), default=Value(1))
    rows = Transfer.objects.select_related(*_RELATED)
    return rows.order_by(is_answered, "-offered_at", "-pk")


def waiting_for(user: User) -> QuerySet[Transfer]:
    """Offers that a centre of the person has to answer, the oldest first."""
    centres = centres_with(user, Action.TRANSFER_PATIENTS)
    rows = Transfer.objects.filter(state=TransferState.OFFERED, to_centre__in=centres)
    return rows.select_related(*_RELATED).order_by("offered_at", "pk")


def transfers_of(patient: Patient) -> QuerySet[Transfer]:
    """All transfers of a patient, the latest first."""
    return Transfer.objects.filter(patient=patient).select_related(*_RELATED)


def moved_away(pseudonym: str) -> Transfer | None:
    """The latest transfer by which the patient left a centre of the reader; None for others.

    It says nothing of where the patient went from there.
    """
    left = Transfer.objects.filter(
        patient__pseudonym=pseudonym,
        state=TransferState.ACCEPTED,
        from_centre__in=scope_in_force().centre_ids,
    )
    found: Transfer | None = (
        left.select_related("to_centre").order_by("-answered_at", "-pk").first()
    )
    return found


def lines_of(transfers: Iterable[Transfer], user: User) -> list[TransferLine]:
    """The transfers in words, by five queries however many they are.

    Pseudonym, studies, sex and year of birth are read beyond the scope: an offer shows them to a
    centre that does not read the case, and nothing else of it.
    """
    rows = list(transfers)
    keys = {row.patient_id for row in rows}
    readable = set(Patient.objects.live().filter(pk__in=keys).values_list("pk", flat=True))
    own = set(centres_with(user, Action.TRANSFER_PATIENTS).values_list("pk", flat=True))
    with system_scope():
        patients = Patient.objects.in_bulk(keys)
        enrolments = list(
            Enrolment.objects.live()
            .filter(patient__in=keys, withdrawn_on__isnull=True)
            .select_related("study")
            .order_by("study__key")
        )
    return [
        _line(
            row,
            patients[row.patient_id],
            [one for one in enrolments if one.patient_id == row.patient_id],
            is_readable=row.patient_id in readable,
            own=own,
        )
        for row in rows
    ]


def _line(
    row: Transfer,
    patient: Patient,
    enrolments: Sequence[Enrolment],
    *,
    is_readable: bool,
    own: set[int],
) -> TransferLine:
    is_open = row.state == TransferState.OFFERED
    is_relative = any(one.study.dates_are_relative for one in enrolments)
    born = patient.birth_date if is_open and not is_relative else None
    return TransferLine(
        transfer=row,
        pseudonym=patient.pseudonym,
        studies=", ".join(one.study.key for one in enrolments) if is_open else "",
        sex=patient.get_sex_display() if is_open else "",
        born="" if born is None else _("born %(y)d") % {"y": born.year},
        is_readable=is_readable,
        may_answer=is_open and row.to_centre_id in own,
        may_withdraw=is_open and row.from_centre_id in own,
    )
