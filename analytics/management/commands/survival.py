"""``manage.py survival --study KEY --endpoint LC``: rates, median and follow-up of an endpoint."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.covariates import CovariateError
from analytics.curve_words import origin_words
from analytics.curves import Estimate, SurvivalResult, results_of
from analytics.estimators.inputs import CONFIDENCE_TYPES
from analytics.extract import Reason, TimeToEvent, time_to_event
from analytics.management.arguments import (
    add_landmark,
    add_study,
    add_where,
    cohort_of,
    day_of,
    figure,
    landmark_json,
    study_of,
)
from analytics.observed import Observed
from analytics.survival_groups import Grouped, group_curves
from analytics.text_table import months, percent, text_table
from registry.models import ProtocolVersion
from registry.scope import system_scope

_NAMED_AT_MOST = 10

TEST_WORDS = {
    "plain": "Log-rank test",
    "clustered": "Score test clustered by patient",
    "trend": "Log-rank test for trend",
}


class Command(BaseCommand):
    """Prints the curve of one endpoint as a table or as JSON."""

    help = (
        "Kaplan-Meier rates, median and median follow-up of an endpoint of a study, over all "
        "centres. Times are months of 30.4375 days. Definitions: docs/analysis-plan.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, endpoint, part of the patients, groups, landmark, times, format, data cut."""
        add_study(parser)
        add_where(parser)
        parser.add_argument(
            "--group-by",
            default="",
            metavar="CODE",
            help="covariate in categories, with --landmark also a state that begins later: a curve "
            "for each, and log-rank tests between them",
        )
        add_landmark(parser)
        parser.add_argument(
            "--endpoint", required=True, metavar="CODE", help="LC, OS or another of its protocol"
        )
        parser.add_argument(
            "--at",
            default="12,24,36,60",
            metavar="MONTHS",
            help="times to read the curve at, in months (default 12,24,36,60)",
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")
        parser.add_argument(
            "--conf-type",
            choices=CONFIDENCE_TYPES,
            default="log-log",
            help="scale of the 95 %% confidence limits (default log-log)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Estimate and print."""
        with system_scope():
            try:
                result, table, grouped = self._estimated(options, _times(options["at"]))
            except ProtocolVersion.DoesNotExist:
                raise CommandError(f"study {options['study']} has no protocol yet") from None
            except (LookupError, ValueError) as error:
                raise CommandError(str(error)) from error
        if options["format"] == "json":
            found = as_json(result) | (groups_json(grouped) if grouped else {})
            self.stdout.write(json.dumps(found, indent=2, allow_nan=False))
        else:
            lines = [
                *as_lines(result, table),
                *(groups_lines(grouped) if grouped else ()),
            ]
            self.stdout.write("\n".join(lines))

    def _estimated(
        self, options: dict[str, Any], times: list[float]
    ) -> tuple[SurvivalResult, TimeToEvent, Grouped | None]:
        study, code = study_of(options["study"]), options["endpoint"]
        how = {"at_months": times, "conf_type": options["conf_type"]}
        version = study.protocol_version()
        if not (options["where"] or options["group_by"]) and options["landmark"] is None:
            endpoint = version.protocol.endpoint(code)
            table = time_to_event(study, endpoint, data_cut=day_of(options["data_cut"]))
            (result,) = results_of(study, version.number, [Observed.of_table(table)], **how)
            return result, table, None
        cohort = cohort_of(options)
        table = cohort.table_of(cohort.protocol.endpoint(code))
        (result,) = results_of(study, version.number, [Observed.of_table(table)], **how)
        if not options["group_by"]:
            return result, table, None
        try:
            groups = group_curves(study, cohort, code, options["group_by"], **how)
        except CovariateError as error:
            raise CommandError(f"--group-by: {error}") from error
        return result, table, groups


def as_json(result: SurvivalResult) -> dict[str, Any]:
    """The result as plain data; None where a figure is not reached or not known."""
    found: dict[str, Any] = {
        "study": result.study.key,
        "endpoint": result.endpoint.code,
        "unit": result.endpoint.unit.value,
        "n": result.n,
        "events": result.events,
        "data_cut": result.data_cut.isoformat() if result.data_cut else None,
        "conf_type": result.conf_type,
        "median": _limits(result.median),
        "at": _rates(result),
        "follow_up": {
            "median": result.follow_up.estimate,
            "lower": result.follow_up.lower,
            "upper": result.follow_up.upper,
        },
    }
    if result.numbers.landmark is not None:
        found["landmark"] = landmark_json(result.numbers)
    return found


def groups_json(grouped: Grouped) -> dict[str, Any]:
    """The keys that ``--group-by`` adds; None where there is nothing to compare."""
    return {
        "group_by": grouped.covariate.code,
        "not_known": grouped.not_known,
        "groups": [
            {
                "value": group.code,
                "label": group.label,
                "n": group.result.n,
                "events": group.result.events,
                "median": _limits(group.result.median),
                "at": _rates(group.result),
            }
            for group in grouped.groups
        ],
        "logrank": {
            name: {"chisq": figure(test.chisq), "df": test.df, "p": figure(test.p_value)}
            for name, test in grouped.tests.items()
        },
    }


def _limits(figures: Estimate) -> dict[str, float | None]:
    return {"estimate": figures.estimate, "lower": figures.lower, "upper": figures.upper}


def _rates(result: SurvivalResult) -> list[dict[str, Any]]:
    return [
        {
            "months": rate.months,
            **_limits(rate.survival),
            "n_risk": rate.n_risk,
            "n_event": rate.n_event,
        }
        for rate in result.rates
    ]


def groups_lines(grouped: Grouped) -> Iterator[str]:
    """The curves of the groups and the tests between them, for people."""
    yield ""
    yield f"By {grouped.covariate.label} ({grouped.covariate.code})"
    first = grouped.groups[0].result.rates if grouped.groups else ()
    yield text_table(
        ("Group", "N", "Events", "Median", *(f"{rate.months:g} months %" for rate in first)),
        [
            (
                group.label,
                str(group.result.n),
                str(group.result.events),
                months(group.result.median.estimate),
                *(percent(rate.survival.estimate) for rate in group.result.rates),
            )
            for group in grouped.groups
        ],
    )
    for name, test in grouped.tests.items():
        chisq, p = figure(test.chisq), figure(test.p_value)
        found = "nothing to compare" if p is None else f"chi square {chisq:.3f}, P {p:.4f}"
        yield f"{TEST_WORDS[name]}: {found}."
    if grouped.not_known:
        yield f"Not known, in no group: {grouped.not_known}."


def as_lines(result: SurvivalResult, table: TimeToEvent) -> Iterator[str]:
    """The result for people, and who of the study is not in the table behind it."""
    endpoint = result.endpoint
    yield f"{endpoint.label} ({endpoint.code}), study {result.study.key}: {result.study.title}"
    yield endpoint.definition
    if result.numbers.landmark is not None:
        yield origin_words(result.numbers)
    yield ""
    competing = ""
    if endpoint.competing:
        competing = f", competing events: {result.numbers.competing_events}"
    yield f"Unit: {endpoint.unit}. N: {result.n}, events: {result.events}{competing}."
    cut = result.data_cut.isoformat() if result.data_cut else "none, all facts on file"
    yield f"Data cut: {cut}. Protocol version: {result.protocol_version}."
    yield (
        f"Median: {_in_months(result.median)}. "
        f"Median follow-up (reverse Kaplan-Meier): {_in_months(result.follow_up)}."
    )
    yield ""
    yield text_table(
        ("Months", "Rate %", "95 % CI", "At risk", "Events"),
        [
            (
                f"{rate.months:g}",
                percent(rate.survival.estimate),
                f"{percent(rate.survival.lower)} to {percent(rate.survival.upper)}",
                str(rate.n_risk),
                str(rate.n_event),
            )
            for rate in result.rates
        ],
        left=0,
    )
    limits = f"{result.conf_type}{', clustered by patient' if result.is_clustered else ''}"
    yield f"Confidence limits: {limits}. Events: since the time before."
    if table.events_before_origin:
        yield f"Events before the time origin, not counted: {table.events_before_origin}."
    yield from _excluded(table)


def _excluded(table: TimeToEvent) -> Iterator[str]:
    by_reason: dict[Reason, list[str]] = defaultdict(list)
    for row in table.excluded:
        name = f"{row.pseudonym} lesion {row.lesion}" if row.lesion else row.pseudonym
        by_reason[row.reason].append(name)
    for reason, names in by_reason.items():
        more = f" and {len(names) - _NAMED_AT_MOST} more" if len(names) > _NAMED_AT_MOST else ""
        listed = ", ".join(names[:_NAMED_AT_MOST])
        yield f"Not in the curve, {reason.label}: {len(names)} ({listed}{more})."


def _in_months(figure: Estimate) -> str:
    if figure.estimate is None:
        return "not reached"
    return (
        f"{months(figure.estimate)} months "
        f"(95 % CI {months(figure.lower)} to {months(figure.upper)})"
    )


def _times(text: str) -> list[float]:
    times = []
    for part in text.split(","):
        try:
            time = float(part)
        except ValueError:
            raise CommandError(
                f"--at: {part.strip()!r} is not a number of months; write for example 12,24,36"
            ) from None
        times.append(int(time) if time.is_integer() else time)
    return times
