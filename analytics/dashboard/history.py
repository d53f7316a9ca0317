"""Who has set a dashboard how, in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from analytics.dashboard.reading import settings_of
from analytics.models import DashboardSetting
from registry.models import Study


@dataclass(frozen=True)
class Line:
    """A setting: what it shows, and what became of the public address."""

    setting: DashboardSetting
    shows: list[str]
    address: str


def history(study: Study) -> list[Line]:
    """All settings of the dashboard of a study, the newest first."""
    rows: list[DashboardSetting | None] = [*settings_of(study), None]
    return [
        Line(row, _shows(row), _address(row, before))
        for row, before in pairwise(rows)
        if row is not None
    ]


def _shows(row: DashboardSetting) -> list[str]:
    centres = _("centres by name") if row.names_centres else _("centres numbered")
    shown = {
        _("accrual"): row.shows_accrual,
        centres: row.shows_accrual,
        "LC": row.shows_lc,
        "OS": row.shows_os,
    }
    return [words for words, is_shown in shown.items() if is_shown]


def _address(row: DashboardSetting, before: DashboardSetting | None) -> str:
    earlier = before.digest if before else ""
    if row.digest == earlier:
        return _("the same") if earlier else "–"
    if not row.digest:
        return _("ended")
    return _("replaced") if earlier else _("new")
