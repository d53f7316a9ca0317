"""Every form of the registry on a patient with rows of every kind, and hostile things to type."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.test import Client, RequestFactory
from django.urls import reverse

from registry.entry.answers import Answer
from registry.entry.bound import BoundRow
from registry.entry.entry import Entry
from registry.entry.opening import open_entry
from registry.entry.pages import PAGES
from registry.entry.spec import Page
from registry.models import Enrolment, Patient, User
from registry.scope import scoped_to
from tests.registry.entry.conftest import Fields, fields_of

TEXTS = {
    "markup": "<script>alert(1)</script><img src=x></textarea>'\"; DROP TABLE x",
    "signs": "\u202eabc\u202c \u200f \u200bb\u200dc\ufeffd e\u0301é Z\u0351 \x07\x1b[31m\u2028e"
    " 👩🏽\u200d⚕️\U0010ffff",
    "template": "=SUM(1) {{ 7|add:7 }}{% now 'Y' %}{{ settings.SECRET_KEY }} %(x)s {0}",
}
"""Texts that a field takes as they are."""

NEVER = {"nul": "a\0b", "replaced sign": "a\ufffdb"}
"""Texts that no field takes: they cannot be stored, or are not what was typed."""


@dataclass(frozen=True)
class Form:
    """One form of the patient, opened by the data manager."""

    client: Client
    user: User
    patient: Patient
    page: str
    key: str

    @property
    def address(self) -> str:
        return reverse("registry:enter", args=[self.page, self.key, self.patient.pseudonym])

    def opened(self) -> Fields:
        """What a browser sends of the form when nothing is touched."""
        return fields_of(self.client.get(self.address).content.decode())

    def entry(self) -> Entry:
        """The form as the server has it."""
        request = RequestFactory().get(self.address)
        request.user = self.user
        with scoped_to(self.user):
            return open_entry(request, self.page, self.key, self.patient.pseudonym)

    def inputs(self) -> Iterator[tuple[str, BoundRow, str, Answer]]:
        """(name of the input, row, field, form field) of every input of the form."""
        for one in self.entry().rows():
            for name, field in one.form.fields.items():
                yield one.form.add_prefix(name), one, name, field

    def send(self, fields: Fields, **more: str) -> Any:
        return self.client.post(self.address, self.whole(fields) | more)

    def live(self, fields: Fields) -> Any:
        return self.client.post(self.address.replace("/enter/", "/live/", 1), fields)

    def send_bytes(self, fields: Fields, name: str, value: str) -> Any:
        """Send with an input whose percent-encoded bytes are given."""
        rest = urlencode(self.whole(fields) | {name: []}, doseq=True)
        body = f"{rest}&{quote(name)}={value}"
        return self.client.post(
            self.address, body, content_type="application/x-www-form-urlencoded"
        )

    def whole(self, fields: Fields) -> Fields:
        """The inputs with a fresh submission and a reason for the change."""
        given = {"reason-code": "typing_error", "submission": str(uuid.uuid4())}
        return dict(fields) | given


def forms(client: Client, user: User, patient: Patient) -> list[Form]:
    """Every form of the patient, on the first row or on all rows."""
    return [Form(client, user, patient, page.key, key_of(page)) for page in PAGES.values()]


def key_of(page: Page) -> str:
    """Key of the form of a patient of the study jinling who has one row of everything."""
    if page.root is None:
        return "all"
    return "jinling" if page.root.model is Enrolment else "1"
