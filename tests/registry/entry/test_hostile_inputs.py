"""Hostile values in every other input of every form: refused or taken, never a fault of the
server, and nothing is written for another patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.entry.answers import ChoiceAnswer, DateAnswer, NumberAnswer, RowAnswer, TextAnswer
from registry.models import (
    CLINICAL_MODELS,
    ClinicalRow,
    Course,
    Lesion,
    Patient,
    Study,
    Target,
    TargetLesion,
)
from registry.scope import system_scope
from tests.factories import ParticipationFactory, ProtocolVersionFactory, data_manager
from tests.registry.entry.conftest import Fields
from tests.registry.entry.hostile import Form, forms
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

NUMBERS = [
    "1e999",
    "-1e999",
    "NaN",
    "Infinity",
    "٣",
    "1_0",
    "99999999999999999999",
    "9" * 5000,
    "0." + "1" * 5000,
    "0x10",
    "1.2.3",
    "<b>1</b>",
]
DATES = [
    "0000",
    "9999-99-99",
    "2024-02-30",
    "1.1.1",
    "٢٠٢٤",
    "99999999",
    "2024-1-1",
    "now",
    "-2024",
]
CODES = ["nonsense", "<script>", "None", "[]", "x" * 5000, "٣", "-1", "1;2"]
COUNTS = ["", "x", "-1", "٣", "9" * 30, "9" * 5000]


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def other(study: Study) -> Patient:
    """A patient of another centre."""
    return full_case(study.protocol_version(), pseudonym="OTHER")


@pytest.fixture
def neighbour(study: Study, patient: Patient) -> Patient:
    """A patient of the same centre."""
    return full_case(study.protocol_version(), centre=patient.centre, pseudonym="NEIGHBOUR")


@pytest.fixture
def patient(study: Study) -> Patient:
    patient = full_case(study.protocol_version(), pseudonym="P-1")
    ParticipationFactory.create(study=study, centre=patient.centre)
    return patient


@pytest.fixture
def every_form(client: Client, patient: Patient) -> list[Form]:
    user = data_manager(patient.centre)
    client.force_login(user)
    return forms(client, user, patient)


@pytest.fixture(autouse=True)
def nothing_changes_elsewhere(other: Patient, neighbour: Patient) -> Iterator[None]:
    """Whatever is sent for one patient, the rows of the others stay as they are."""
    before = [rows_of(other), rows_of(neighbour)]
    yield
    assert [rows_of(other), rows_of(neighbour)] == before


def rows_of(patient: Patient) -> list[tuple[Any, ...]]:
    """Every row of a patient with all its columns."""
    with system_scope():
        return [
            row
            for model in CLINICAL_MODELS
            if model.patient_path or model is Patient
            for row in model.objects.filter(**{model.patient_path or "pk": patient.pk})
            .order_by("pk")
            .values_list()
        ]


def no_fault(form: Form, fields: Fields) -> Any:
    """Send, and compute while typing: answered in order, whatever was sent."""
    live = form.live(fields)
    assert live.status_code == 200, (form.address, fields)
    answer = form.send(fields)
    assert answer.status_code in (302, 422), (form.address, answer.status_code)
    return answer


def test_hostile_numbers_dates_and_codes_are_refused_at_their_field(every_form):
    lists = {NumberAnswer: NUMBERS, DateAnswer: DATES, ChoiceAnswer: CODES}
    tried = set()
    for form in every_form:
        before = form.opened()
        found = [
            (name, values)
            for name, _one, _column, field in form.inputs()
            for kind, values in lists.items()
            if isinstance(field, kind) and name in before
        ]
        for attempt in range(5):
            # Every field gets another value each time, so that every value meets many fields.
            typed = {
                name: values[(5 * place + attempt) % len(values)]
                for place, (name, values) in enumerate(found)
            }
            tried |= set(typed.values())
            answer = no_fault(form, before | typed)
            if typed:
                assert answer.status_code == 422, (form.address, typed)
    assert tried == {*NUMBERS, *DATES, *CODES}


def test_rows_of_other_patients_cannot_be_chosen(every_form, other, neighbour):
    with system_scope():
        strangers = [
            str(getattr(row, key))
            for model in (Lesion, Course, Target)
            for row in model.objects.filter(
                **{f"{model.patient_path}__in": [other, neighbour]}
            ).exclude(number=1)
            for key in ("pk", "number")
        ]
    for form in every_form:
        before = form.opened()
        names = [
            name
            for name, _one, _column, field in form.inputs()
            if isinstance(field, RowAnswer) and name in before
        ]
        for value in (*strangers, "-1", "9" * 5000, "<b>"):
            answer = no_fault(form, before | dict.fromkeys(names, value))
            assert not names or answer.status_code == 422


@pytest.mark.parametrize("value", COUNTS, ids=range(len(COUNTS)))
def test_hidden_inputs_may_hold_anything(every_form, value):
    for form in every_form:
        before = form.opened()
        hidden = [name for name in before if name.endswith("-version")]
        bookkeeping = [*hidden, "user", "submission", "take-back"]
        answer = form.client.post(form.address, before | dict.fromkeys(bookkeeping, value))
        assert answer.status_code in (302, 422), form.address


NEW_KEYS = [
    ["n1"] * 200,
    [f"n{count}" for count in range(1, 100)],
    ["n999999999", "n" + "9" * 300, "n-1", "n0", "n٣", "x", "", "n1;n2", "1", "p1"],
]


@pytest.mark.parametrize("keys", NEW_KEYS, ids=["twice", "many", "nonsense"])
def test_new_rows_by_any_name(every_form, keys):
    for form in every_form:
        sent: Fields = {}
        for part in form.entry().page.parts:
            if part.repeats:
                sent |= {f"{part.prefix}-{key}-version": "1" for key in keys}
                sent |= {
                    f"{part.prefix}-{key}-{name}": "1"
                    for key in dict.fromkeys(keys[:3])
                    for name in part.fields
                }
                sent[f"{part.prefix}-new"] = keys
        if sent:
            no_fault(form, form.opened() | sent)


def test_rows_of_other_patients_cannot_be_sent_along(every_form, other, neighbour):
    for form in every_form:
        sent: Fields = {}
        for part in form.entry().page.parts:
            for key in keys_of(part.model, other, neighbour):
                prefix = f"{part.prefix}-{key}"
                sent |= {f"{prefix}-version": "1", f"{prefix}-remove": "1"}
                sent |= {f"{prefix}-{name}": "1" for name in part.fields}
        no_fault(form, form.opened() | sent)


def keys_of(model: type[ClinicalRow], *patients: Patient) -> list[int]:
    """Keys of the patients' rows of a table."""
    path = f"{model.patient_path}__in" if model.patient_path else "pk__in"
    with system_scope():
        chosen = [patient.pk for patient in patients]
        return list(model.objects.filter(**{path: chosen}).values_list("pk", flat=True))


COMMANDS = ["nonsense", "a\0b", "x" * 300, "<script>", "a=1&a=2&%FF=%00", "visit-version"]


@pytest.mark.parametrize("name", ["add", "take", "then", "differs", "reason-code"])
def test_commands_may_hold_anything(every_form, name):
    for form in every_form:
        if form.page not in ("course", "assessment"):
            continue
        before = form.opened()
        for value in COMMANDS:
            # Longer names of inputs are refused by the reader of requests, with 400.
            sent = before | {name: value, f"keep-{value}": "theirs", f"theirs-{value}": ["1", "2"]}
            answer = form.client.post(form.address, sent)
            assert answer.status_code in (200, 302, 422), (form.address, name, value)
            assert "<script>" not in answer.content.decode()


def test_confirmations_and_forms_of_nothing_are_no_fault(every_form):
    strange = {f"confirm-{one}": one for one in ("", "x", "course--", "<b>", "a\0b", "x" * 300)}
    for form in every_form:
        no_fault(form, form.opened() | strange)
        assert form.client.post(form.address, {}).status_code in (302, 422)
        assert form.live({}).status_code == 200


def test_texts_in_the_place_of_lists_and_lists_in_the_place_of_texts(every_form):
    for form in every_form:
        before = form.opened()
        names = [name for name, _one, _column, _field in form.inputs()]
        no_fault(form, before | {name: ["x", "y"] for name in names})
        texts = [name for name, *_rest, field in form.inputs() if isinstance(field, TextAnswer)]
        no_fault(form, before | {name: [] for name in texts})


@pytest.mark.parametrize(
    "key", ["0", "-1", "2", "999999999999999999999", "new", "NEW", "n1", "x" * 300]
)
def test_keys_that_are_no_row_are_not_found_or_a_new_form(client, every_form, patient, key):
    for form in every_form:
        address = reverse("registry:enter", args=[form.page, key, patient.pseudonym])
        assert client.get(address).status_code in (200, 404)


def test_forms_of_other_centres_are_not_found(client, every_form, other):
    for form in every_form:
        address = reverse("registry:enter", args=[form.page, form.key, other.pseudonym])
        live = address.replace("/enter/", "/live/", 1)
        assert client.get(address).status_code == 404
        assert client.post(address, form.opened()).status_code == 404
        assert client.post(live, form.opened()).status_code == 404


def test_links_to_a_row_of_another_patient_are_not_made(every_form, neighbour):
    with system_scope():
        before = TargetLesion.objects.filter(lesion__patient=neighbour).count()
    for form in every_form:
        fields = form.opened()
        names = [name for name in fields if name.endswith("-lesions")]
        if names:
            no_fault(form, fields | {name: ["1", "2", "99", "x"] for name in names})
    with system_scope():
        assert TargetLesion.objects.filter(lesion__patient=neighbour).count() == before
