"""Visits of a patient under the protocol jinling, as a browser sends them.

They are expected 3 and 6 months after the last fraction, ± 14 days, then every 6 months ± 30 days:
after 31 January 2024 on 30 April (16 April to 14 May) and 31 July.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse

from followup.models import ExpectedVisit
from registry.scope import system_scope
from tests.registry.entry.conftest import Desk, Fields, fields_of

MONTH_3 = "last_rt_day-m03"


def address(desk: Desk, key: str = "new", visit: str = MONTH_3) -> str:
    return reverse(
        "registry:enter", args=["assessment", key, desk.patient.pseudonym], query={"visit": visit}
    )


def opened(desk: Desk, visit: str = MONTH_3) -> Fields:
    return fields_of(desk.client.get(address(desk, visit=visit)).content.decode())


def send(desk: Desk, fields: Fields, **more: str) -> Any:
    return desk.client.post(address(desk), {"submission": str(uuid.uuid4()), **fields, **more})


def live(desk: Desk, fields: Fields, **more: str) -> str:
    answer = desk.client.post(
        address(desk).replace("/enter/", "/live/"),
        {**fields, **{name.replace("__", "-"): value for name, value in more.items()}},
    )
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def state(desk: Desk, key: str = MONTH_3) -> str:
    with system_scope():
        return ExpectedVisit.objects.get(key=key).state
