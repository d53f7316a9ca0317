"""Centres, and what is planned for them in a study."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from registry.announce import announce
from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Centre, Participation, Study, User
from registry.permissions import require_account_keeper
from registry.scope import system_scope

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_COUNTRY = re.compile(r"[A-Z]{2}")  # ISO 3166-1 alpha-2


def add_centre(
    *, code: str, name: str, country: str = "", timezone: str = "UTC", by: User | None
) -> Centre:
    """A new centre. Its code is for ever: record numbers are found by it.

    Raises:
        PermissionDenied: ``by`` keeps no centres.
        Refused: the code is taken or no code, or there is no such country or time zone.
    """
    require_account_keeper(by)
    centre = Centre(code=code, name=name, country=country, timezone=timezone)
    findings = list(_findings(centre))
    if not _CODE.fullmatch(code) or len(code) > 20:
        findings.append(_finding("code", _("At most 20 letters, digits, - and _, without spaces.")))
    if Centre.objects.filter(code__iexact=code).exists():
        findings.append(_finding("code", _("There is a centre of this code.")))
    if findings:
        raise Refused(findings)
    with recorded(by=by):
        centre.save(force_insert=True)
    return centre


def change_centre(
    centre: Centre, *, name: str, country: str, timezone: str, by: User | None, reason: str
) -> Centre:
    """Another name, country or time zone.

    Raises:
        PermissionDenied: ``by`` keeps no centres.
        Refused: no reason, or there is no such country or time zone.
    """
    require_account_keeper(by)
    centre.name, centre.country, centre.timezone = name, country, timezone
    findings = [*_findings(centre), *_reason_findings(reason)]
    if findings:
        raise Refused(findings)
    with recorded(by=by, reason=reason.strip()):
        centre.save(update_fields=["name", "country", "timezone"])
    return centre


def change_participation(
    participation: Participation,
    *,
    activated_on: dt.date | None,
    target_accrual: int | None,
    planned_per_month: Decimal | None,
    by: User | None,
    reason: str,
) -> Participation:
    """Another first day, or another plan.

    Raises:
        PermissionDenied: ``by`` keeps no centres.
        Refused: no reason, or nobody is planned a month.
    """
    require_account_keeper(by)
    findings = [*_plan_findings(planned_per_month), *_reason_findings(reason)]
    if findings:
        raise Refused(findings)
    participation.activated_on = activated_on
    participation.target_accrual = target_accrual
    participation.planned_per_month = planned_per_month
    with recorded(by=by, reason=reason.strip()):
        participation.save(update_fields=["activated_on", "target_accrual", "planned_per_month"])
    return participation


def change_study(
    study: Study,
    *,
    title: str,
    target_accrual: int | None,
    note: str,
    follow_up_ends_on: dt.date | None,
    by: User | None,
    reason: str,
) -> Study:
    """Another title, plan, note or end of follow-up; protocols are added as versions.

    Another end of follow-up is announced for every patient of the study: the visits follow.

    Raises:
        PermissionDenied: ``by`` keeps no centres.
        Refused: no title or no reason.
    """
    require_account_keeper(by)
    findings = list(_reason_findings(reason))
    if not title.strip():
        findings.append(_finding("title", _("Enter a title."), "study"))
    if findings:
        raise Refused(findings)
    has_another_end = study.follow_up_ends_on != follow_up_ends_on
    study.title, study.target_accrual, study.note = title.strip(), target_accrual, note.strip()
    study.follow_up_ends_on = follow_up_ends_on
    with recorded(by=by, reason=reason.strip()):
        study.save(update_fields=["title", "target_accrual", "note", "follow_up_ends_on"])
        if has_another_end:
            with system_scope():
                announce(study.enrolments.live().values_list("patient_id", flat=True))
    return study


def _findings(centre: Centre) -> Iterator[Finding]:
    centre.name, centre.country = centre.name.strip(), centre.country.strip().upper()
    if not centre.name:
        yield _finding("name", _("Enter a name."))
    if centre.country and not _COUNTRY.fullmatch(centre.country):
        yield _finding("country", _("Two letters, such as JP or DE."))
    if centre.timezone not in available_timezones():
        yield _finding("timezone", _("A name such as Asia/Tokyo or Europe/Berlin, or UTC."))


def _plan_findings(planned_per_month: Decimal | None) -> Iterator[Finding]:
    if planned_per_month is not None and planned_per_month <= 0:
        yield _finding("planned_per_month", _("More than zero, or empty."), "participation")


def _reason_findings(reason: str) -> Iterator[Finding]:
    if not reason.strip():
        yield _finding("reason", _("Give a reason."))


def _finding(field: str, message: str, model: str = "centre") -> Finding:
    return Finding("centre", "impossible", message, model, field=field)
