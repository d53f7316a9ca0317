"""An offer is accepted: one step for all that belongs to the patient."""

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
    Draft,
    Identity,
    TemporaryAccess,
)
from registry.scope import scoped_to, system_scope
from registry.services import marks, records, temporary_access, transfers
from registry.services.patients import record_identity
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.services.people import in_days, investigator
from tests.registry.services.transfers.seeing import sees

pytestmark = [pytest.mark.django_db, pytest.mark.services]


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
