"""Which setting of a dashboard is in force, and whose address a key is."""

from __future__ import annotations

import hashlib
import secrets

from django.db.models import Exists, OuterRef, QuerySet

from analytics.models import Audience, DashboardSetting
from registry.models import Study

KEY_BYTES = 32
LONGEST_KEY = 100
"""Characters; those that are given out have 43."""


def settings_of(study: Study) -> QuerySet[DashboardSetting]:
    """All settings of a dashboard, the newest first: who opened what to whom, and when."""
    return DashboardSetting.objects.filter(study=study).select_related("made_by")


def setting_in_force(study: Study) -> DashboardSetting:
    """The newest setting; where nobody has set anything, one that is stored nowhere and closed."""
    found = _with_state(DashboardSetting.objects.filter(study=study)).first()
    return found or DashboardSetting(
        study=study,
        number=0,
        audience=Audience.OFF,
        shows_accrual=True,
        shows_lc=True,
        shows_os=True,
        names_centres=False,
    )


def setting_of_key(key: str) -> DashboardSetting | None:
    """The setting behind a public address; None when there is none or it is no longer in force."""
    if len(key) > LONGEST_KEY:
        return None
    newer = DashboardSetting.objects.filter(study=OuterRef("study"), number__gt=OuterRef("number"))
    found = DashboardSetting.objects.filter(~Exists(newer), digest=digest_of(key))
    return _with_state(found).first()


def is_open(study: Study) -> bool:
    """Whether people of the study may read its dashboard."""
    newest = settings_of(study).values_list("audience", flat=True).first()
    return newest not in (None, Audience.OFF)


def new_key() -> str:
    """The part of a public address that nobody can guess."""
    return secrets.token_urlsafe(KEY_BYTES)


def digest_of(key: str) -> str:
    """What is kept of a key: it has 256 random bits, so a plain digest cannot be turned round."""
    return hashlib.sha256(key.encode()).hexdigest()


def _with_state(settings: QuerySet[DashboardSetting]) -> QuerySet[DashboardSetting]:
    """With the study and how far its kept tables are, by the same query."""
    return settings.select_related("study__curve_state")
