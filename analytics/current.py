"""The curves of a study as they stand: from the kept rows where they serve, else computed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analytics.curves import AT_MONTHS, SurvivalResult, results_of, survival_results
from analytics.kept.counts import observed
from analytics.kept.reading import Standing, standing, still_stands
from registry.models import Study


@dataclass(frozen=True, eq=False)
class CurrentResults:
    """Curves, and how they stand to the facts."""

    results: list[SurvivalResult]
    standing: Standing


def current_results(
    study: Study,
    endpoint_codes: Sequence[str],
    *,
    now: dt.datetime,
    at_months: Sequence[float] = AT_MONTHS,
    conf_type: str = "log-log",
    may_be_stale: bool = False,
) -> CurrentResults:
    """The curves of several endpoints over all facts, for the reader of the scope in force.

    They are those of :func:`analytics.curves.survival_results`, without reading the facts where
    kept rows know them.

    Args:
        may_be_stale: take tables too that do not know the last changes; the caller says so.

    Errors as for :func:`analytics.curves.survival_results`.
    """
    version = study.protocol_version()
    found = standing(study, version, now=now, may_be_stale=may_be_stale)
    if found.is_kept:
        endpoints = [version.protocol.endpoint(code) for code in endpoint_codes]
        results = results_of(
            study,
            version.number,
            [observed(study, endpoint) for endpoint in endpoints],
            at_months=at_months,
            conf_type=conf_type,
        )
        if still_stands(study, found):
            return CurrentResults(results, found)
        found = replace(found, as_of=now, is_kept=False, is_stale=False)
    return CurrentResults(
        survival_results(study, endpoint_codes, at_months=at_months, conf_type=conf_type), found
    )
