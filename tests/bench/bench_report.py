"""A scheduled report of a study of 20,000 patients: snapshot, and the copies of three readers.

The patients are those of :mod:`tests.bench.bench_curves`. A coordinator reads every case, a reader
of figures sees no small group, a data manager one of five centres beside the others.
"""

from __future__ import annotations

import datetime as dt
import resource
import sys
import time
from typing import TYPE_CHECKING

from tests.bench.bench_curves import PATIENTS, fill
from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

if TYPE_CHECKING:
    from registry.models import Study


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    study = fill()
    print(f"{PATIENTS:,} patients", flush=True)
    print_table(("what", "s", "what of it"), _rows(study))


def _rows(study: Study) -> list[tuple[str, str, str]]:
    from django.utils import timezone

    from analytics.models import ReportIssue, Rhythm
    from analytics.services.report_issues import make_issue
    from analytics.services.report_schedules import Plan, enter_issue, make_schedule
    from registry.models import Centre
    from registry.models.choices import Role
    from tests.factories import MembershipFactory, UserFactory, coordinator, data_manager

    figures = UserFactory.create()
    MembershipFactory.create(user=figures, study=study, role=Role.READER)
    readers = [coordinator(study), figures, data_manager(Centre.objects.get(code="B1"))]
    now = timezone.now()
    plan = Plan(title="Report", rhythm=Rhythm.MONTHLY, readers=readers)
    schedule = make_schedule(study=study, plan=plan, by=None, now=now)
    issue = enter_issue(schedule, occasion="2024-01", due_on=now.date(), now=now)
    began = time.perf_counter()
    made = make_issue(issue.pk, clock=timezone.now)
    rows = [("all", f"{time.perf_counter() - began:.1f}", f"made: {made}")]
    issue = ReportIssue.objects.select_related("snapshot").get(pk=issue.pk)
    last = now
    for edition in issue.editions.order_by("made_at"):
        words = f"PDF of {len(edition.pdf) / 1e6:.1f} MB, failed: {edition.failed_blocks or 'none'}"
        rows.append((f"begun, {edition.sight}", f"{_seconds(last, edition.made_at):.1f}", words))
        last = edition.made_at
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*rows, ("peak memory", "", f"{peak:.0f} MB")]


def _seconds(start: dt.datetime, end: dt.datetime) -> float:
    return (end - start).total_seconds()


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_report"))
