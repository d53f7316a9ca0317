"""Temporary access to one case: who gives it, what it shows, what it never allows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from registry.case_forms import whole_case
from registry.errors import Refused
from registry.models import AuditEvent, CaseMessage, Identity, Patient, Study, TemporaryAccess, User
from registry.permissions import may_with_patient
from registry.roles import Action
from registry.scope import scoped_to, system_scope
from registry.services import (
    corrections,
    marks,
    messages,
    patients,
    records,
    temporary_access,
    transfers,
)
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
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
def patient(study: Study) -> Patient:
    return EnrolmentFactory.create(protocol_version=study.protocol_version()).patient


@pytest.fixture
def guest() -> User:
    return data_manager(CentreFactory.create(code="ELSEWHERE"), username="guest")


def give(patient: Patient, by: User, **values: Any) -> TemporaryAccess:
    given: dict[str, Any] = {
        "username": "guest",
        "reason": "second opinion",
        "ends_at": in_days(7),
    } | values
    return temporary_access.give(patient=patient, by=by, **given)


def reads(user: User, patient: Patient) -> bool:
    with scoped_to(user):
        return Patient.objects.filter(pk=patient.pk).exists()


def test_an_investigator_or_a_coordinator_lets_a_person_read_one_case(study, patient, guest):
    other = EnrolmentFactory.create(protocol_version=study.protocol_version()).patient
    for giver in (investigator(patient.centre), coordinator(study)):
        access = give(patient, giver)
        assert (access.user, access.given_by, access.reason) == (guest, giver, "second opinion")
        assert reads(guest, patient)
        assert not reads(guest, other)
        temporary_access.end(access, by=giver)
    events = AuditEvent.objects.filter(table="registry_temporaryaccess")
    assert {event.patient_id for event in events} == {patient.pk}


def test_it_shows_no_identity_and_ends_by_itself(patient, guest) -> None:
    IdentityFactory.create(patient=patient)
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)):
        give(patient, investigator(patient.centre))
        with scoped_to(guest):
            assert not Identity.objects.exists()
    with time_machine.travel(dt.datetime(2026, 3, 8, 11, tzinfo=dt.UTC)):
        assert reads(guest, patient)
    with time_machine.travel(dt.datetime(2026, 3, 8, 13, tzinfo=dt.UTC)):
        assert not reads(guest, patient)


def test_nobody_else_gives_it(study, patient, guest) -> None:
    for user in (
        data_manager(patient.centre),
        investigator(CentreFactory.create()),
        monitor(study),
        coordinator(ProtocolVersionFactory.create(study__key="cams").study),
        administrator(),
        guest,
    ):
        with pytest.raises(PermissionDenied):
            give(patient, user)


def test_unknown_and_deactivated_names_get_one_answer(patient, guest) -> None:
    giver = investigator(patient.centre)
    UserFactory.create(username="gone", is_active=False)
    said = []
    for name in ("nobody-here", "gone", ""):
        with pytest.raises(Refused) as refused:
            give(patient, giver, username=name)
        said.append([(one.field, one.message) for one in refused.value.findings])
    assert said[0] == said[1] == said[2]
    assert said[0][0][0] == "username"
    assert "guest" not in said[0][0][1]
    assert give(patient, giver, username=" GUEST ").user == guest


def test_who_reads_the_case_already_needs_none(study, patient, guest) -> None:
    giver = investigator(patient.centre)
    give(patient, giver)
    for name in (giver.username, monitor(study).username, "guest"):
        with pytest.raises(Refused, match="reads the case already"):
            give(patient, giver, username=name)


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_the_end_is_within_thirty_days(patient, guest, days) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False):
        with pytest.raises(Refused) as refused:
            give(patient, investigator(patient.centre), ends_at=in_days(days))
        assert refused.value.findings[0].field == "ends_at"
        assert give(patient, investigator(patient.centre), ends_at=in_days(30)).pk


def test_it_has_a_reason_that_names_nobody(patient, guest) -> None:
    giver = investigator(patient.centre)
    IdentityFactory.create(patient=patient, family_name="Quandt")
    for reason in ("", "opinion on Quandt"):
        with pytest.raises(Refused) as refused:
            give(patient, giver, reason=reason)
        assert refused.value.findings[0].field == "reason"


def test_giver_centre_and_coordinator_end_it_early_and_nobody_else(study, patient, guest) -> None:
    giver = investigator(patient.centre)
    for user in (giver, data_manager(patient.centre), coordinator(study)):
        access = give(patient, giver)
        temporary_access.end(access, by=user)
        assert (access.ended_by, access.ended_at is None) == (user, False)
        assert not reads(guest, patient)
    access = give(patient, giver)
    for user in (guest, monitor(study), administrator(), investigator(CentreFactory.create())):
        with pytest.raises(PermissionDenied):
            temporary_access.end(access, by=user)
    temporary_access.end(access, by=giver)
    with pytest.raises(Refused, match="over already"):
        temporary_access.end(access, by=giver)


class TestTheGuest:
    @pytest.fixture(autouse=True)
    def _access(self, patient, guest) -> None:
        give(patient, investigator(patient.centre))

    def test_no_action_is_allowed_by_it(self, patient, guest) -> None:
        assert not any(may_with_patient(guest, action, patient) for action in Action)

    def test_every_service_refuses(self, study, patient, guest) -> None:
        course = CourseFactory.create(patient=patient, number=1)
        asked = CorrectionRequestFactory.create(patient=patient)
        sent = messages.send(patient=patient, text="Please call.", by=coordinator(study))
        centre = ParticipationFactory.create(study=study, centre__code="B").centre
        offer = transfers.possible_centres
        assert offer(patient).exists()
        key = whole_case(patient)
        attempts = {
            "create": lambda: records.create(type(course), by=guest, patient=patient, number=2),
            "change": lambda: records.change(
                course, by=guest, reason="?", version=1, intent="palliative"
            ),
            "void": lambda: records.void(course, by=guest, reason="?", version=1),
            "identity": lambda: patients.record_identity(
                patient=patient, by=guest, family_name="X"
            ),
            "death": lambda: patients.record_death(patient=patient, died_on=None, by=guest),
            "ask": lambda: corrections.ask(patient=patient, question="?", by=guest),
            "answer": lambda: corrections.answer(asked, text="!", by=guest),
            "send": lambda: messages.send(patient=patient, text="?", by=guest),
            "reply": lambda: messages.answer(sent, text="?", by=guest),
            "settle": lambda: messages.settle(sent, by=guest),
            "offer": lambda: transfers.offer(
                patient=patient, to_centre=centre, reason="?", by=guest
            ),
            "give": lambda: give(patient, guest, username="other"),
            "verify": lambda: marks.verify(patient, key, by=guest),
            "lock": lambda: marks.lock(patient, key, by=guest),
            "unlock": lambda: marks.unlock(patient, key, by=guest, reason="?"),
            "sign": lambda: marks.sign(patient, key, by=guest, meaning="reviewed"),
        }
        allowed = []
        for name, attempt in attempts.items():
            try:
                attempt()
            except PermissionDenied:
                continue
            allowed.append(name)
        assert allowed == []
        with system_scope():
            assert CaseMessage.objects.count() == 1
