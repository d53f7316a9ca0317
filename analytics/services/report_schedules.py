"""A coordinator says who is reported to, what and when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from analytics.models import ReportIssue, ReportSchedule, Rhythm
from analytics.models.report import FEWEST_ENROLMENTS, MOST_DAYS_AHEAD, MOST_ENROLMENTS
from analytics.reports.blocks import BLOCKS
from analytics.reports.choices import MOST_GOALS
from analytics.reports.due import enrolled_in
from analytics.reports.goals import Goal
from analytics.reports.sight import Sight, sight_of
from registry.errors import Finding, Refused
from registry.models import Membership, Participation, ProtocolVersion, Study, User
from registry.permissions import require_in_study
from registry.roles import Action
from registry.scope import system_scope
from registry.time_zones import installation_day

LONGEST_TITLE = 120
MOST_MEETINGS = 40


@dataclass(frozen=True)
class Plan:
    """What a schedule says.

    Attributes:
        every: of ENROLMENTS, how many more patients; of MEETINGS, how many days before.
        meetings: days of meetings.
        blocks: keys; () for all.
        goals: what the study wants to reach.
        readers: people who may read figures of the study.
        sends_file: the mail carries the report, without anything that tells of single patients.
    """

    title: str
    rhythm: str
    readers: Sequence[User]
    every: int | None = None
    meetings: Sequence[dt.date] = ()
    blocks: Sequence[str] = ()
    goals: Sequence[Goal] = ()
    sends_file: bool = False


def make_schedule(
    *,
    study: Study,
    plan: Plan,
    by: User | None,
    now: dt.datetime,
    replaces: ReportSchedule | None = None,
) -> ReportSchedule:
    """Have a study reported on from now on.

    Args:
        by: None for the installation.
        replaces: a running schedule of the study that ends with it.

    Raises:
        PermissionDenied: the person does not steer the study.
        Refused: something of the plan cannot be, or the schedule to be replaced has ended.
    """
    _require(by, study)
    every = plan.every if plan.rhythm in (Rhythm.ENROLMENTS, Rhythm.MEETINGS) else None
    meetings = sorted(set(plan.meetings)) if plan.rhythm == Rhythm.MEETINGS else []
    findings = _findings(study, plan, every, meetings)
    if replaces is not None and replaces.study_id != study.pk:
        findings.append(_finding("schedule", _("This schedule is of another study.")))
    if findings:
        raise Refused(findings)
    with system_scope(), transaction.atomic():
        if replaces is not None:
            end_schedule(schedule=replaces, by=by, now=now)
        schedule = ReportSchedule.objects.create(
            study=study,
            title=" ".join(plan.title.split()),
            rhythm=plan.rhythm,
            every=every,
            enrolled_before=enrolled_in(study),
            meetings=[day.isoformat() for day in meetings],
            blocks=[key for key in BLOCKS if key in plan.blocks],
            goals=[goal.text for goal in plan.goals],
            sends_file=plan.sends_file,
            made_by=by,
            made_at=now,
            replaces=replaces,
        )
        schedule.readers.set(plan.readers)
    return schedule


def end_schedule(*, schedule: ReportSchedule, by: User | None, now: dt.datetime) -> None:
    """Report no more; what was made stays.

    Raises:
        PermissionDenied: the person does not steer the study.
        Refused: it has ended already.
    """
    _require(by, schedule.study)
    running = ReportSchedule.objects.filter(pk=schedule.pk, ended_at__isnull=True)
    if not running.update(ended_at=now, ended_by=by):
        raise Refused([_finding("schedule", _("This schedule has ended already."))])
    schedule.refresh_from_db()


def ask_for_test(*, schedule: ReportSchedule, by: User, now: dt.datetime) -> ReportIssue:
    """Have a report of the schedule made and sent to oneself alone, as the readers would get it.

    Raises:
        PermissionDenied: the person does not steer the study.
        Refused: the schedule has ended, or a test of theirs is not made yet.
    """
    _require(by, schedule.study)
    if schedule.ended_at is not None:
        raise Refused([_finding("schedule", _("This schedule has ended already."))])
    if ReportIssue.objects.filter(schedule=schedule, tests_for=by, made_at=None).exists():
        raise Refused([_finding("schedule", _("A test for you is being made already."))])
    return enter_issue(
        schedule,
        occasion=f"test-{now:%Y%m%d%H%M%S%f}-{by.pk}",
        due_on=installation_day(),
        now=now,
        tests_for=by,
    )


def enter_issue(
    schedule: ReportSchedule,
    *,
    occasion: str,
    due_on: dt.date,
    now: dt.datetime,
    tests_for: User | None = None,
) -> ReportIssue:
    """The issue of an occasion, which is entered unless it is there already."""
    with transaction.atomic():
        # Two at once would take the same number.
        ReportSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
        last = schedule.issues.filter(tests_for=None).order_by("-number").first()
        issue, _is_new = ReportIssue.objects.get_or_create(
            schedule=schedule,
            occasion=occasion,
            defaults={
                "number": last.number + 1 if last else 1,
                "due_on": due_on,
                "entered_at": now,
                "tests_for": tests_for,
            },
        )
    return issue


def possible_readers(study: Study) -> dict[User, Sight]:
    """Active people with a role of today on the study or at a centre that takes part in it, by
    name, with what they may read."""
    today = installation_day()
    centres = Participation.objects.filter(study=study).values("centre")
    held = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today), Q(study=study) | Q(centre__in=centres)
    )
    people = User.objects.filter(is_active=True, pk__in=held.values("user"))
    sights = {user: sight_of(user, study) for user in people.order_by("display_name", "username")}
    return {user: sight for user, sight in sights.items() if sight is not None}


def _require(by: User | None, study: Study) -> None:
    if by is not None:
        require_in_study(by, Action.STEER_STUDY, study)


def _findings(
    study: Study, plan: Plan, every: int | None, meetings: Sequence[dt.date]
) -> list[Finding]:
    found = [*_of_title(plan.title), *_of_rhythm(plan.rhythm, every, meetings)]
    if set(plan.blocks) - set(BLOCKS):
        found.append(_finding("blocks", _("There is no such part of a report.")))
    return [*found, *_of_goals(study, plan.goals), *_of_readers(study, plan.readers)]


def _of_title(title: str) -> list[Finding]:
    if not title.strip():
        return [_finding("title", _("A title is needed."))]
    if len(title.strip()) > LONGEST_TITLE:
        return [_finding("title", _("At most %(most)d characters.") % {"most": LONGEST_TITLE})]
    return []


def _of_rhythm(rhythm: str, every: int | None, meetings: Collection[dt.date]) -> list[Finding]:
    if rhythm not in Rhythm.values:
        return [_finding("rhythm", _("Choose when a report is due."))]
    if rhythm == Rhythm.ENROLMENTS and not FEWEST_ENROLMENTS <= (every or 0) <= MOST_ENROLMENTS:
        return [_finding("every", _("Say after how many more patients."))]
    if rhythm != Rhythm.MEETINGS:
        return []
    found = []
    if every is None or not 0 <= every <= MOST_DAYS_AHEAD:
        message = _("Say how many days before, from 0 to %(most)d.") % {"most": MOST_DAYS_AHEAD}
        found.append(_finding("every", message))
    if not 0 < len(meetings) <= MOST_MEETINGS:
        message = _("Name the days of the meetings, at most %(most)d.") % {"most": MOST_MEETINGS}
        found.append(_finding("meetings", message))
    return found


def _of_goals(study: Study, goals: Sequence[Goal]) -> list[Finding]:
    if len(goals) > MOST_GOALS:
        return [_finding("goals", _("At most %(most)d goals.") % {"most": MOST_GOALS})]
    try:
        protocol = study.protocol_version().protocol
        for goal in goals:
            goal.check(protocol)
    except ProtocolVersion.DoesNotExist:
        return [_finding("study", _("The study has no protocol yet."))]
    except ValueError as error:
        return [_finding("goals", str(error))]
    return []


def _of_readers(study: Study, readers: Sequence[User]) -> list[Finding]:
    if not readers:
        return [_finding("readers", _("Choose at least one reader."))]
    return [
        _finding("readers", _("%(person)s may read nothing of this study.") % {"person": reader})
        for reader in readers
        if not reader.is_active or sight_of(reader, study) is None
    ]


def _finding(field: str, message: str) -> Finding:
    return Finding("report_schedule", "impossible", message, "report_schedule", field=field)
