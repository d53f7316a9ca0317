"""Reports of the reader, on the pages of the facts."""

from __future__ import annotations

from typing import Any, cast

from django import template

from analytics.reports.reading import latest_copies
from registry.models import User

register = template.Library()


@register.inclusion_tag("analytics/schedules/_latest.html", takes_context=True)
def latest_reports(context: template.Context) -> dict[str, Any]:
    """The newest report on each study that was sent to the reader."""
    return {"copies": latest_copies(cast(User, context["request"].user)), "with_study": True}
