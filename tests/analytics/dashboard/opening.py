"""Dashboards opened and read as people do."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from analytics.dashboard.reading import setting_in_force
from analytics.models import Audience
from analytics.services.dashboard import Choice, switch
from registry.models import Study

EVERYTHING = {"shows_accrual": True, "shows_lc": True, "shows_os": True}


def open_to(audience: Audience, study: Study, **shown: Any) -> str:
    """Set the dashboard; the path of a new public address, "" where there is none."""
    choice = Choice(audience, **(EVERYTHING | shown))
    seen = setting_in_force(study).number
    _setting, key = switch(study=study, choice=choice, seen=seen, by=None)
    return reverse("analytics:public_dashboard", args=[key]) if key else ""


def public(study: Study, **shown: Any) -> str:
    """Open the dashboard to everybody; its path."""
    return open_to(Audience.PUBLIC, study, **shown)


def answer(path: str, **headers: str) -> HttpResponse:
    """What a stranger's browser gets."""
    return Client().get(path, headers=headers)  # type: ignore[return-value]


def read(path: str) -> str:
    response = answer(path)
    assert response.status_code == 200
    return response.content.decode()
