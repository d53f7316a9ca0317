"""The pages of transfers, and what each centre sees before and after."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from followup.services import recompute
from registry.models import Centre, Patient, Study, Transfer, User
from registry.scope import scoped_to, system_scope
from registry.selectors.screenings import ScreeningFilter, screenings
from registry.services import transfers
from registry.services.case_drafts import CaseDraft, Draft
from registry.services.case_merge import Destination
from registry.services.cases import Pseudonyms, write_cases
from tests.factories import (
    CentreFactory,
    CorrectionRequestFactory,
    IdentityFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

PSEUDONYM = "J-A-001"
PATIENT = reverse("registry:patient", args=[PSEUDONYM])
OFFER = reverse("registry:offer_transfer", args=[PSEUDONYM])
LIST = reverse("registry:transfers")
HOME = reverse("registry:home")


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def a(study: Study) -> Centre:
    return ParticipationFactory.create(
        study=study, centre__code="A", centre__name="Hospital A"
    ).centre


@pytest.fixture
def b(study: Study) -> Centre:
    return ParticipationFactory.create(
        study=study, centre__code="B", centre__name="Hospital B"
    ).centre


@pytest.fixture
def patient(study: Study, a: Centre) -> Patient:
    found = full_case(study.protocol_version(), centre=a, pseudonym=PSEUDONYM)
    ScreeningFactory.create(study=study, centre=a, patient=found, outcome="enrolled")
    return found


@pytest.fixture
def sender(a: Centre) -> User:
    return data_manager(a)


@pytest.fixture
def receiver(b: Centre) -> User:
    return data_manager(b)


@pytest.fixture
def offered(patient: Patient, b: Centre, sender: User) -> Transfer:
    return transfers.offer(patient=patient, to_centre=b, reason="moved <b>house</b>", by=sender)


def page(client: Client, user: User, address: str, status: int = 200) -> str:
    client.force_login(user)
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def of(transfer: Transfer) -> str:
    return reverse("registry:transfer", args=[transfer.pk])


class TestOffering:
    def test_from_the_patients_page_to_the_offer(self, client, patient, b, sender) -> None:
        assert f'href="{OFFER}"' in page(client, sender, PATIENT)
        assert "Hospital B" in page(client, sender, OFFER)
        sent = client.post(OFFER, {"to_centre": "B", "reason": "moved house"})
        offer = Transfer._base_manager.get()
        assert (sent.status_code, sent["Location"]) == (302, of(offer))
        html = page(client, sender, PATIENT)
        assert of(offer) in html
        assert OFFER not in html

    def test_what_is_wrong_is_told_at_the_field_and_what_was_typed_stays(
        self, client, patient, b, sender
    ) -> None:
        client.force_login(sender)
        refused = client.post(OFFER, {"to_centre": "Z", "reason": "Stays <i>here</i>"})
        html = refused.content.decode()
        assert refused.status_code == 422
        assert "id_to_centre_error" in html
        assert "Stays &lt;i&gt;here&lt;/i&gt;" in html
        named = client.post(OFFER, {"to_centre": "B", "reason": "Canary-Family moved"})
        assert named.status_code == 422
        assert "id_reason_error" in named.content.decode()

    def test_only_own_centres_people_offer(self, client, patient, study, b, receiver) -> None:
        assert OFFER not in page(client, coordinator(study), PATIENT)
        page(client, coordinator(study), OFFER, 403)
        page(client, receiver, OFFER, 404)
        page(client, administrator(), OFFER, 404)

    def test_without_another_centre_the_page_says_so(self, client, patient, sender) -> None:
        assert "No other centre takes part" in page(client, sender, OFFER)


class TestBeforeAcceptance:
    def test_the_receiving_centre_sees_the_offer_and_nothing_of_the_case(
        self, client, offered, receiver
    ) -> None:
        for address in (HOME, LIST, of(offered)):
            html = page(client, receiver, address)
            assert PSEUDONYM in html
            assert "jinling" in html
            assert "Female" in html
            assert "born 1960" in html
            assert "Hospital A" in html
            assert "moved &lt;b&gt;house&lt;/b&gt;" in html
            for hidden in ("1960-05", "17 May", "Canary", "CANARY", PATIENT):
                assert hidden not in html
        page(client, receiver, PATIENT, 404)

    def test_it_waits_on_the_first_page_of_the_receiving_centre_only(
        self, client, offered, study, sender, receiver
    ) -> None:
        assert of(offered) in page(client, receiver, HOME)
        for user in (sender, coordinator(study)):
            assert of(offered) not in page(client, user, HOME)

    def test_both_centres_and_the_study_see_it_and_nobody_else(
        self, client, offered, study, sender, receiver
    ) -> None:
        for user in (sender, receiver, coordinator(study), monitor(study)):
            assert of(offered) in page(client, user, LIST)
            page(client, user, of(offered))
        elsewhere = coordinator(ProtocolVersionFactory.create(study__key="cams").study)
        for user in (data_manager(CentreFactory.create()), administrator(), elsewhere):
            assert PSEUDONYM not in page(client, user, LIST)
            page(client, user, of(offered), 404)

    def test_who_may_not_answer_is_shown_no_button_and_refused(
        self, client, offered, study, sender
    ) -> None:
        assert 'value="accept"' not in page(client, sender, of(offered))
        assert 'value="withdraw"' in page(client, sender, of(offered))
        html = page(client, coordinator(study), of(offered))
        assert 'name="do"' not in html
        for do in ("accept", "refuse", "withdraw"):
            assert client.post(of(offered), {"do": do, "answer": "?"}).status_code == 403
        offered.refresh_from_db()
        assert offered.state == "offered"

    def test_waiting_offers_stand_first(self, client, offered, sender, receiver) -> None:
        transfers.refuse(offered, reason="no bed", by=receiver)
        second = transfers.offer(
            patient=offered.patient, to_centre=offered.to_centre, reason="again", by=sender
        )
        transfers.withdraw(second, reason="no", by=sender)
        Transfer._base_manager.filter(pk=offered.pk).update(
            state="offered", answered_at=None, answer=""
        )
        html = page(client, receiver, LIST)
        assert html.index(of(offered)) < html.index(of(second))


class TestAnswering:
    def test_acceptance_leads_to_the_case(self, client, offered, receiver) -> None:
        client.force_login(receiver)
        done = client.post(of(offered), {"do": "accept", "record_number": "B-1"})
        assert (done.status_code, done["Location"]) == (302, PATIENT)
        html = client.get(PATIENT).content.decode()
        assert "Canary-Family" in html
        assert "B-1" in html

    def test_a_number_that_is_taken_is_told_at_its_field(self, client, offered, b, receiver):
        IdentityFactory.create(patient__centre=b, record_number="B-1")
        client.force_login(receiver)
        refused = client.post(of(offered), {"do": "accept", "record_number": "B-1"})
        assert refused.status_code == 422
        assert "id_record_number_error" in refused.content.decode()

    @pytest.mark.parametrize(("do", "who"), [("refuse", "receiver"), ("withdraw", "sender")])
    def test_refusing_and_withdrawing_need_a_reason(self, client, offered, request, do, who):
        client.force_login(request.getfixturevalue(who))
        assert client.post(of(offered), {"do": do, "answer": " "}).status_code == 422
        assert client.post(of(offered), {"do": do, "answer": "no bed"}).status_code == 302
        assert "no bed" in client.get(of(offered)).content.decode()

    def test_an_answer_that_comes_late_is_told_so(self, client, offered, sender, receiver) -> None:
        transfers.withdraw(Transfer._base_manager.get(), reason="stays", by=sender)
        client.force_login(receiver)
        late = client.post(of(offered), {"do": "accept"})
        html = late.content.decode()
        assert late.status_code == 422
        assert "answered or withdrawn meanwhile" in html
        assert 'value="accept"' not in html


class TestAfterAcceptance:
    @pytest.fixture(autouse=True)
    def _moved(self, offered, patient, receiver) -> None:
        transfers.accept(offered, by=receiver)
        patient.refresh_from_db()

    def test_the_old_address_says_where_the_patient_went_and_nothing_else(
        self, client, patient, sender
    ) -> None:
        html = page(client, sender, PATIENT, 410)
        assert re.search(rf"{PSEUDONYM} moved to Hospital B on", html)
        text = re.sub(r"<[^>]+>", " ", html.split("<main")[1].split("</main>")[0])
        for hidden in ("1960", "Female", "jinling", "Canary", "Gy", "house"):
            assert hidden not in text

    def test_nobody_else_is_told_by_that_address(self, client, study) -> None:
        for user in (data_manager(CentreFactory.create()), administrator()):
            page(client, user, PATIENT, 404)
        page(client, coordinator(study), PATIENT)

    def test_everything_else_of_the_patient_is_not_there_for_the_old_centre(
        self, client, patient, sender, study
    ) -> None:
        asked = CorrectionRequestFactory.create(patient=patient)
        for address in (
            reverse("registry:history", args=[PSEUDONYM]),
            reverse("registry:enter", args=["disease", "1", PSEUDONYM]),
            reverse("registry:ask_correction", args=[PSEUDONYM]),
            reverse("registry:correction", args=[asked.pk]),
            reverse("registry:give_access", args=[PSEUDONYM]),
            reverse("registry:send_message", args=[PSEUDONYM]),
            OFFER,
        ):
            page(client, sender, address, 404)
        live = reverse("registry:live", args=["disease", "1", PSEUDONYM])
        assert client.post(live, {"disease-site": "thigh"}).status_code == 404
        for address in (
            HOME,
            reverse("followup:grid"),
            reverse("followup:grid", query={"search": PSEUDONYM}),
            reverse("followup:grid", query={"sort": "centre"}),
            reverse("registry:screenings"),
            reverse("analytics:study", args=[study.key]),
        ):
            html = page(client, sender, address)
            assert PATIENT not in html
            assert "CANARY" not in html
        for text in (PSEUDONYM, "Canary-Family", "CANARY-0"):
            found = client.post(reverse("followup:search"), {"text": text})
            assert found.status_code == 200
            assert PATIENT not in found.content.decode()

    def test_the_list_of_transfers_names_it_without_what_the_offer_showed(
        self, client, sender, offered
    ) -> None:
        for address in (LIST, of(offered)):
            html = page(client, sender, address)
            assert PSEUDONYM in html
            assert "Hospital B" in html
            for hidden in ("born 1960", "Female", PATIENT):
                assert hidden not in html

    def test_the_new_centre_has_case_history_screening_and_visits(
        self, client, patient, receiver
    ) -> None:
        recompute([patient.pk], today=dt.date(2026, 1, 15))
        assert "Canary-Family" in page(client, receiver, PATIENT)
        assert "Hospital A" in page(client, receiver, reverse("registry:history", args=[PSEUDONYM]))
        assert PSEUDONYM in page(client, receiver, reverse("followup:grid"))
        with scoped_to(receiver):
            assert screenings(ScreeningFilter()).filter(patient=patient).exists()

    def test_an_import_of_the_old_centre_cannot_touch_the_patient(
        self, patient, sender, a, study
    ) -> None:
        with system_scope():
            into = Destination(study, a, study.protocol_version())
        stated = CaseDraft(PSEUDONYM, Draft(Patient, (), {"sex": "male"}))
        (result,) = write_cases(
            [stated], into=into, pseudonyms=Pseudonyms(), by=sender, reason="import"
        )
        assert "another centre" in result.refusals[0].reason
        patient.refresh_from_db()
        assert patient.sex == "female"

    def test_where_the_patient_went_from_there_is_not_told(
        self, client, study, patient, sender, receiver
    ) -> None:
        c = ParticipationFactory.create(
            study=study, centre__code="C", centre__name="Hospital C"
        ).centre
        on = transfers.offer(patient=patient, to_centre=c, reason="moved on", by=receiver)
        transfers.accept(on, by=data_manager(c))
        html = page(client, sender, PATIENT, 410) + page(client, sender, LIST)
        assert "Hospital B" in html
        assert "Hospital C" not in html
        assert "Hospital C" in page(client, receiver, PATIENT, 410)


def test_the_navigation_leads_there_for_those_who_transfer(client, study, sender) -> None:
    assert f'href="{LIST}"' in page(client, sender, HOME)
    assert f'href="{LIST}"' not in page(client, coordinator(study), HOME)


def test_the_list_takes_the_same_queries_for_many(
    client, study, a, b, sender, receiver, django_assert_num_queries
) -> None:
    def add(number: int) -> None:
        patient = full_case(study.protocol_version(), centre=a, pseudonym=f"J-A-1{number}")
        transfers.offer(patient=patient, to_centre=b, reason="moved", by=sender)

    client.force_login(receiver)
    add(0)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(1, 4):
        add(number)
    with django_assert_num_queries(len(one)):
        client.get(LIST)
