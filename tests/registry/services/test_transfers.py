"""A patient goes from centre to centre: offered, then accepted, refused or withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from registry.announce import facts_changed
from registry.case_forms import key_of, whole_case
from registry.errors import Refused
from registry.keyring import blind_index, name_index
from registry.models import (
    AuditEvent,
    CaseStatus,
    Centre,
    Draft,
    Identity,
    Patient,
    Study,
    TemporaryAccess,
    Transfer,
    User,
)
from registry.partial_date import PartialDate
from registry.scope import scoped_to, system_scope
from registry.services import marks, records, registration, temporary_access, transfers
from registry.services.patients import record_identity
from registry.services.records import RowWrite
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.services.people import in_days, investigator

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def a(study: Study) -> Centre:
    return ParticipationFactory.create(study=study, centre__code="A").centre


@pytest.fixture
def b(study: Study) -> Centre:
    return ParticipationFactory.create(study=study, centre__code="B").centre


@pytest.fixture
def patient(study: Study, a: Centre) -> Patient:
    return EnrolmentFactory.create(
        protocol_version=study.protocol_version(), patient__centre=a, patient__pseudonym="J-A-001"
    ).patient


@pytest.fixture
def sender(a: Centre) -> User:
    return data_manager(a)


@pytest.fixture
def receiver(b: Centre) -> User:
    return data_manager(b)


@pytest.fixture
def offered(patient: Patient, b: Centre, sender: User) -> Transfer:
    return transfers.offer(patient=patient, to_centre=b, reason="moved house", by=sender)


def sees(user: User, patient: Patient) -> bool:
    with scoped_to(user):
        return Patient.objects.filter(pk=patient.pk).exists()


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


class TestAcceptance:
    def test_access_goes_from_one_centre_to_the_other_in_one_step(
        self, offered, patient, b, sender, receiver
    ) -> None:
        CourseFactory.create(patient=patient)
        transfers.accept(offered, by=receiver)

        patient.refresh_from_db()
        assert (patient.centre, patient.version) == (b, 2)
        assert (offered.state, offered.answered_by) == ("accepted", receiver)
        assert not sees(sender, patient)
        assert sees(receiver, patient)
        with scoped_to(sender):
            assert not patient.courses.exists()
        with scoped_to(receiver):
            assert patient.courses.count() == 1

    def test_the_trail_says_who_and_why(self, offered, patient, a, b, receiver) -> None:
        transfers.accept(offered, by=receiver)
        event = AuditEvent.objects.filter(table="registry_patient", operation="U").get()
        assert (event.old["centre_id"], event.new["centre_id"]) == (a.pk, b.pk)
        assert (event.actor_id, event.reason) == (receiver.pk, "moved house")

    def test_the_old_record_number_stays_behind_and_the_name_is_found_at_the_new_centre(
        self, offered, patient, receiver
    ) -> None:
        IdentityFactory.create(patient=patient, family_name="Quandt", record_number="A-77")
        transfers.accept(offered, by=receiver)
        with scoped_to(receiver):
            identity = Identity.objects.get(patient=patient)
        assert (identity.family_name, identity.record_number) == ("Quandt", "")
        assert identity.record_number_index is None
        assert identity.family_name_index == name_index("Quandt", centre_code="B")
        assert identity.version == 2

    def test_the_new_hospitals_number_is_taken_at_acceptance(
        self, offered, patient, receiver
    ) -> None:
        IdentityFactory.create(
            patient=patient, record_number="", missing={"record_number": "unknown"}
        )
        transfers.accept(offered, by=receiver, record_number=" B-12 ")
        with system_scope():
            identity = Identity.objects.get(patient=patient)
        assert identity.record_number == "B-12"
        assert identity.record_number_index == blind_index("B-12", centre_code="B")
        assert identity.missing == {}

    def test_a_number_is_taken_for_a_patient_who_had_no_identity(
        self, offered, patient, receiver
    ) -> None:
        transfers.accept(offered, by=receiver, record_number="B-12")
        with scoped_to(receiver):
            assert Identity.objects.get(patient=patient).record_number == "B-12"

    def test_a_number_that_the_centre_has_is_refused_and_nothing_moves(
        self, offered, patient, a, b, receiver
    ) -> None:
        IdentityFactory.create(patient__centre=b, record_number="B-12")
        with pytest.raises(Refused, match="has this record number") as refused:
            transfers.accept(offered, by=receiver, record_number="b-12")
        assert refused.value.findings[0].field == "record_number"
        patient.refresh_from_db()
        offered.refresh_from_db()
        assert (patient.centre, offered.state) == (a, "offered")

    def test_the_old_hospitals_number_is_free_again(self, offered, patient, a, sender, receiver):
        IdentityFactory.create(patient=patient, record_number="A-77")
        transfers.accept(offered, by=receiver)
        other = EnrolmentFactory.create(patient__centre=a).patient
        assert record_identity(patient=other, by=sender, record_number="A-77").pk

    def test_what_the_old_centre_gave_or_its_people_have_ends(
        self, offered, patient, study, a, b, receiver
    ) -> None:
        guest, second, third = UserFactory.create(), UserFactory.create(), UserFactory.create()
        by_centre, by_study = investigator(a), coordinator(study)
        give: dict[str, Any] = {"patient": patient, "reason": "advice", "ends_at": in_days(3)}
        temporary_access.give(username=guest.username, by=by_centre, **give)
        temporary_access.give(username=second.username, by=by_study, **give)
        temporary_access.give(username=third.username, by=by_study, **give)
        third.memberships.create(role="data_manager", centre=a)

        transfers.accept(offered, by=receiver)

        assert [sees(user, patient) for user in (guest, second, third)] == [False, True, False]
        with system_scope():
            ended = TemporaryAccess.objects.get(user=guest)
        assert ended.ended_by == receiver

    def test_drafts_of_the_old_centre_are_removed_with_it(
        self, offered, patient, b, sender, receiver
    ) -> None:
        both = data_manager(patient.centre)
        both.memberships.create(role="data_manager", centre=b)
        address = reverse("registry:enter", args=["disease", "new", patient.pseudonym])
        other = reverse("registry:enter", args=["disease", "new", patient.pseudonym + "0"])
        now = in_days(0)
        for user, where in ((sender, address), (sender, other), (both, address)):
            Draft.objects.create(user=user, address=where, fields="x", saved_at=now)

        transfers.accept(offered, by=receiver)

        assert set(Draft.objects.values_list("user", "address")) == {
            (sender.pk, other),
            (both.pk, address),
        }

    def test_a_draft_of_a_pseudonym_with_odd_signs_is_found(self, study, a, b, sender, receiver):
        patient = EnrolmentFactory.create(
            protocol_version=study.protocol_version(),
            patient__centre=a,
            patient__pseudonym="J A/ü 1",
        ).patient
        offer = transfers.offer(patient=patient, to_centre=b, reason="moved", by=sender)
        address = "/enter/disease/new/J%20A/%C3%BC%201/?course=1"
        Draft.objects.create(user=sender, address=address, fields="x", saved_at=in_days(0))
        transfers.accept(offer, by=receiver)
        assert not Draft.objects.exists()

    def test_the_status_is_there_and_the_duties_are_told(
        self, offered, patient, receiver, django_capture_on_commit_callbacks
    ) -> None:
        told: list[frozenset[int]] = []

        def hear(*, patient_ids: frozenset[int], **_: object) -> None:
            told.append(patient_ids)

        facts_changed.connect(hear)
        try:
            with django_capture_on_commit_callbacks(execute=True):
                transfers.accept(offered, by=receiver)
        finally:
            facts_changed.disconnect(hear)
        assert frozenset({patient.pk}) in told
        with scoped_to(receiver):
            assert CaseStatus.objects.filter(patient=patient).exists()

    def test_what_was_verified_stays_so_at_the_other_centre(
        self, offered, patient, study, receiver
    ) -> None:
        mark = marks.verify(patient, key_of(patient), by=monitor(study))
        transfers.accept(offered, by=receiver)
        mark.refresh_from_db()
        assert mark.ended_at is None

    def test_only_the_receiving_centre_accepts(self, offered, study, sender) -> None:
        elsewhere = data_manager(CentreFactory.create(code="Z"))
        for user in (sender, elsewhere, coordinator(study), administrator()):
            with pytest.raises(PermissionDenied):
                transfers.accept(offered, by=user)

    def test_a_case_locked_meanwhile_stays(self, offered, patient, study, receiver) -> None:
        marks.lock(patient, whole_case(patient), by=coordinator(study))
        with pytest.raises(Refused, match="locked"):
            transfers.accept(offered, by=receiver)
        offered.refresh_from_db()
        assert offered.state == "offered"

    def test_a_centre_that_left_the_study_meanwhile_is_refused(
        self, offered, study, b, receiver
    ) -> None:
        study.participations.filter(centre=b).delete()
        with pytest.raises(Refused, match="does not take part"):
            transfers.accept(offered, by=receiver)

    def test_a_patient_taken_back_meanwhile_is_refused(
        self, offered, patient, sender, receiver
    ) -> None:
        records.void(patient, by=sender, reason="a double", version=1)
        with pytest.raises(Refused, match="taken back"):
            transfers.accept(offered, by=receiver)


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
