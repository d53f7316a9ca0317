"""What was on file: at the end of a data cut, rebuilt from the audit trail, or now."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

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


def nothing_on_file() -> str:
    """Why there is nothing of a study as it was known at an early moment."""
    return _("Nothing of this study was on file then. Choose what is on file now.")
