"""Hostile text in every text field of every form: stored as typed or refused with a reason at the
field, shown as text on every page, never a fault of the server."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from registry.applicability import applies
from registry.entry.answers import CodeAnswer, TextAnswer
from registry.models import Patient, Study
from tests.factories import ParticipationFactory, ProtocolVersionFactory, data_manager
from tests.registry.entry.conftest import Fields, fields_of
from tests.registry.entry.hostile import NEVER, TEXTS, Form, forms
from tests.registry.views.full_case import full_case

pytestmark = pytest.mark.django_db

LONG = "long " * 2000
RAW = ("<script>alert", "<img src=x", "</textarea>'")
"""Beginnings of hostile markup that no page may hold unescaped."""


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


@pytest.fixture
def patient(study: Study) -> Patient:
    patient = full_case(study.protocol_version(), pseudonym="P-1")
    ParticipationFactory.create(study=study, centre=patient.centre)
    return patient


@pytest.fixture
def visit(every_form: list[Form]) -> Form:
    """The form of the first assessment."""
    (form,) = [one for one in every_form if one.page == "assessment"]
    return form


@pytest.fixture
def every_form(client: Client, patient: Patient) -> list[Form]:
    user = data_manager(patient.centre)
    client.force_login(user)
    return forms(client, user, patient)


def text_inputs(form: Form) -> list[str]:
    """Inputs of the form that take text or a code, of questions that apply."""
    return [
        name
        for name, one, column, field in form.inputs()
        if isinstance(field, TextAnswer | CodeAnswer)
        and (column not in one.form.row_columns or applies(one.row, column))
    ]


def refused_at(html: str, names: list[str]) -> list[str]:
    """Inputs that the page says something wrong of."""
    return [name for name in names if f'id="id_{name}_error"' in html]


def type_in(form: Form, text: str) -> tuple[list[str], list[str]]:
    """Type a text into every text field and save; (inputs that took it, inputs that refused)."""
    before = form.opened()
    open_inputs = [name for name in text_inputs(form) if name in before]
    refused: list[str] = []
    confirmed: Fields = {}
    for _attempt in range(4):
        taken = [name for name in open_inputs if name not in refused]
        answer = form.send(before | confirmed | dict.fromkeys(taken, text))
        if answer.status_code == 302:
            return taken, refused
        assert answer.status_code == 422, form.address
        html = answer.content.decode()
        assert not any(raw in html for raw in RAW), form.address
        shown = fields_of(html)
        assert all(shown[name] == [text] for name in taken), "what was typed is still there"
        now = refused_at(html, taken)
        confirmed |= {name: "as in the chart" for name in shown if name.startswith("confirm-")}
        # Other answers that the form asks for, and that the case does not have.
        asked = [name for name, *_rest in form.inputs() if name not in taken]
        confirmed |= dict.fromkeys(refused_at(html, asked), "unknown")
        refused += now
        for message in re.findall(r'class="error-text"[^>]*>(.*?)</p>', html, re.DOTALL):
            assert len(message) < 400, "a message quotes only the beginning of a long text"
        assert now or confirmed, html[html.index("entry-main") :][:2000]
    raise AssertionError(f"{form.address} is never saved")


def pages_of(patient: Patient) -> list[str]:
    return [
        reverse("registry:home"),
        reverse("followup:grid"),
        reverse("registry:patient", args=[patient.pseudonym]),
        reverse("registry:history", args=[patient.pseudonym]),
    ]


def test_the_forms_have_text_fields_to_try(every_form):
    assert {"disease", "course", "assessment", "toxicity"} <= {form.page for form in every_form}
    assert sum(len(text_inputs(form)) for form in every_form) > 10


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_text_is_kept_as_typed_and_shown_as_text(every_form, client, patient, text):
    kept = 0
    for form in every_form:
        taken, _refused = type_in(form, text)
        shown = form.opened()
        assert {name: shown[name] for name in taken} == {name: [text] for name in taken}
        kept += len(taken)
        live = form.live(shown).content.decode()
        assert not any(raw in live for raw in RAW)
    assert kept > 5

    pages = [client.get(address) for address in pages_of(patient)]
    assert [page.status_code for page in pages] == [200] * len(pages)
    for page in pages:
        html = page.content.decode()
        assert not any(raw in html for raw in RAW)
        assert settings.SECRET_KEY not in html
    assert any(escape(text) in page.content.decode() for page in pages)


@pytest.mark.parametrize("text", ["a\0b", LONG], ids=["nul", "10,000 characters"])
def test_text_that_cannot_be_stored_is_refused_at_its_field(every_form, text):
    for form in every_form:
        before = form.opened()
        taken, refused = type_in(form, text)
        unlimited = {
            name
            for name, _one, _column, field in form.inputs()
            if isinstance(field, TextAnswer) and field.length is None
        }
        assert set(taken) <= (unlimited if text is LONG else set()), form.address
        assert {name: form.opened()[name] for name in refused} == {
            name: before[name] for name in refused
        }


def test_bytes_that_are_no_characters_are_refused(visit):
    fields = visit.opened()
    for sent in ("%ED%A0%80", "%FF%FE", "a%C0%80b"):
        answer = visit.send_bytes(fields, "visit-comment", sent)
        assert answer.status_code == 422
        assert refused_at(answer.content.decode(), ["visit-comment"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_reasons_are_kept_as_typed(visit, client, patient, text):
    fields = visit.opened() | {"visit-ecog": "1"}
    visit.send(fields)
    fields["visit-version"] = "2"

    answer = visit.send(fields | {"visit-ecog": "2"}, **{"reason-words": text})

    assert answer.status_code == 302
    history = client.get(reverse("registry:history", args=[patient.pseudonym])).content.decode()
    assert escape(text) in history


@pytest.mark.parametrize("text", [*NEVER.values(), LONG], ids=[*NEVER, "10,000 characters"])
def test_a_reason_that_is_no_text_is_no_fault(visit, text):
    fields = visit.opened() | {"visit-ecog": "1"}
    visit.send(fields)
    fields["visit-version"] = "2"

    answer = visit.send(fields | {"visit-ecog": "2"}, **{"reason-words": text})

    assert answer.status_code in (302, 422)


@pytest.mark.parametrize("pseudonym", ["<script>alert(1)</script>", "{{ 7|add:7 }}/é/🩻'--%"])
def test_a_hostile_pseudonym_is_text_in_every_form(client, study, pseudonym):
    patient = full_case(study.protocol_version(), pseudonym=pseudonym)
    ParticipationFactory.create(study=study, centre=patient.centre)
    user = data_manager(patient.centre)
    client.force_login(user)

    opened = forms(client, user, patient)

    for address in [form.address for form in opened] + pages_of(patient):
        html = client.get(address).content.decode()
        assert escape(pseudonym) in html or address == reverse("registry:home")
        assert not any(raw in html for raw in RAW)


@pytest.mark.parametrize("text", [*TEXTS.values(), *NEVER.values()], ids=[*TEXTS, *NEVER])
def test_hostile_addresses_are_not_found(visit, client, patient, text):
    for address in (
        reverse("registry:enter", args=["course", "1", text]),
        reverse("registry:patient", args=[text]),
        reverse("registry:history", args=[text]),
    ):
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (404, 405)
            assert not any(raw in answer.content.decode() for raw in RAW)
    form = reverse("registry:enter", args=["assessment", "new", patient.pseudonym])
    hostile = {"visit": text, "assessment": text, text: text, "study": LONG}
    for answer in (client.get(form, hostile), client.post(f"{form}?{urlencode(hostile)}")):
        assert answer.status_code in (200, 404, 422)
        assert not any(raw in answer.content.decode() for raw in RAW)
    grid = client.get(reverse("followup:grid"), {"q": text, "study": text, "state": text})
    assert grid.status_code in (200, 404)
    assert not any(raw in grid.content.decode() for raw in RAW)


@pytest.mark.parametrize("text", [*TEXTS.values(), "a\0b", LONG], ids=[*TEXTS, "nul", "long"])
def test_the_form_of_a_new_patient_takes_hostile_text_without_a_fault(visit, client, text):
    address = reverse("registry:new_patient")
    fields = fields_of(client.get(address).content.decode())
    held = ("csrfmiddlewaretoken", "submission", "user")
    inputs = [name for name in fields if name not in held and not name.endswith("-version")]

    for typed in (inputs, [name for name in inputs if "name" in name or "pseudonym" in name]):
        for at in (address, address.replace("/enter/", "/live/", 1)):
            answer = client.post(at, fields | dict.fromkeys(typed, text))
            assert answer.status_code in (200, 302, 422)
            assert not any(raw in answer.content.decode() for raw in RAW)
    assert not Patient.objects.visible_to(visit.user).exclude(pk=visit.patient.pk).exists()
