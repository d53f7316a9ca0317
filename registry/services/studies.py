"""Studies, their protocol versions and the centres that take part."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from registry.audit import recorded
from registry.errors import Finding, Refused
from registry.models import Centre, Participation, ProtocolVersion, Study, User
from registry.models.choices import AmendmentReach
from registry.permissions import require_account_keeper
from registry.protocols import preset, preset_text
from registry.protocols.reader import read_protocol
from registry.protocols.vocabulary import Calendar


def create_study_from_preset(
    *,
    key: str,
    by: User | None,
    effective_on: dt.date,
    title: str = "",
    is_synthetic: bool = False,
    target_accrual: int | None = None,
    note: str = "",
) -> Study:
    """A study under one of the shipped protocols, as its version 1.

    Raises:
        ProtocolError: there is no such preset.
        Refused: a study of that key exists.
    """
    protocol = preset(key)
    if Study.objects.filter(key=key).exists():
        message = _("there is a study “{key}” already").format(key=key)
        raise Refused([Finding("study-key", "impossible", message, "study", field="key")])
    with recorded(by=by, reason=_("study set up")):
        study = Study.objects.create(
            key=key,
            title=title or protocol.title,
            is_synthetic=is_synthetic,
            dates_are_relative=protocol.calendar is Calendar.SHIFTED,
            target_accrual=target_accrual,
            note=note,
        )
        add_protocol_version(study=study, source=preset_text(key), effective_on=effective_on, by=by)
    return study


def add_protocol_version(
    *,
    study: Study,
    source: str,
    effective_on: dt.date,
    by: User | None,
    reason: str = "",
    applies_to: AmendmentReach = AmendmentReach.NEW_PATIENTS,
) -> ProtocolVersion:
    """The next version of a study's protocol.

    Raises:
        ProtocolError: the text is not a protocol; names key and reason.
        Refused: it would be effective before the version that it follows.
    """
    before = study.protocol_versions.order_by("-number").first()
    number = before.number + 1 if before is not None else 1
    read_protocol(source, name=f"{study.key} v{number}")
    if before is not None and effective_on < before.effective_on:
        message = _("not before version {number}, which is effective from {day}").format(
            number=before.number, day=before.effective_on.isoformat()
        )
        raise Refused(
            [Finding("version-order", "impossible", message, "study", field="effective_on")]
        )
    with recorded(by=by, reason=reason):
        return ProtocolVersion.objects.create(
            study=study,
            number=number,
            effective_on=effective_on,
            applies_to=applies_to,
            source=source,
        )


def add_centre_to_study(
    *,
    study: Study,
    centre: Centre,
    by: User | None,
    activated_on: dt.date | None = None,
    target_accrual: int | None = None,
    planned_per_month: Decimal | None = None,
) -> Participation:
    """A centre takes part in a study; safe to repeat.

    Raises:
        PermissionDenied: ``by`` keeps no centres.
        Refused: nobody is planned a month.
    """
    require_account_keeper(by)
    if planned_per_month is not None and planned_per_month <= 0:
        message = _("More than zero, or empty.")
        finding = Finding("plan", "impossible", message, "participation", field="planned_per_month")
        raise Refused([finding])
    with recorded(by=by):
        participation, _created = Participation.objects.get_or_create(
            study=study,
            centre=centre,
            defaults={
                "activated_on": activated_on,
                "target_accrual": target_accrual,
                "planned_per_month": planned_per_month,
            },
        )
    return participation
