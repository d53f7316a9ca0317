"""An offer is refused or withdrawn; writes of a patient on the way."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from registry.errors import Refused
from registry.models import (
    Patient,
    Transfer,
)
from registry.services import records, registration, transfers
from registry.services.records import RowWrite
from tests.factories import (
    EnrolmentFactory,
)
from tests.registry.services.transfers.seeing import sees

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class TestOtherEnds:
    def test_the_receiving_centre_refuses_with_a_reason(
        self, offered, patient, a, sender, receiver
    ):
        with pytest.raises(PermissionDenied):
            transfers.refuse(offered, reason="no", by=sender)
        with pytest.raises(Refused, match="Say why"):
            transfers.refuse(offered, reason=" ", by=receiver)
        transfers.refuse(offered, reason="no bed", by=receiver)
        patient.refresh_from_db()
        assert (offered.state, offered.answer, offered.answered_by) == (
            "refused",
            "no bed",
            receiver,
        )
        assert patient.centre == a

    def test_the_offering_centre_withdraws_with_a_reason(self, offered, sender, receiver) -> None:
        with pytest.raises(PermissionDenied):
            transfers.withdraw(offered, reason="no", by=receiver)
        transfers.withdraw(offered, reason="stays here", by=sender)
        assert (offered.state, offered.answer) == ("withdrawn", "stays here")

    @pytest.mark.parametrize("end", ["accept", "refuse", "withdraw"])
    def test_of_two_answers_the_second_is_told(self, offered, sender, receiver, end) -> None:
        def answer() -> None:
            held = Transfer._base_manager.get(pk=offered.pk)
            if end == "accept":
                transfers.accept(held, by=receiver)
            elif end == "refuse":
                transfers.refuse(held, reason="no bed", by=receiver)
            else:
                transfers.withdraw(held, reason="stays", by=sender)

        transfers.accept(Transfer._base_manager.get(pk=offered.pk), by=receiver)
        with pytest.raises(Refused, match="meanwhile"):
            answer()

    def test_the_person_may_come_back_by_another_transfer(
        self, offered, patient, a, sender, receiver
    ) -> None:
        transfers.accept(offered, by=receiver)
        patient.refresh_from_db()
        back = transfers.offer(patient=patient, to_centre=a, reason="moved back", by=receiver)
        transfers.accept(back, by=sender)
        assert sees(sender, patient)
        assert not sees(receiver, patient)


class TestOtherWaysOfWriting:
    def test_a_write_begun_before_the_transfer_is_refused_after_it(
        self, offered, patient, sender, receiver
    ) -> None:
        transfers.accept(Transfer._base_manager.get(pk=offered.pk), by=receiver)
        assert patient.centre.code == "A"  # as it was read before
        with pytest.raises(PermissionDenied):
            records.change(patient, by=sender, reason="typing error", version=2, sex="male")

    def test_no_change_of_a_row_moves_a_patient(self, patient, b, sender, receiver) -> None:
        sender.memberships.create(role="data_manager", centre=b)
        for user in (receiver, sender):
            fresh = Patient._base_manager.get(pk=patient.pk)
            fresh.centre = b
            with pytest.raises((PermissionDenied, Refused)):
                records.write([RowWrite(fresh, 1)], by=user, reason="mine")
        patient.refresh_from_db()
        assert patient.centre.code == "A"

    def test_the_next_pseudonym_keeps_the_centres_own_pattern(
        self, offered, study, b, receiver
    ) -> None:
        EnrolmentFactory.create(
            protocol_version=study.protocol_version(),
            patient__centre=b,
            patient__pseudonym="J-B-007",
        )
        newer = EnrolmentFactory.create(
            protocol_version=study.protocol_version(),
            patient__centre=offered.from_centre,
            patient__pseudonym="J-A-002",
        ).patient
        second = transfers.offer(patient=newer, to_centre=b, reason="moved", by=offered.offered_by)
        transfers.accept(second, by=receiver)
        assert registration.next_pseudonym(study, b) == "J-B-008"
        assert registration.next_pseudonym(study, offered.from_centre) == "J-A-003"
