"""Amending a study: its schedule changes from a day on, by a new version of its protocol."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused, Stale
from registry.models import ProtocolVersion, Study, User
from registry.models.choices import AmendmentReach
from registry.permissions import require_in_study
from registry.protocols.calendar import add_months
from registry.protocols.schedule import Schedule
from registry.protocols.types import ReminderPolicy
from registry.protocols.writer import counted_up, with_schedule
from registry.roles import Action
from registry.services.studies import add_protocol_version

MOST_MONTHS_AHEAD = 24
"""An amendment is decided at most so long before it holds; a later date is a slip of the pen."""

LONGEST_REASON = 500


@dataclass(frozen=True)
class Amendment:
    """Another schedule from a day on.

    Attributes:
        schedule: the whole schedule as it is to be.
        reminders: days and rounds of the reminders as they are to be.
        effective_on: the first day on which it holds.
        applies_to: patients enrolled from then on, or the visits of all from then on.
    """

    schedule: Schedule
    reminders: ReminderPolicy
    effective_on: dt.date
    applies_to: AmendmentReach


def newest_version(study: Study) -> ProtocolVersion:
    """The version that an amendment changes: the newest, be it effective yet or not.

    Raises:
        ProtocolVersion.DoesNotExist: the study has no protocol.
    """
    version: ProtocolVersion = study.protocol_versions.select_related("study").latest("number")
    return version


def drafted(before: ProtocolVersion, amendment: Amendment) -> ProtocolVersion:
    """The version that would follow ``before``, unsaved: nothing is written.

    Raises:
        ProtocolError: there is no such schedule; names key and reason.
        Refused: nothing changes, or the day is impossible.
    """
    findings = list(_refusals(before, amendment))
    if findings:
        raise Refused(findings)
    protocol = before.protocol
    source = with_schedule(
        before.source,
        amendment.schedule,
        version=counted_up(protocol.version),
        reminders=amendment.reminders,
        name=str(before.study.key),
    )
    return ProtocolVersion(
        study=before.study,
        number=before.number + 1,
        effective_on=amendment.effective_on,
        applies_to=amendment.applies_to,
        source=source,
    )


def amend_schedule(
    amendment: Amendment, *, study: Study, seen_number: int, reason: str, by: User | None
) -> ProtocolVersion:
    """Save the amendment as the next version of the study's protocol.

    Args:
        seen_number: the version that the person started from.

    Raises:
        PermissionDenied: the person amends no protocol of this study.
        ProtocolError: there is no such schedule; names key and reason.
        Refused: no reason, nothing changes, or the day is impossible.
        Stale: the study has another version by now; nothing was written.
    """
    if by is not None:
        require_in_study(by, Action.AMEND_PROTOCOL, study)
    reason = reason.strip()
    if not reason:
        raise Refused([_finding("reason", _("say why the schedule changes"))])
    with recorded(by=by, reason=reason[:LONGEST_REASON]):
        # Two people who save at once come here one after the other.
        before = newest_version(Study.objects.select_for_update().get(pk=study.pk))
        if before.number != seen_number:
            raise Stale
        draft = drafted(before, amendment)
        return add_protocol_version(
            study=study,
            source=draft.source,
            effective_on=amendment.effective_on,
            applies_to=amendment.applies_to,
            by=by,
        )


def _refusals(before: ProtocolVersion, amendment: Amendment) -> list[Finding]:
    """What of an amendment can be said without reading its schedule."""
    protocol, day = before.protocol, amendment.effective_on
    found = []
    if (protocol.schedule, protocol.reminders) == (amendment.schedule, amendment.reminders):
        message = _("This is the schedule as it stands: nothing changes.")
        found.append(_finding("", message))
    if day < before.effective_on:
        message = _("Not before version {number}, which is effective from {day}.")
        text = message.format(number=before.number, day=before.effective_on.isoformat())
        found.append(_finding("effective_on", text))
    last = add_months(timezone.localdate(), MOST_MONTHS_AHEAD)
    if day > last:
        message = _("At most {months} months ahead, that is {day}.")
        text = message.format(months=MOST_MONTHS_AHEAD, day=last.isoformat())
        found.append(_finding("effective_on", text))
    return found


def _finding(field: str, message: str) -> Finding:
    return Finding("amendment", "impossible", message, "protocolversion", field=field)
