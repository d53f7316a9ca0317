"""Arguments that several commands take; an error names the argument and what would fit."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.management.base import CommandError

from analytics.cohort import Cohort, read_cohort
from analytics.covariates import Condition, CovariateError, subset
from analytics.extract import LandmarkTime, Numbers
from analytics.extract.landmark import months_of_landmark
from analytics.extract.words import BEFORE_LANDMARK
from registry.models import ProtocolVersion, Study


def add_study(parser: ArgumentParser) -> None:
    """``--study KEY`` and ``--data-cut DATE``."""
    parser.add_argument("--study", required=True, metavar="KEY", help="key of the study")
    parser.add_argument(
        "--data-cut", metavar="DATE", help="YYYY-MM-DD: later facts do not count (default: all)"
    )


def add_where(parser: ArgumentParser) -> None:
    """``--where CONDITION``, as often as wanted."""
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="only patients with this, such as grade:in:2,3 or size_cm:gt:5; may be given again",
    )


def add_landmark(parser: ArgumentParser) -> None:
    """``--landmark MONTHS``."""
    parser.add_argument(
        "--landmark",
        metavar="MONTHS",
        help="only those still under observation after so many months of 30.4375 days (up to the "
        "last whole day within them), time counted from there; groups and covariates may be states "
        "that begin later, as they were by then",
    )


def study_of(key: str) -> Study:
    """The study of a key.

    Raises:
        CommandError: there is none; names those that there are.
    """
    try:
        return Study.objects.get(key=key)
    except Study.DoesNotExist:
        there = ", ".join(Study.objects.values_list("key", flat=True)) or "none"
        raise CommandError(f"there is no study {key!r}; studies: {there}") from None


def day_of(text: str | None) -> dt.date | None:
    """The day of ``--data-cut``; None where it is not given.

    Raises:
        CommandError: it is no day.
    """
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--data-cut: {text!r} is not a day of the calendar; write YYYY-MM-DD"
        ) from None


def cohort_of(options: dict[str, Any]) -> Cohort:
    """The patients of ``--study`` at ``--data-cut`` that fulfil every ``--where``.

    Their endpoints count from ``--landmark``, where the command takes it and it is given.

    Raises:
        CommandError: naming the argument that does not fit.
        ScopeError: outside any scope.
    """
    study, data_cut = study_of(options["study"]), day_of(options["data_cut"])
    landmark = landmark_of(options)
    try:
        cohort = read_cohort(study, data_cut=data_cut)
    except ProtocolVersion.DoesNotExist:
        raise CommandError(f"study {study.key} has no protocol yet") from None
    except ValueError as error:
        raise CommandError(f"--data-cut: {error}") from error
    return replace(chosen(cohort, options.get("where", ())), landmark=landmark)


def chosen(cohort: Cohort, conditions: Sequence[str]) -> Cohort:
    """The patients that fulfil the conditions.

    Raises:
        CommandError: a condition that is none, or that does not fit the study.
    """
    try:
        return subset(cohort, [Condition.parse(text) for text in conditions])
    except CovariateError as error:
        raise CommandError(f"--where: {error}") from error


def landmark_of(options: dict[str, Any]) -> LandmarkTime | None:
    """The time of ``--landmark``; None where it is not given.

    Raises:
        CommandError: it is no number of months above 0, up to 1200.
    """
    text = options.get("landmark")
    if text is None:
        return None
    try:
        return LandmarkTime(months_of_landmark(str(text)))
    except ValueError as error:
        raise CommandError(f"--landmark: {error}") from error


def codes_of(text: str) -> list[str]:
    """The codes of a list with commas, each once, in order."""
    return list(dict.fromkeys(filter(None, (part.strip() for part in text.split(",")))))


def landmark_json(numbers: Numbers) -> dict[str, Any]:
    """What ``--landmark`` adds: its months and day, and how many were left out for which reason."""
    assert numbers.landmark is not None
    return {
        "months": numbers.landmark.months,
        "day": numbers.landmark.day,
        "left_out": {reason.value: numbers.excluded.get(reason, 0) for reason in BEFORE_LANDMARK},
    }


def figure(value: float | None) -> float | None:
    """A figure for JSON, which knows neither NaN nor infinity."""
    return value if value is not None and abs(value) < float("inf") else None
