"""A centre with a patient whose visit is due, and a receiver on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from followup.models import Webhook
from followup.services import webhooks as service
from registry.models import Enrolment
from tests.factories import administrator
from tests.followup.factories import expected, followed
from tests.followup.sweeping import DUE_DAY
from tests.followup.webhooks.receiver import Receiver, listening


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.WEBHOOK_ALLOW_HTTP = True
    settings.WEBHOOK_CONNECT_SECONDS = settings.WEBHOOK_TOTAL_SECONDS = 5
    with listening() as made:
        yield made


@pytest.fixture
def enrolment() -> Enrolment:
    """Radiotherapy ended on 31 January 2024: month 3 is 30 April, its window opens on the 16th."""
    made = followed()
    expected(made, DUE_DAY)
    return made


@pytest.fixture
def webhook(enrolment: Enrolment, receiver: Receiver) -> Webhook:
    centre = enrolment.patient.centre
    made, _secret = service.add(
        centre=centre, name="Appointments", url=receiver.url, by=administrator()
    )
    return made
