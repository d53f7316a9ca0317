"""The survival curve of an endpoint with its figures, as command, page and summary show them.

Times are whole days in all computations; months of 30.4375 days are for asking and showing.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.estimators import KaplanMeier, kaplan_meier, reverse_kaplan_meier
from analytics.estimators.inputs import confidence_type
from analytics.extract import Numbers, times_to_events
from analytics.figures import DAYS_PER_MONTH
from analytics.observed import Observed
from registry.models import Study
from registry.protocols.types import Endpoint

AT_MONTHS = (12.0, 24.0, 36.0, 60.0)
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A figure with its confidence limits; None where it is not reached or not known."""

    estimate: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Rate:
    """The curve at one time.

    Attributes:
        months: the time, in months of 30.4375 days.
        survival: share without event with its limits, 0 to 1; None past the end of the data.
        n_risk: rows still under observation just before this time.
        n_event: events since the time before, or since the origin for the first one, as in
            `summary(fit, times)` of R.
    """

    months: float
    survival: Estimate
    n_risk: int
    n_event: int


@dataclass(frozen=True, eq=False)
class SurvivalResult:
    """A survival curve and everything said beside it.

    Attributes:
        protocol_version: number of the version that defines the endpoint.
        conf_type: "log-log", "log" or "plain"; the level is 95 %.
        data_cut: the last day whose facts count, None for all facts.
        numbers: how many are in the curve, and who is not.
        km: the curve; None without a single row.
        reverse_km: reverse Kaplan-Meier curve of follow-up; None without a single row. Whatever
            ends the observation before follow-up ends (the event, a competing event, death)
            counts as censoring there.
        rates: the curve at the times asked for, ascending.
        median: median time in months.
        follow_up: median follow-up in months, from ``reverse_km``.
    """

    study: Study
    protocol_version: int
    conf_type: str
    data_cut: dt.date | None
    numbers: Numbers
    km: KaplanMeier | None
    reverse_km: KaplanMeier | None
    rates: tuple[Rate, ...]
    median: Estimate
    follow_up: Estimate

    @property
    def endpoint(self) -> Endpoint:
        """What is estimated; its ``definition`` is printed with every curve."""
        return self.numbers.endpoint

    @property
    def n(self) -> int:
        """Patients or lesions in the curve."""
        return self.numbers.n

    @property
    def events(self) -> int:
        """How many of them had the event."""
        return self.numbers.events

    @property
    def is_clustered(self) -> bool:
        """The limits, of the median follow-up too, allow for lesions of a patient being alike."""
        return self.km is not None and self.km.n_clusters is not None


def survival_result(
    study: Study,
    endpoint_code: str,
    *,
    at_months: Sequence[float] = AT_MONTHS,
    data_cut: dt.date | None = None,
    conf_type: str = "log-log",
) -> SurvivalResult:
    """The curve of one endpoint over the patients that the scope in force shows.

    Errors as for :func:`survival_results`.
    """
    return survival_results(
        study, [endpoint_code], at_months=at_months, data_cut=data_cut, conf_type=conf_type
    )[0]


def survival_results(
    study: Study,
    endpoint_codes: Sequence[str],
    *,
    at_months: Sequence[float] = AT_MONTHS,
    data_cut: dt.date | None = None,
    conf_type: str = "log-log",
) -> list[SurvivalResult]:
    """The curves of several endpoints from one reading of the facts.

    Args:
        study: its newest protocol version defines the endpoints.
        endpoint_codes: such as "LC", "OS".
        at_months: times at which the curves are read, >= 0; given back ascending, each once.
        data_cut: facts dated after this day do not count.
        conf_type: scale of the 95 % limits: "log-log", "log" or "plain".

    Raises:
        LookupError: the protocol has no such endpoint; names those that it has.
        ValueError: a time that is negative or not finite, an unknown conf_type, or a data cut for
            a study whose dates are relative.
        ProtocolVersion.DoesNotExist: the study has no protocol.
        ScopeError: outside any scope.
    """
    version = study.protocol_version()
    endpoints = [version.protocol.endpoint(code) for code in endpoint_codes]
    tables = times_to_events(study, endpoints, data_cut=data_cut)
    return results_of(
        study,
        version.number,
        map(Observed.of_table, tables),
        at_months=at_months,
        conf_type=conf_type,
    )


def results_of(
    study: Study,
    protocol_version: int,
    observed: Iterable[Observed],
    *,
    at_months: Sequence[float] = AT_MONTHS,
    conf_type: str = "log-log",
) -> list[SurvivalResult]:
    """The curves of endpoints as that protocol version defines them.

    Raises:
        ValueError: a time that is negative or not finite, or an unknown conf_type.
    """
    times = times_in_months(at_months)
    confidence_type("conf_type", conf_type)
    return [_result(study, protocol_version, one, times, conf_type) for one in observed]


def times_in_months(at_months: Sequence[float]) -> list[float]:
    """Times at which curves are read: ascending, each once.

    Raises:
        ValueError: a time that is negative or not finite.
    """
    for months in at_months:
        if not (math.isfinite(months) and months >= 0):
            raise ValueError(f"at_months must be months from 0 on, got {months!r}")
    return sorted(set(at_months))


def _result(
    study: Study, version: int, observed: Observed, times: Sequence[float], conf_type: str
) -> SurvivalResult:
    km = reverse = None
    cluster = observed.patients
    if cluster is not None and not cluster.any():
        cluster = None  # one patient tells nothing of how patients differ
    if observed.numbers.n:
        km = kaplan_meier(
            observed.days,
            observed.event,
            weights=observed.counts,
            cluster=cluster,
            conf_type=conf_type,
            level=LEVEL,
        )
        reverse = reverse_kaplan_meier(
            observed.days,
            observed.event_or_death,
            weights=observed.counts,
            cluster=cluster,
            conf_type=conf_type,
            level=LEVEL,
        )
    return SurvivalResult(
        study=study,
        protocol_version=version,
        conf_type=conf_type,
        data_cut=observed.data_cut,
        numbers=observed.numbers,
        km=km,
        reverse_km=reverse,
        rates=rates_at(km, times),
        median=median_months(km),
        follow_up=median_months(reverse),
    )


def rates_at(km: KaplanMeier | None, times: Sequence[float]) -> tuple[Rate, ...]:
    """The curve at ascending times in months; nothing known without a curve."""
    if km is None:
        nothing = Estimate(None, None, None)
        return tuple(Rate(months, nothing, 0, 0) for months in times)
    days = np.asarray(times, dtype=np.float64) * DAYS_PER_MONTH
    by_then = km.n_event_by(days)
    since = np.diff(by_then, prepend=0)
    return tuple(
        Rate(months, _estimate(*figures), round(n_risk), round(n_event))
        for months, figures, n_risk, n_event in zip(
            times, zip(*km.at(days), strict=True), km.n_risk_at(days), since, strict=True
        )
    )


def median_months(km: KaplanMeier | None) -> Estimate:
    """Median in months with its limits; nothing known without a curve."""
    if km is None:
        return Estimate(None, None, None)
    return _estimate(*(days / DAYS_PER_MONTH for days in km.median()))


def _estimate(*figures: float) -> Estimate:
    """Estimate, lower and upper limit; NaN becomes None."""
    known = (None if math.isnan(figure) else float(figure) for figure in figures)
    return Estimate(*known)
