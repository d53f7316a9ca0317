"""Workers over reports, killed and at once: ``python -m tests.analytics.reports.killed_reports``.

For every step a worker is killed there by SIGKILL; when its leases are over, two workers run at
once. In the end three start at once and none is killed. Prints one JSON object per case. Works on
the database of the settings.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import partial
from typing import Any

import django

django.setup()

from django.core.mail import get_connection  # noqa: E402

from analytics.models import ReportSchedule, Rhythm  # noqa: E402
from analytics.reports import running  # noqa: E402
from analytics.services import report_issues  # noqa: E402
from analytics.services.report_schedules import Plan, enter_issue, make_schedule  # noqa: E402
from followup import letters, posting  # noqa: E402
from followup.models import Letter, Mail  # noqa: E402
from registry.models import Study, User  # noqa: E402
from registry.models.choices import Role  # noqa: E402
from registry.scope import system_scope  # noqa: E402
from tests.analytics.extract.cohort import follow, study_of  # noqa: E402
from tests.factories import MembershipFactory, UserFactory, coordinator  # noqa: E402
from tests.killing import at_once, kill_at, killed  # noqa: E402

NOW = dt.datetime(2024, 4, 20, 12, tzinfo=dt.UTC)
BACKEND = type(get_connection())
CASES: list[tuple[str, Any, str, bool, int]] = [
    ("after a claim", report_issues, "wanted_editions", True, 1),
    ("after the snapshot", report_issues, "freeze", False, 1),
    ("between two files", report_issues, "report_bytes", False, 2),
    ("after the first edition", report_issues, "_make_edition", False, 1),
    ("before the end", report_issues, "_finish", True, 1),
    ("within the end", letters, "enter", False, 1),
    ("after claiming a letter", posting, "take", False, 2),
    ("after sending", BACKEND, "send_messages", False, 2),
]


def run_at(now: dt.datetime) -> None:
    running.run(clock=lambda: now)


def killed_run(place: Any, attribute: str, before: bool, call: int) -> None:
    kill_at(place, attribute, before, call)
    run_at(NOW)


def scheduled(study: Study, title: str, readers: list[User]) -> ReportSchedule:
    """A schedule with one issue that is due."""
    plan = Plan(title=title, rhythm=Rhythm.MONTHLY, readers=readers, blocks=["methods"])
    schedule = make_schedule(study=study, plan=plan, by=None, now=NOW)
    enter_issue(schedule, occasion="2024-04", due_on=NOW.date(), now=NOW)
    return schedule


def report(schedule: ReportSchedule) -> None:
    """Write what became of it as a line at once."""
    issue = schedule.issues.get()
    told = Letter.objects.filter(kind="report", occasion=str(issue.pk))
    with system_scope():
        snapshots = schedule.study.snapshots.filter(note__endswith=f"(issue {issue.pk})").count()
    line = {
        "case": schedule.title,
        "is_made": issue.made_at is not None,
        "snapshots": snapshots,
        "editions": [
            [one.sight, bytes(one.pdf)[:5] == b"%PDF-", bytes(one.html)[-8:] == b"</html>\n"]
            for one in issue.editions.order_by("sight")
        ],
        "copies": sorted(issue.copies.values_list("reader", flat=True)),
        "states": list(told.values_list("state", flat=True)),
        "mails": Mail.objects.filter(
            message_id__in=list(told.values_list("message_id", flat=True))
        ).count(),
    }
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Seed, then run every case."""
    study = study_of("jinling")
    for number in range(6):
        follow(study, f"P-{number}", 400 + number, died=False)
    figures = UserFactory.create()
    MembershipFactory.create(user=figures, role=Role.READER, study=study)
    readers = [coordinator(study), figures]
    late = NOW + report_issues.LEASE + dt.timedelta(seconds=1)
    for name, *step in CASES:
        schedule = scheduled(study, name, readers)
        killed(partial(killed_run, *step), name)
        at_once(partial(run_at, late), 2)
        report(schedule)
    schedule = scheduled(study, "three at once", readers)
    at_once(partial(run_at, NOW), 3)
    report(schedule)


if __name__ == "__main__":
    main()
