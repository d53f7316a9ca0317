"""``manage.py demo_summary``: what is on file, what is due, and the curves, per study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import QuerySet
from django.utils import timezone

from analytics.curves import SurvivalResult, survival_results
from analytics.selectors import shown_first
from analytics.text_table import months, percent, text_table
from followup.selectors import VisitCounts, counts_for_summary
from registry.models import Course, Enrolment, Lesion, Study
from registry.scope import system_scope

_AT_MONTHS = (12.0, 24.0, 36.0, 60.0)


class Command(BaseCommand):
    """Prints a page of figures over all studies."""

    help = (
        "Print patients, lesions, courses, visits, reminders, and local control and overall "
        "survival at 1, 2, 3 and 5 years, for every study."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, estimate, print."""
        studies = list(Study.objects.all())
        if not studies:
            self.stdout.write("There is no study yet.")
            return
        with system_scope():
            follow_up = counts_for_summary(timezone.localdate())
            visits = {row.study_key: row.visits for row in follow_up.studies}
            counts = [_counts(study, visits.get(study.key, VisitCounts())) for study in studies]
            results = [result for study in studies for result in _results(study)]
        self.stdout.write(
            text_table(
                ("Study", "Patients", "Lesions", "Courses", "Visits planned", "due", "overdue"),
                [*counts, _sum(counts)],
            )
        )
        self.stdout.write("")
        self.stdout.write(
            f"Reminders sent: {follow_up.reminders_sent} in {follow_up.digests_sent} digests"
        )
        if follow_up.digests_unknown:
            self.stdout.write(
                f"Digests of which it is not known whether they went out: "
                f"{follow_up.digests_unknown}"
            )
        self.stdout.write("")
        head = ("Study", "Endpoint", "N", "Events", "1 y %", "2 y %", "3 y %", "5 y %", "Median mo")
        self.stdout.write(text_table(head, [_rates(result) for result in results], left=2))


def _counts(study: Study, visits: VisitCounts) -> Sequence[str]:
    enrolled = Enrolment.objects.live().filter(study=study, patient__voided_at__isnull=True)

    def of_them(rows: QuerySet[Any]) -> int:
        return rows.filter(patient__in=enrolled.values("patient")).count()

    figures = (
        enrolled.count(),
        of_them(Lesion.objects.live()),
        of_them(Course.objects.live()),
        visits.planned,
        visits.due,
        visits.overdue,
    )
    return (study.key, *map(str, figures))


def _sum(counts: Sequence[Sequence[str]]) -> Sequence[str]:
    """The last row; a patient of two studies counts in both."""
    columns = zip(*(row[1:] for row in counts), strict=True)
    return ("sum", *(str(sum(map(int, column))) for column in columns))


def _results(study: Study) -> list[SurvivalResult]:
    if not study.protocol_versions.exists():
        return []
    return survival_results(study, shown_first(study), at_months=_AT_MONTHS)


def _rates(result: SurvivalResult) -> Sequence[str]:
    endpoint = result.endpoint
    return (
        result.study.key,
        f"{endpoint.code} by {endpoint.unit}",
        str(result.n),
        str(result.events),
        *(percent(rate.survival.estimate) for rate in result.rates),
        months(result.median.estimate),
    )
