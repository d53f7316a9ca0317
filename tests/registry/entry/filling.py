"""Fills an entry page as a browser would, for tests of single pages."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from registry.models import Patient


def opened(client: Client, form: str, key: str, patient: Patient) -> str:
    """The page as it is shown."""
    response = client.get(reverse("registry:enter", args=[form, key, patient.pseudonym]))
    assert response.status_code == 200
    return response.content.decode()


def saved(client: Client, form: str, key: str, patient: Patient, **inputs: str) -> None:
    """Send the page; fails with what the page says when it was not saved."""
    response = client.post(_address(form, key, patient), _data(inputs))
    assert response.status_code == 302, problems(response.content.decode())


def refused(client: Client, form: str, key: str, patient: Patient, **inputs: str) -> str:
    """Send the page that is not to be saved: what it says above the form."""
    response = client.post(_address(form, key, patient), _data(inputs))
    assert response.status_code == 422
    return problems(response.content.decode())


def live(client: Client, form: str, key: str, patient: Patient, **inputs: str) -> str:
    """The figures that follow from these inputs."""
    address = reverse("registry:live", args=[form, key, patient.pseudonym])
    response = client.post(address, _data(inputs))
    assert response.status_code == 200
    return response.content.decode()


def problems(html: str) -> str:
    """The messages above the form."""
    return html.split('class="entry-main"')[1].split('<section class="part"')[0]


def _address(form: str, key: str, patient: Patient) -> str:
    return reverse("registry:enter", args=[form, key, patient.pseudonym])


def _data(inputs: dict[str, str]) -> dict[str, str]:
    """Names of inputs are written with "__" for "-": event__term."""
    typed = {name.replace("__", "-"): value for name, value in inputs.items()}
    prefixes = {name.partition("-")[0] for name in typed} - {"reason"}
    return {f"{prefix}-version": "1" for prefix in prefixes} | typed
