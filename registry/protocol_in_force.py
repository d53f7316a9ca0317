"""Which of a study's protocol versions holds on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from registry.partial_date import PartialDate

if TYPE_CHECKING:
    from registry.models import ProtocolVersion


def in_force(versions: Iterable[ProtocolVersion], on: dt.date) -> ProtocolVersion:
    """The newest version that is effective on the day; before the first of them is, that one.

    Raises:
        ValueError: there is no version.
    """
    rising = sorted(versions, key=lambda version: version.number)
    if not rising:
        raise ValueError("the study has no protocol version")
    effective = [version for version in rising if version.effective_on <= on]
    return effective[-1] if effective else rising[0]


def day_of_enrolment(enrolled_on: PartialDate | None) -> dt.date:
    """The day whose protocol version a patient comes under: of a partial date its last day.

    Nobody is enrolled after today, and who has no date of enrolment is enrolled today.
    """
    today = timezone.localdate()
    return today if enrolled_on is None else min(enrolled_on.latest, today)
