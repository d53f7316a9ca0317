"""People and moments that several tests of services need."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from registry.models import Centre, User
from registry.models.choices import Role
from tests.factories import MembershipFactory, UserFactory


def investigator(centre: Centre, **kwargs: Any) -> User:
    """A doctor of this centre."""
    user = UserFactory.create(**kwargs)
    MembershipFactory.create(user=user, role=Role.INVESTIGATOR, centre=centre)
    return user


def in_days(days: int) -> dt.datetime:
    """So many days from now."""
    return timezone.now() + dt.timedelta(days=days)
