"""Calendar feeds, read as a calendar program reads them: by HTTP, parsed with ``icalendar``."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from followup.services import calendar_feeds as service
from registry.models import Centre, User


def subscribe(user: User, centre: Centre | None = None, name: str = "Mine") -> str:
    """Make a feed; its path."""
    _feed, key = service.create(user=user, name=name, centre=centre)
    return reverse("followup:calendar_feed", args=[key])


def read(path: str) -> Any:
    """The calendar as a program gets it that knows nothing but the address."""
    response = Client().get(path)
    assert response.status_code == 200
    calendar = Calendar.from_ical(response.content)
    assert isinstance(calendar, Calendar)
    return calendar


def events(path: str) -> dict[str, Any]:
    """Events by what they are about: "P-0001: Month 3" without what is required."""
    return {str(event["summary"]).split(" (")[0]: event for event in read(path).walk("VEVENT")}


def status(path: str) -> int:
    return int(Client().get(path).status_code)
