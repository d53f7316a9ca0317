"""What was on file: at the end of a data cut, rebuilt from the audit trail, or now."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.models import StudyCovariate
from registry.models import AuditEvent, Study
from registry.time_zones import end_of_day, installation_day

THEN, NOW = "then", "now"
"""As addresses, forms and options write it."""


def known_at(data_cut: dt.date | None, known: str = THEN) -> dt.datetime | None:
    """The moment as of which facts on file count; None for now.

    That of a data cut of today, or of no data cut, is now whatever was chosen.
    """
    if known == NOW or data_cut is None or data_cut >= installation_day():
        return None
    return end_of_day(data_cut)


def is_as_now(study: Study, moment: dt.datetime) -> bool:
    """True where nothing of any study was written since: the tables are those of that moment.

    They are read faster than rebuilt from the trail. Without a write, another version of the
    protocol may have come into force since.
    """
    day = timezone.localdate(moment, timezone.get_default_timezone())
    if study.protocol_version(day) != study.protocol_version():
        return False
    written = AuditEvent.objects.filter(at__gt=moment)
    grouped = StudyCovariate.objects.filter(study=study, created_at__gt=moment)
    return not written.exists() and not grouped.exists()


def nothing_on_file() -> str:
    """Why there is nothing of a study as it was known at an early moment."""
    return _("Nothing of this study was on file then. Choose what is on file now.")
