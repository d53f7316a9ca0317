"""``manage.py toxicity --study KEY``: toxicity by term and grade, and its incidence over time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandParser

from analytics.artefacts.parts import Artefact, numbers_of
from analytics.artefacts.toxicity import toxicity
from analytics.artefacts.toxicity_events import GRADES, toxicity_events, worst_grades
from analytics.artefacts.toxicity_over_time import toxicity_over_time
from analytics.artefacts.toxicity_times import DEATH, TOXICITY, toxicity_times
from analytics.cohort import Cohort
from analytics.curves import AT_MONTHS, LEVEL
from analytics.estimators import cumulative_incidence
from analytics.figures import DAYS_PER_MONTH
from analytics.management.arguments import add_study, add_where, cohort_of, figure
from analytics.render.text import table_lines
from registry.scope import system_scope


class Command(BaseCommand):
    """Prints the toxicity of a study as tables or as JSON."""

    help = (
        "Patients at their worst grade of each CTCAE term, acute and late, and the cumulative "
        "incidence of the first toxicity of a grade with death as competing event, over all "
        "centres. Definitions: docs/analysis-plan.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Study, part of the patients, grade and phase of the incidence, format."""
        add_study(parser)
        add_where(parser)
        parser.add_argument(
            "--grade",
            type=int,
            choices=GRADES,
            default=2,
            help="lowest grade of the cumulative incidence (default 2)",
        )
        parser.add_argument(
            "--phase",
            choices=("acute", "late"),
            default="late",
            help="phase of the cumulative incidence (default late)",
        )
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        with system_scope():
            cohort = cohort_of(options)
        grade, phase = options["grade"], options["phase"]
        if options["format"] == "json":
            found = as_json(cohort, grade=grade, phase=phase)
            self.stdout.write(json.dumps(found, indent=2, allow_nan=False))
        else:
            self.stdout.write("\n".join(as_lines(cohort, grade=grade, phase=phase)))


def as_json(cohort: Cohort, *, grade: int, phase: str) -> dict[str, Any]:
    """Counts by term and phase, and the incidence; None where there is no border or nobody."""
    found = toxicity_events(cohort)
    events = found.counted
    return {
        "study": cohort.study_key,
        "data_cut": cohort.data_cut.isoformat() if cohort.data_cut else None,
        "where": list(cohort.subset),
        "treated": len(found.treated),
        "followed_beyond_acute": None if found.followed is None else len(found.followed),
        "terms": [
            {
                "term": term,
                "phase": of_phase or None,
                "events": len(of_term),
                "patients": of_term["USUBJID"].nunique(),
                "worst_grades": {
                    str(one): int((worst_grades(of_term)["grade"] == one).sum()) for one in GRADES
                },
            }
            for (term, of_phase), of_term in events.groupby(["term", "phase"], sort=True)
        ],
        "cumulative_incidence": _incidence(cohort, grade=grade, phase=phase),
    }


def as_lines(cohort: Cohort, *, grade: int, phase: str) -> Iterator[str]:
    """The tables for people."""
    yield f"Toxicity, study {cohort.study_key}: {cohort.study_title}"
    artefacts = [toxicity(cohort), toxicity_over_time(cohort, grade=grade, phase=phase)]
    for artefact in artefacts:
        yield ""
        yield from _lines(artefact)


def _lines(artefact: Artefact) -> Iterator[str]:
    if artefact.reason:
        yield f"{artefact.title}: {artefact.reason}"
    for place, part in enumerate(artefact.parts):
        if place:
            yield ""
        yield from table_lines(numbers_of(part))


def _incidence(cohort: Cohort, *, grade: int, phase: str) -> dict[str, Any] | None:
    found = toxicity_events(cohort)
    if cohort.protocol.toxicity.acute is None or not found.treated:
        return None
    times = toxicity_times(cohort, found, grade=grade, phase=phase)
    if not len(times.days):
        return None
    fit = cumulative_incidence(times.days, times.cause, causes=2, level=LEVEL)
    at = fit.at(np.array(AT_MONTHS) * DAYS_PER_MONTH, TOXICITY)
    return {
        "grade": grade,
        "phase": phase,
        "n": len(times.days),
        "events": int((times.cause == TOXICITY).sum()),
        "deaths_without": int((times.cause == DEATH).sum()),
        "at": [
            {
                "months": months,
                "estimate": figure(float(estimate)),
                "lower": figure(float(lower)),
                "upper": figure(float(upper)),
            }
            for months, estimate, lower, upper in zip(AT_MONTHS, *at, strict=True)
        ],
    }
