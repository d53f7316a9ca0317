"""All that a dashboard shows, read once: aggregates only, as for a reader of figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.artefacts.parts import Artefact
from analytics.artefacts.small_cells import LEAST_SHOWN, count_words, too_few_words
from analytics.current import current_results
from analytics.curves import SurvivalResult
from analytics.dashboard.accrual import accrual_by_centre, accrual_by_month
from analytics.dashboard.outcome import AT_MONTHS, Outcome, definition_of, outcome_of
from analytics.models import DashboardSetting
from registry.models import ProtocolVersion, Study
from registry.number_text import decimal
from registry.protocols.types import Endpoint, Protocol
from registry.protocols.vocabulary import Unit
from registry.scope import Scope, use_scope
from registry.selectors.accrual_months import CentreMonths, monthly_accrual


@dataclass(frozen=True)
class Headline:
    """A figure that stands above all others, with its name and what is said beside it."""

    label: str
    figure: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Contents:
    """What the template of a dashboard goes through.

    Attributes:
        as_of: when the facts were read.
        too_few: why nothing is shown of so few patients; "" where it is.
        accrual: by month and by centre; empty where it is not chosen.
        outcomes: of the endpoints that are chosen and that the protocol has.
        definitions: of each of these endpoints its code, its name and sentences.
    """

    study: Study
    version: ProtocolVersion
    as_of: dt.datetime
    too_few: str = ""
    headlines: Sequence[Headline] = ()
    accrual: Sequence[Artefact] = ()
    outcomes: Sequence[Outcome] = ()
    definitions: Sequence[tuple[Endpoint, list[str]]] = ()


def read_contents(setting: DashboardSetting, *, now: dt.datetime) -> Contents:
    """What the setting chooses, of the patients of every centre, whoever reads it.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    study = setting.study
    version = study.protocol_version()
    # Of figures alone: nothing in this scope can tell of a case.
    scope = Scope(figure_study_ids=frozenset({study.pk}))
    with use_scope(scope.for_figures()):
        rows = monthly_accrual(study)
    total = sum(row.enrolled for row in rows)
    if 0 < total < LEAST_SHOWN:
        return Contents(study, version, as_of=now, too_few=too_few_words())
    chosen = chosen_endpoints(setting, version.protocol)
    follow_up, lesions = _of_patients(version.protocol), _of_lesions(version.protocol)
    codes = list(dict.fromkeys([*chosen, follow_up, *([lesions] if lesions else [])]))
    with use_scope(scope):
        current = current_results(study, codes, now=now, at_months=AT_MONTHS)
    results = dict(zip(codes, current.results, strict=True))
    shown = [results[code] for code in chosen]
    headlines = [*_enrolled(study, rows, total)]
    if lesions:
        headlines.append(_lesions(results[lesions]))
    headlines.append(_follow_up(results[follow_up]))
    today = timezone.localdate(now)
    return Contents(
        study,
        version,
        as_of=current.standing.as_of,
        headlines=headlines,
        accrual=[
            accrual_by_month(study, rows, today),
            accrual_by_centre(study, rows, today, by_name=setting.names_centres),
        ]
        if setting.shows_accrual
        else [],
        outcomes=[outcome_of(result) for result in shown],
        definitions=[(result.endpoint, definition_of(result)) for result in shown],
    )


def chosen_endpoints(setting: DashboardSetting, protocol: Protocol) -> list[str]:
    """Codes of the endpoints that are chosen, as far as the protocol in force has them."""
    there = {endpoint.code for endpoint in protocol.endpoints}
    wanted = {"LC": setting.shows_lc, "OS": setting.shows_os}
    return [code for code, is_wanted in wanted.items() if is_wanted and code in there]


def _of_patients(protocol: Protocol) -> str:
    """The endpoint whose follow-up is that of the patients: overall survival, or the next best."""
    of_patients = [one.code for one in protocol.endpoints if one.unit is Unit.PATIENT]
    return "OS" if "OS" in of_patients else (of_patients or [protocol.endpoints[0].code])[0]


def _of_lesions(protocol: Protocol) -> str:
    """An endpoint by lesion, which counts all of them; "" where lesions are not counted."""
    return next((one.code for one in protocol.endpoints if one.unit is Unit.LESION), "")


def _enrolled(study: Study, rows: Sequence[CentreMonths], total: int) -> Iterator[Headline]:
    targets = [row.plan.target for row in rows if row.plan.target is not None]
    planned = study.target_accrual or sum(targets)
    note = ""
    if planned:
        note = _("of %(planned)d planned (%(percent)s %%)") % {
            "planned": planned,
            "percent": decimal(100 * total / planned, 0),
        }
    yield Headline(_("Patients enrolled"), str(total), note)
    yield Headline(_("Centres"), str(len(rows)))


def _lesions(result: SurvivalResult) -> Headline:
    code = result.endpoint.code
    note = _("followed for %(endpoint)s") % {"endpoint": code}
    return Headline(_("Lesions"), count_words(result.n), note)


def _follow_up(result: SurvivalResult) -> Headline:
    label = _("Median follow-up")
    found = result.follow_up
    if result.n < LEAST_SHOWN or found.estimate is None:
        return Headline(label, "–")
    limits = [
        decimal(limit, 1) if limit is not None else "–" for limit in (found.lower, found.upper)
    ]
    note = _("95 %% CI %(lower)s to %(upper)s, by reverse Kaplan–Meier") % {
        "lower": limits[0],
        "upper": limits[1],
    }
    figure = _("%(months)s months") % {"months": decimal(found.estimate, 1)}
    return Headline(label, figure, note)
