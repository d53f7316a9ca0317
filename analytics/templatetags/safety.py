"""Alerts of the safety watch on other pages, and words of its own."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.utils.safestring import SafeString

from analytics.safety.looks import Counted
from analytics.safety.reading import waiting_by_study, waiting_in
from registry.models import Study, User
from registry.partial_date import PartialDate
from registry.selectors.studies import reads_cases_of, sees_whole_study
from registry.templatetags.values import day

register = template.Library()


@register.inclusion_tag("analytics/safety/_waiting.html", takes_context=True)
def safety_waiting(context: template.Context) -> dict[str, Any]:
    """Notices of alerts that wait for the reader, study by study."""
    return {"studies": waiting_by_study(cast(User, context["request"].user))}


@register.inclusion_tag("analytics/safety/_waiting.html")
def safety_waiting_in(study: Study) -> dict[str, Any]:
    """A notice of the alerts of one study, for those who read them."""
    return {"studies": waiting_in(study) if reads_alerts_of(study) else []}


@register.filter
def reads_alerts_of(study: Study) -> bool:
    """Whether the reader reads the alerts of the study: they tell of single patients."""
    return sees_whole_study(study) and reads_cases_of(study)


@register.filter
def since(counted: Counted) -> str | SafeString:
    """Since when a patient has the event that a rate counts; a dash where that is not known."""
    return day(PartialDate.parse(counted.since)) if counted.since else "–"
