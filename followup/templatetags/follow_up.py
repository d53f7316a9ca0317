"""Cells of the figures of follow-up: shares, days, and the links to the patients behind them."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.dates import MONTHS_3
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from followup.proportions import Proportion
from followup.selectors.follow_up import FollowUpLine
from followup.selectors.follow_up.open_visits import AGES
from followup.selectors.follow_up.words import age_words, item_heads
from registry.selectors.accrual_months import Month
from registry.templatetags.values import number

register = template.Library()

NOTHING = "–"


@register.simple_tag
def age_heads() -> list[str]:
    """The groups of days since the window closed."""
    return [age_words(place) for place in range(len(AGES))]


@register.simple_tag
def forecast_heads() -> list[str]:
    """The columns of the forecast."""
    return item_heads()


@register.simple_tag
def overdue_visits(line: FollowUpLine) -> str | SafeString:
    """How many visits are overdue, with the way to their patients."""
    count = number_format(line.open.all_overdue)
    if not line.open.all_overdue or line.study is None or line.centre is None:
        return count
    cut = {"study": line.study.key, "centre": line.centre.code, "work": "overdue"}
    return format_html('<a href="{}">{}</a>', reverse("followup:grid", query=cut), count)


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 in percent, with one decimal."""
    if share is None:
        return NOTHING
    return _("{percent} %").format(percent=number_format(100 * share, decimal_pos=1))


@register.filter
def limits(rate: Proportion) -> str:
    """The 95 % limits of a share, in percent."""
    low, high = (number_format(100 * limit, decimal_pos=1) for limit in (rate.low, rate.high))
    return _("{low} to {high} %").format(low=low, high=high)


@register.filter
def quartile_range(quartiles: tuple[float, float, float]) -> str:
    """The lower and the upper quartile."""
    return _("{low} to {high}").format(low=number(quartiles[0]), high=number(quartiles[2]))


@register.filter
def month_words(month: Month) -> str:
    """A month of the calendar: "Mar 2024"."""
    return f"{str(MONTHS_3[month.month]).capitalize()} {month.year}"
