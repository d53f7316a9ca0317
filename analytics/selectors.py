"""Named reads of the answers. All of them answer within the scope in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.current import current_results
from analytics.curve_figure import curve_figure
from analytics.curves import SurvivalResult
from analytics.kept.reading import Standing, standing
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
        by_count = sorted(self.result.numbers.excluded.items(), key=lambda one: (-one[1], one[0]))
        return [(str(reason.label), n) for reason, n in by_count]


@dataclass(frozen=True, eq=False)
class ShownCurves:
    """The curves of the study page; ``standing`` says of when they are, and whether stale."""

    curves: list[StudyCurve]
    standing: Standing


def shown_curves(
    study: Study, endpoint_codes: Sequence[str] | None = None, *, now: dt.datetime
) -> ShownCurves:
    """The curves of a study as the reader may see them: a centre sees its own patients only.

    Over all facts, from kept tables where there are some. By default the endpoints of
    :func:`shown_first`.

    Errors as for :func:`analytics.curves.survival_results`.
    """
    if endpoint_codes is None:
        endpoint_codes = shown_first(study)
    current = current_results(study, endpoint_codes, now=now, may_be_stale=True)
    return ShownCurves([_drawn(result) for result in current.results], current.standing)


def curves_mark(study: Study, *, now: dt.datetime) -> str:
    """The mark of what :func:`shown_curves` would answer now, in three queries at most.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    return standing(study, study.protocol_version(), now=now, may_be_stale=True).mark


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
