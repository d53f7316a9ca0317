"""Estimates and their confidence intervals in words."""

from django import template
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from analytics import curve_words
from analytics.curves import Estimate
from registry.templatetags.values import number

register = template.Library()

register.simple_tag(curve_words.unit_count)


@register.filter
def hundredths(share: float | None) -> str:
    """A share 0–1 as a number of percent, without the sign; a dash for none."""
    return "–" if share is None else str(floatformat(share * 100, 1))


@register.filter
def interval(estimate: Estimate) -> str:
    """Both limits of a share as numbers of percent; a dash where there are none."""
    if estimate.lower is None or estimate.upper is None:
        return "–"
    return f"{hundredths(estimate.lower)}–{hundredths(estimate.upper)}"


@register.filter
def months_with_interval(estimate: Estimate) -> str:
    """A time in months with its limits; says where it is not reached, a dash for an open limit."""
    if estimate.estimate is None:
        return _("not reached")
    return _("%(estimate)s months (%(lower)s to %(upper)s)") % {
        "estimate": number(estimate.estimate),
        "lower": number(estimate.lower) or "–",
        "upper": number(estimate.upper) or "–",
    }
