"""``manage.py survival --study KEY --endpoint LC``: rates, median and follow-up of an endpoint."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.curves import Estimate, SurvivalResult, results_of
from analytics.estimators.inputs import CONFIDENCE_TYPES
from analytics.extract import Reason, TimeToEvent, time_to_event
from analytics.observed import Observed
from analytics.text_table import months, percent, text_table
from registry.models import ProtocolVersion, Study
from registry.scope import system_scope

_NAMED_AT_MOST = 10


class Command(BaseCommand):
    """Prints the curve of one endpoint as a table or as JSON."""

    help = (
        "Kaplan-Meier rates, median and median follow-up of an endpoint of a study, over all "
        "centres. Times are months of 30.4375 days. Definitions: docs/analysis-plan.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, endpoint, times, format, data cut."""
        parser.add_argument("--study", required=True, metavar="KEY", help="key of the study")
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
            "--data-cut", metavar="DATE", help="YYYY-MM-DD: later facts do not count (default: all)"
        )
        parser.add_argument(
            "--conf-type",
            choices=CONFIDENCE_TYPES,
            default="log-log",
            help="scale of the 95 %% confidence limits (default log-log)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Estimate and print."""
        study = _study(options["study"])
        times = _times(options["at"])
        data_cut = _day(options["data_cut"])
        with system_scope():
            try:
                version = study.protocol_version()
                endpoint = version.protocol.endpoint(options["endpoint"])
                table = time_to_event(study, endpoint, data_cut=data_cut)
                (result,) = results_of(
                    study,
                    version.number,
                    [Observed.of_table(table)],
                    at_months=times,
                    conf_type=options["conf_type"],
                )
            except ProtocolVersion.DoesNotExist:
                raise CommandError(f"study {study.key} has no protocol yet") from None
            except (LookupError, ValueError) as error:
                raise CommandError(str(error)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(as_json(result), indent=2, allow_nan=False))
        else:
            self.stdout.write("\n".join(as_lines(result, table)))


def as_json(result: SurvivalResult) -> dict[str, Any]:
    """The result as plain data; None where a figure is not reached or not known."""
    return {
        "study": result.study.key,
        "endpoint": result.endpoint.code,
        "unit": result.endpoint.unit.value,
        "n": result.n,
        "events": result.events,
        "data_cut": result.data_cut.isoformat() if result.data_cut else None,
        "conf_type": result.conf_type,
        "median": {
            "estimate": result.median.estimate,
            "lower": result.median.lower,
            "upper": result.median.upper,
        },
        "at": [
            {
                "months": rate.months,
                "estimate": rate.survival.estimate,
                "lower": rate.survival.lower,
                "upper": rate.survival.upper,
                "n_risk": rate.n_risk,
                "n_event": rate.n_event,
            }
            for rate in result.rates
        ],
        "follow_up": {
            "median": result.follow_up.estimate,
            "lower": result.follow_up.lower,
            "upper": result.follow_up.upper,
        },
    }


def as_lines(result: SurvivalResult, table: TimeToEvent) -> Iterator[str]:
    """The result for people, and who of the study is not in the table behind it."""
    endpoint = result.endpoint
    yield f"{endpoint.label} ({endpoint.code}), study {result.study.key}: {result.study.title}"
    yield endpoint.definition
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


def _study(key: str) -> Study:
    try:
        return Study.objects.get(key=key)
    except Study.DoesNotExist:
        there = ", ".join(Study.objects.values_list("key", flat=True)) or "none"
        raise CommandError(f"there is no study {key!r}; studies: {there}") from None


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


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--data-cut: {text!r} is not a day of the calendar; write YYYY-MM-DD"
        ) from None
