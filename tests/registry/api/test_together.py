"""Requests that meet: two editors, and one request that arrives twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connections

from registry.models import IdempotentRequest, Lesion, Patient
from registry.scope import system_scope
from registry.services import records
from tests.factories import LesionFactory, PatientFactory, data_manager
from tests.registry.api.client import Api

BODY = {"patient": "P-1", "description": "Left upper lobe"}


def together(senders: list[Any]) -> list[Any]:
    """What the senders are answered, who start at the same moment."""
    start = threading.Barrier(len(senders))
    answers = []

    def send(sender: Any) -> None:
        start.wait()
        answers.append(sender())
        connections.close_all()

    threads = [threading.Thread(target=send, args=[sender]) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# SQLite in memory has one connection: only a server runs two writers side by side.
@pytest.mark.services(only=True)
@pytest.mark.django_db(transaction=True)
def test_one_request_sent_four_times_at_once_makes_one_row() -> None:
    user = data_manager(PatientFactory.create(pseudonym="P-1").centre)
    apis = [Api(user) for _ in range(4)]

    answers = together(
        [lambda api=api: api.post("lesions/", BODY, Idempotency_Key="once") for api in apis]
    )

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with system_scope():
        assert Lesion.objects.count() == 1
    assert IdempotentRequest.objects.count() == 1


@pytest.mark.services(only=True)
@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_told_that_it_came_too_late() -> None:
    patient = PatientFactory.create(pseudonym="P-1")
    row = LesionFactory.create(patient=patient, number=1)
    apis = [Api(data_manager(patient.centre)) for _ in range(3)]

    answers = together(
        [
            lambda api=api, n=n: api.patch(
                f"lesions/{row.pk}/",
                {"description": f"Editor {n}", "reason_for_change": "Report"},
                If_Match='"1"',
            )
            for n, api in enumerate(apis)
        ]
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 200
    assert set(codes[1:]) <= {409, 412}
    with system_scope():
        assert Lesion.objects.get().version == 2


@pytest.mark.django_db
class TestOneAfterTheOther:
    @pytest.fixture
    def patient(self) -> Patient:
        return PatientFactory.create(pseudonym="P-1")

    @pytest.fixture
    def api(self, patient: Patient) -> Api:
        return Api(data_manager(patient.centre))

    def test_a_repeated_request_is_answered_as_the_first_with_what_is_there_now(self, api: Api):
        first = api.post("lesions/", BODY, Idempotency_Key="once")
        api.patch(
            first.headers["Location"],
            {"description": "Right lower lobe", "reason_for_change": "Side"},
            If_Match='"1"',
        )

        again = api.post("lesions/", BODY, Idempotency_Key="once")

        assert (again.status_code, again.headers["ETag"]) == (201, '"2"')
        assert again.headers["Location"] == first.headers["Location"]
        assert again.json()["description"] == "Right lower lobe"
        with system_scope():
            assert Lesion.objects.count() == 1

    def test_a_key_is_of_one_request_and_one_person(self, api: Api, patient: Patient) -> None:
        api.post("lesions/", BODY, Idempotency_Key="once")

        other = api.post("lesions/", BODY | {"description": "x"}, Idempotency_Key="once")
        assert (other.status_code, other.json()["type"]) == (422, "/api/problems/idempotency-key/")

        colleague = Api(data_manager(patient.centre))
        assert colleague.post("lesions/", BODY, Idempotency_Key="once").status_code == 201
        with system_scope():
            assert [row.number for row in Lesion.objects.all()] == [1, 2]

    def test_a_refused_request_may_be_sent_again_with_its_key(self, api: Api) -> None:
        refused = api.post("lesions/", BODY | {"found_on": "2999"}, Idempotency_Key="once")
        assert refused.status_code == 422
        assert api.post("lesions/", BODY, Idempotency_Key="once").status_code == 201

    def test_what_changes_between_reading_and_writing_is_a_conflict(
        self, api: Api, patient: Patient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        row = LesionFactory.create(patient=patient, number=1)
        write = records.write

        def late(*args: Any, **kwargs: Any) -> None:
            with system_scope():
                Lesion.objects.filter(pk=row.pk).update(version=2, description="Another editor")
            write(*args, **kwargs)

        monkeypatch.setattr("registry.api.writing.records.write", late)
        answer = api.patch(
            f"lesions/{row.pk}/",
            {"description": "Mine", "reason_for_change": "Report"},
            If_Match='"1"',
        )

        assert (answer.status_code, answer.json()["type"]) == (409, "/api/problems/stale/")
        with system_scope():
            assert Lesion.objects.get().description == "Another editor"

    def test_rows_that_come_meanwhile_neither_repeat_nor_hide_others(
        self, api: Api, patient: Patient
    ) -> None:
        keys = [LesionFactory.create(patient=patient, number=n).pk for n in (3, 3 + 1, 9)]
        page = api.get("lesions/?limit=2&ordering=number").json()
        LesionFactory.create(patient=patient, number=1)
        with system_scope():
            Lesion.objects.filter(pk=keys[0]).update(version=2)

        rest = api.get(page["next"].removeprefix("http://testserver")).json()

        assert [row["id"] for row in page["results"] + rest["results"]] == keys
        wrong = page["next"].removeprefix("http://testserver").replace("=number", "=-number")
        assert api.get(wrong).json()["errors"][0]["parameter"] == "cursor"
