"""The dashboard as a part of a page, kept in the cache until something of it has changed."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from analytics.dashboard.contents import read_contents
from analytics.models import DashboardSetting
from registry.selectors.last_setting import last_setting_event
from registry.version import VERSION

KEPT_SECONDS = 24 * 60 * 60
"""The day is part of the name under which an answer is kept: none is asked for longer."""


def dashboard_html(setting: DashboardSetting, *, now: dt.datetime) -> SafeString:
    """What the setting shows, the same for every reader; one query where it is kept.

    Words of time are those of the installation's time zone.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    with timezone.override(None):
        name = _name(setting, now)
        html = cache.get(name)
        if html is None:
            contents = read_contents(setting, now=now)
            html = render_to_string("analytics/dashboard/_contents.html", {"contents": contents})
            cache.set(name, str(html), KEPT_SECONDS)
    return SafeString(html)


def _name(setting: DashboardSetting, now: dt.datetime) -> str:
    """Differs whenever what is shown differs.

    Stale tables are never shown here, so that the number of the study's last change tells answers
    apart as the mark of a standing does; protocols and plans change with the settings.
    """
    state = getattr(setting.study, "curve_state", None)
    parts = (
        VERSION,
        setting.study.pk,
        state.change_number if state else 0,
        last_setting_event(),
        setting.shows_accrual,
        setting.shows_lc,
        setting.shows_os,
        setting.names_centres,
        timezone.localdate(now),
        get_language(),
    )
    digest = hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
    return f"dashboard-{digest}"
