"""A patient is offered to another centre."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from registry.case_forms import whole_case
from registry.errors import Refused
from registry.models import (
    Transfer,
)
from registry.partial_date import PartialDate
from registry.scope import scoped_to, system_scope
from registry.services import marks, transfers
from tests.factories import (
    EnrolmentFactory,
    IdentityFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.services.transfers.seeing import sees

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class TestOffer:
    def test_an_offer_changes_nothing_but_waits_for_the_other_centre(
        self, offered, patient, a, b, sender, receiver
    ) -> None:
        assert (offered.from_centre, offered.to_centre, offered.state) == (a, b, "offered")
        assert (offered.reason, offered.offered_by) == ("moved house", sender)
        assert sees(sender, patient)
        assert not sees(receiver, patient)
        with scoped_to(receiver):
            assert Transfer.objects.count() == 1

    def test_people_who_do_not_transfer_at_the_centre_are_refused(
        self, patient, b, study, receiver
    ) -> None:
        for user in (
            receiver,
            coordinator(study),
            monitor(study),
            administrator(),
            data_manager(patient.centre, is_active=False),
        ):
            with pytest.raises(PermissionDenied):
                transfers.offer(patient=patient, to_centre=b, reason="moved house", by=user)
        with system_scope():
            assert not Transfer.objects.exists()

    def test_a_second_offer_waits_for_the_end_of_the_first(
        self, offered, patient, study, b, sender
    ) -> None:
        c = ParticipationFactory.create(study=study, centre__code="C").centre
        with pytest.raises(Refused, match="on offer already"):
            transfers.offer(patient=patient, to_centre=c, reason="moved", by=sender)
        transfers.withdraw(offered, reason="wrong centre", by=sender)
        assert transfers.offer(patient=patient, to_centre=c, reason="moved", by=sender).pk

    def test_the_other_centre_takes_part_in_every_study_that_the_patient_is_in(
        self, patient, b, sender
    ) -> None:
        second = EnrolmentFactory.create(
            patient=patient, protocol_version=ProtocolVersionFactory.create(study__key="cams")
        )
        with pytest.raises(Refused, match="does not take part in every study") as refused:
            transfers.offer(patient=patient, to_centre=b, reason="moved", by=sender)
        assert refused.value.findings[0].field == "to_centre"
        with system_scope():
            type(second).objects.filter(pk=second.pk).update(
                withdrawn_on=PartialDate(2024), withdrawal_scope="visits"
            )
        assert transfers.offer(patient=patient, to_centre=b, reason="moved", by=sender).pk

    def test_the_own_centre_is_no_other_centre(self, patient, a, sender) -> None:
        with pytest.raises(Refused):
            transfers.offer(patient=patient, to_centre=a, reason="moved", by=sender)

    def test_a_locked_case_stays(self, patient, study, b, sender) -> None:
        marks.lock(patient, whole_case(patient), by=coordinator(study))
        with pytest.raises(Refused, match="locked"):
            transfers.offer(patient=patient, to_centre=b, reason="moved", by=sender)

    def test_it_has_a_reason_that_names_nobody(self, patient, b, sender) -> None:
        IdentityFactory.create(patient=patient, family_name="Quandt")
        with pytest.raises(Refused, match="Say why"):
            transfers.offer(patient=patient, to_centre=b, reason="  ", by=sender)
        with pytest.raises(Refused) as refused:
            transfers.offer(patient=patient, to_centre=b, reason="Ms QUANDT moved", by=sender)
        assert refused.value.findings[0].field == "reason"
        assert "quandt" not in str(refused.value).casefold()
