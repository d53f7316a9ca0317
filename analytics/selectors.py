"""Named reads of the answers. All of them answer within the scope in force."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.curve_figure import curve_figure
from analytics.curves import AT_MONTHS, SurvivalResult, survival_results
from registry.models import Study


@dataclass(frozen=True, eq=False)
class StudyCurve:
    """A curve of the study page: ``svg`` is "" where there is no row to draw."""

    result: SurvivalResult
    svg: str
    svg_compact: str

    @property
    def excluded_by_reason(self) -> list[tuple[str, int]]:
        """How many are not in the curve, by reason, the commonest first."""
        counts = Counter(str(row.reason.label) for row in self.result.excluded)
        return counts.most_common()


def study_curves(
    study: Study,
    endpoint_codes: Sequence[str] | None = None,
    *,
    at_months: Sequence[float] = AT_MONTHS,
    data_cut: dt.date | None = None,
) -> list[StudyCurve]:
    """The curves of a study as the reader may see them: a centre sees its own patients only.

    By default the endpoints of :func:`shown_first`.

    Errors as for :func:`analytics.curves.survival_results`.
    """
    if endpoint_codes is None:
        endpoint_codes = shown_first(study)
    results = survival_results(study, endpoint_codes, at_months=at_months, data_cut=data_cut)
    return [_drawn(result) for result in results]


def shown_first(study: Study) -> list[str]:
    """Codes of local control and overall survival, as far as the study's protocol has them.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    there = {endpoint.code for endpoint in study.protocol_version().protocol.endpoints}
    return [code for code in ("LC", "OS") if code in there]


def _drawn(result: SurvivalResult) -> StudyCurve:
    if result.km is None:
        return StudyCurve(result, "", "")
    figure_id = f"curve-{result.endpoint.code.lower()}"
    return StudyCurve(
        result,
        svg=curve_figure(result, figure_id=figure_id, show_title=False),
        svg_compact=curve_figure(
            result, figure_id=f"{figure_id}-compact", show_title=False, compact=True
        ),
    )
