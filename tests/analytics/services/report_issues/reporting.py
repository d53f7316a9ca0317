"""A study that is reported on, rounds of the worker, and what they have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from analytics.models import (
    ReportCopy,
    ReportEdition,
    ReportIssue,
    ReportSchedule,
    Rhythm,
    Snapshot,
)
from analytics.reports import running
from analytics.reports.sight import Sight
from analytics.services.report_schedules import Plan, make_schedule
from followup.models import Letter
from registry.models import Study, User
from registry.models.choices import Role
from registry.scope import system_scope
from tests.analytics.extract.cohort import follow, study_of
from tests.factories import (
    CentreFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
    data_manager,
)

MADE = dt.datetime(2026, 2, 10, 9, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def reported_study() -> Study:
    """Six patients at centre A and one at centre B; one of them died."""
    study = study_of("jinling")
    for code in ("A", "B"):
        ParticipationFactory.create(study=study, centre=CentreFactory.create(code=code))
    for number in range(6):
        follow(study, f"P-{number}", 800, died=number == 0)
    follow(study, "Q-1", 800, died=False, centre="B")
    return study


def member(study: Study, role: Role, **values: str) -> User:
    """Somebody with a role on the study."""
    user = UserFactory.create(**values)
    MembershipFactory.create(user=user, role=role, study=study)
    return user


def manager(code: str) -> User:
    """The data manager of a centre."""
    return data_manager(CentreFactory.create(code=code), username=f"manager {code.lower()}")


def schedule(
    study: Study, *readers: User, rhythm: Rhythm = Rhythm.MONTHLY, now: dt.datetime = MADE, **more
) -> ReportSchedule:
    """A monthly report of one part, made a month before."""
    replaces = more.pop("replaces", None)
    plan = Plan(title="Report", rhythm=rhythm, readers=readers, **{"blocks": ["methods"]} | more)
    return make_schedule(study=study, plan=plan, by=None, now=now, replaces=replaces)


def clock(now: dt.datetime = NOW) -> Callable[[], dt.datetime]:
    """One that stands still."""
    return lambda: now


def run(now: dt.datetime = NOW) -> int:
    """A round of the worker; how many reports were finished."""
    return running.run(clock=clock(now))


def occasions() -> list[str]:
    """Of all issues, in the order in which they were entered."""
    return list(ReportIssue.objects.order_by("pk").values_list("occasion", flat=True))


def snapshots() -> int:
    """How many there are."""
    with system_scope():
        return Snapshot.objects.count()


def copies() -> dict[str, tuple[str, str | None]]:
    """Reader → sight of the edition and of what the mail carries."""
    rows = ReportCopy.objects.select_related("reader", "edition", "carried")
    return {
        one.reader.username: (one.edition.sight, one.carried.sight if one.carried else None)
        for one in rows
    }


def letters_about() -> dict[str, int]:
    """How many letters there are about what: the key of the issue, with a word or without."""
    found: dict[str, int] = {}
    for occasion in Letter.objects.values_list("occasion", flat=True):
        found[occasion] = found.get(occasion, 0) + 1
    return found


def html(sight: Sight, issue: ReportIssue | None = None) -> str:
    """The edition of a sight as HTML."""
    editions = ReportEdition.objects.filter(sight=sight.key)
    edition = editions.get() if issue is None else editions.get(issue=issue)
    return bytes(edition.html).decode()
