"""The pages of temporary access, and what a guest sees of the registry."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from registry.entry.pages import PAGES
from registry.models import Patient, Study, TemporaryAccess, User
from registry.services import temporary_access
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.services.people import in_days, investigator
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

PSEUDONYM = "J-A-001"
PATIENT = reverse("registry:patient", args=[PSEUDONYM])
GIVE = reverse("registry:give_access", args=[PSEUDONYM])
HOME = reverse("registry:home")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    centre = ParticipationFactory.create(study=study, centre__code="A").centre
    return full_case(study.protocol_version(), centre=centre, pseudonym=PSEUDONYM)


@pytest.fixture
def guest() -> User:
    return UserFactory.create(username="guest", display_name="Dr Guest")


@pytest.fixture
def access(patient: Patient, guest: User) -> TemporaryAccess:
    return temporary_access.give(
        patient=patient,
        username="guest",
        reason="second <b>opinion</b>",
        ends_at=in_days(7),
        by=investigator(patient.centre),
    )


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def end_of(access: TemporaryAccess) -> str:
    return reverse("registry:end_access", args=[access.pk])


@time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
def test_from_the_patients_page_to_the_access_and_its_end(client, patient, guest) -> None:
    giver = investigator(patient.centre)
    assert GIVE in page(client, giver, PATIENT)
    html = page(client, giver, GIVE)
    assert "At the latest 30 Mar 2026." in html
    sent = {"username": "guest", "last_day": "2026-03-30", "reason": "second opinion"}
    done = client.post(GIVE, sent)
    assert (done.status_code, done["Location"]) == (302, f"{PATIENT}#access")
    access = TemporaryAccess._base_manager.get()
    assert access.ends_at == dt.datetime(2026, 3, 31, tzinfo=dt.UTC)

    client.force_login(data_manager(patient.centre))
    assert client.post(end_of(access)).status_code == 302
    assert "Ended early" in client.get(PATIENT).content.decode()
    assert "over already" in client.post(end_of(access), follow=True).content.decode()


@time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC))
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"username": "nobody-here"}, "username"),
        ({"username": ""}, "username"),
        ({"last_day": "2026-03-31"}, "last_day"),
        ({"last_day": "2026-02-28"}, "last_day"),
        ({"last_day": "tomorrow"}, "last_day"),
        ({"reason": " "}, "reason"),
        ({"reason": "opinion on Canary-Family"}, "reason"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(client, patient, guest, changed, field) -> None:
    client.force_login(investigator(patient.centre))
    sent = {"username": "guest", "last_day": "2026-03-30", "reason": "second opinion"} | changed
    refused = client.post(GIVE, sent)
    html = refused.content.decode()
    assert refused.status_code == 422
    assert f"id_{field}_error" in html
    assert "Dr Guest" not in html


def test_the_centre_and_the_coordinator_see_who_reads_why_and_until_when(
    client, access, patient, study, guest
) -> None:
    for user in (data_manager(patient.centre), coordinator(study)):
        html = page(client, user, PATIENT)
        assert "Dr Guest" in html
        assert "second &lt;b&gt;opinion&lt;/b&gt;" in html
        assert end_of(access) in html
    for user in (monitor(study), guest):
        html = page(client, user, PATIENT)
        assert end_of(access) not in html
        assert GIVE not in html
        client.force_login(user)
        assert client.post(end_of(access)).status_code == 403
        assert client.get(GIVE).status_code == 403
    client.force_login(data_manager(CentreFactory.create()))
    assert client.post(end_of(access)).status_code == 404


class TestTheGuest:
    def test_the_first_page_says_which_case_and_until_when(self, client, access, guest) -> None:
        html = page(client, guest, HOME)
        assert "Cases you may read for a time" in html
        assert PATIENT in html

    def test_the_case_is_shown_without_identity_and_with_a_notice(
        self, client, access, guest, study
    ) -> None:
        html = page(client, guest, PATIENT)
        assert "You may read this case until" in html
        for hidden in ("Canary", "CANARY", "1960-05-17", "17 May 1960", "/enter/"):
            assert hidden not in html
        assert reverse("analytics:study", args=[study.key]) not in html

    def test_history_grid_and_search_work_for_this_case_only(
        self, client, access, patient, guest, study
    ) -> None:
        full_case(study.protocol_version(), centre=patient.centre, pseudonym="J-A-002")
        history = page(client, guest, reverse("registry:history", args=[PSEUDONYM]))
        assert "Canary" not in history
        for query in ({}, {"sort": "centre"}, {"sort": "next"}, {"sort": "missing"}):
            html = page(client, guest, reverse("followup:grid", query=query))
            assert PSEUDONYM in html
            assert "J-A-002" not in html
        found = client.post(reverse("followup:search"), {"text": PSEUDONYM})
        assert found["Location"] == PATIENT
        assert client.post(reverse("followup:search"), {"text": "J-A-002"}).status_code == 200
        page(client, guest, reverse("registry:patient", args=["J-A-002"]), 404)

    def test_study_accrual_and_curves_stay_closed(self, client, access, guest, study) -> None:
        assert study.title not in page(client, guest, reverse("analytics:studies"))
        page(client, guest, reverse("analytics:study", args=[study.key]), 404)

    def test_the_own_centres_study_page_does_not_count_the_case(
        self, client, access, guest, study
    ) -> None:
        own = ParticipationFactory.create(study=study, centre__code="B").centre
        guest.memberships.create(role="data_manager", centre=own)
        html = page(client, guest, reverse("analytics:study", args=[study.key]))
        assert "Centre A" not in html
        alone = data_manager(own)
        assert _text(html) == _text(
            page(client, alone, reverse("analytics:study", args=["jinling"]))
        )

    @pytest.mark.parametrize("form", sorted(PAGES))
    def test_no_form_opens_saves_or_computes(self, client, access, guest, form) -> None:
        client.force_login(guest)
        for key in ("1", "new", "jinling"):
            enter = reverse("registry:enter", args=[form, key, PSEUDONYM])
            live = reverse("registry:live", args=[form, key, PSEUDONYM])
            answers = [client.get(enter), client.post(enter, {}), client.post(live, {})]
            assert [answer.status_code for answer in answers] == [403, 403, 403]

    def test_corrections_messages_and_transfers_are_read_only(
        self, client, access, patient, guest
    ) -> None:
        asked = CorrectionRequestFactory.create(patient=patient)
        client.force_login(guest)
        correction = reverse("registry:correction", args=[asked.pk])
        assert client.get(correction).status_code == 200
        assert client.post(correction, {"do": "answer", "answer": "!"}).status_code == 403
        for name in ("ask_correction", "send_message", "offer_transfer"):
            address = reverse(f"registry:{name}", args=[PSEUDONYM])
            assert client.get(address).status_code == 403
            assert client.post(address, {}).status_code == 403

    def test_the_end_is_the_end(self, client, access, guest) -> None:
        temporary_access.end(access, by=access.given_by)
        page(client, guest, PATIENT, 404)
        assert PSEUDONYM not in page(client, guest, HOME)


def _text(html: str) -> str:
    return html.split("<main")[1].split("</main>")[0]
