"""The figure of a survival curve, with what a reader must know printed on it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.curve_words import estimate_words, figure_labels, table_words, unit_count
from analytics.curves import Estimate, SurvivalResult
from analytics.figures import curve_data, month_ticks, survival_figure
from registry.number_text import decimal, general
from registry.templatetags.values import day_text


def curve_figure(
    result: SurvivalResult, *, figure_id: str = "", show_title: bool = True, compact: bool = False
) -> str:
    """SVG text of the curve with band, censoring ticks, table at risk, and caption.

    Args:
        result: a result with at least one row.
        figure_id: prefix of the ids in the figure, unique on its page; by default made of study
            and endpoint.
        show_title: False where the page has the heading already.
        compact: narrow layout for phones.

    Raises:
        ValueError: the result has no row, so there is no curve to draw.
    """
    if result.km is None:
        raise ValueError(f"endpoint {result.endpoint.code} of {result.study.key} has no rows")
    ticks = month_ticks(float(result.km.time[-1]))
    curve = curve_data(
        result.km,
        label=_(result.endpoint.label),
        ticks_months=ticks,
        note=median_words(result.median),
    )
    return survival_figure(
        [curve],
        title=f"{_(result.endpoint.label)} – {result.study.title}",
        labels=figure_labels(result.endpoint, result.numbers.landmark),
        ticks_months=ticks,
        caption=caption(result),
        description=description(result),
        figure_id=figure_id or f"curve-{result.study.key}-{result.endpoint.code.lower()}",
        show_title=show_title,
        compact=compact,
    )


def caption(result: SurvivalResult) -> list[str]:
    """Definition, origin, numbers, kind of interval, clustering, data cut: one paragraph each."""
    return list(_caption(result))


def description(result: SurvivalResult) -> str:
    """The curve in words, for a screen reader."""
    parts = [unit_count(result.endpoint.unit, result.n), median_words(result.median)]
    for rate in result.rates:
        if rate.survival.estimate is not None:
            parts.append(
                _("%(rate)s at %(months)s months")
                % {"rate": percent_words(rate.survival), "months": general(rate.months)}
            )
    return "; ".join(parts) + "."


def median_words(median: Estimate) -> str:
    """ "median 24.0 months (95 % CI 13.0 to 28.0)"; a limit that is not reached is a dash."""
    if median.estimate is None:
        return _("median not reached")
    return _("median %(median)s months (95 %% CI %(lower)s to %(upper)s)") % {
        "median": _one_decimal(median.estimate),
        "lower": _one_decimal(median.lower),
        "upper": _one_decimal(median.upper),
    }


def percent_words(rate: Estimate) -> str:
    """ "80.2 % (67.9 to 88.2)" of shares between 0 and 1; what is not known is a dash."""
    figures = (
        None if share is None else 100 * share for share in (rate.estimate, rate.lower, rate.upper)
    )
    estimate, lower, upper = (_one_decimal(figure) for figure in figures)
    return _("%(estimate)s %% (%(lower)s to %(upper)s)") % {
        "estimate": estimate,
        "lower": lower,
        "upper": upper,
    }


def data_cut_words(result: SurvivalResult) -> str:
    """Up to which day facts count."""
    if result.data_cut is not None:
        return _("Data cut: %(day)s.") % {"day": day_text(result.data_cut)}
    latest = result.numbers.latest_day
    if result.study.dates_are_relative or latest is None:
        return _("No data cut: all facts on file.")
    return _("No data cut: all facts on file, the latest used of %(day)s.") % {
        "day": day_text(latest)
    }


def _caption(result: SurvivalResult) -> Iterator[str]:
    yield from table_words(result.numbers)
    yield from estimate_words(result.numbers, result.conf_type, clustered=result.is_clustered)
    yield _("Study %(study)s, protocol version %(version)d.") % {
        "study": result.study.key,
        "version": result.protocol_version,
    }
    yield data_cut_words(result)
    if result.study.is_synthetic:
        yield _("Synthetic data made for demonstration; no real patient.")


def _one_decimal(figure: float | None) -> str:
    return "–" if figure is None else decimal(figure, 1)
