"""A person who steers a study opens its dashboard, closes it, or replaces its public address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.dashboard.reading import digest_of, new_key, setting_in_force
from analytics.models import Audience, DashboardSetting
from registry.errors import Finding, Refused
from registry.models import Study, User
from registry.permissions import require_in_study
from registry.roles import Action


@dataclass(frozen=True)
class Choice:
    """To whom a dashboard is open, and what it shows: the fields of a setting."""

    audience: Audience
    shows_accrual: bool = False
    shows_lc: bool = False
    shows_os: bool = False
    names_centres: bool = False


def switch(
    *, study: Study, choice: Choice, seen: int, by: User | None
) -> tuple[DashboardSetting, str]:
    """Set the dashboard as chosen; at once for every reader.

    A dashboard that becomes public gets a new address; one that stays public keeps its own, and one
    that is public no longer has none: the old address leads nowhere for ever.

    Args:
        seen: number of the setting that the person saw, 0 for none.
        by: None for the installation.

    Returns:
        The setting in force (the old one where nothing was changed), and the key of a new address,
        which is kept nowhere; "" where there is no new one.

    Raises:
        PermissionDenied: the person does not steer the study.
        Refused: somebody else has set it meanwhile, nothing is shown, or an endpoint that the
            study's protocol does not have.
    """
    before = _before(study, seen, by)
    findings = list(_findings(study, choice))
    if findings:
        raise Refused(findings)
    if _choice_of(before) == choice:
        return before, ""
    if choice.audience != Audience.PUBLIC:
        return _added(before, choice, digest="", by=by), ""
    if before.digest:
        return _added(before, choice, digest=before.digest, by=by), ""
    key = new_key()
    return _added(before, choice, digest=digest_of(key), by=by), key


def replace_address(*, study: Study, seen: int, by: User | None) -> tuple[DashboardSetting, str]:
    """Give a public dashboard another address; the old one leads nowhere from now on.

    Arguments and what is returned as for :func:`switch`.

    Raises:
        PermissionDenied: the person does not steer the study.
        Refused: it is not public, or somebody else has set it meanwhile.
    """
    before = _before(study, seen, by)
    if not before.digest:
        raise Refused([_finding("audience", _("The dashboard has no public address."))])
    key = new_key()
    return _added(before, _choice_of(before), digest=digest_of(key), by=by), key


def _before(study: Study, seen: int, by: User | None) -> DashboardSetting:
    if by is not None:
        require_in_study(by, Action.STEER_STUDY, study)
    before = setting_in_force(study)
    if before.number != seen:
        raise Refused([_changed_meanwhile()])
    return before


def _choice_of(setting: DashboardSetting) -> Choice:
    values = {field.name: getattr(setting, field.name) for field in fields(Choice)}
    return Choice(**values | {"audience": Audience(setting.audience)})


def _added(
    before: DashboardSetting, choice: Choice, *, digest: str, by: User | None
) -> DashboardSetting:
    values = {field.name: getattr(choice, field.name) for field in fields(Choice)}
    try:
        with transaction.atomic():
            return DashboardSetting.objects.create(
                study=before.study,
                number=before.number + 1,
                digest=digest,
                made_at=timezone.now(),
                made_by=by,
                **values,
            )
    except IntegrityError:  # two people at once
        raise Refused([_changed_meanwhile()]) from None


def _findings(study: Study, choice: Choice) -> Iterator[Finding]:
    chosen = {"LC": choice.shows_lc, "OS": choice.shows_os}
    if choice.audience != Audience.OFF and not (choice.shows_accrual or any(chosen.values())):
        yield _finding("shows", _("Choose something that the dashboard shows."))
    there = {endpoint.code for endpoint in study.protocol_version().protocol.endpoints}
    for code, is_chosen in chosen.items():
        if is_chosen and code not in there:
            message = _("The protocol of this study has no endpoint %(code)s.") % {"code": code}
            yield _finding("shows", message)


def _changed_meanwhile() -> Finding:
    message = _("Somebody else has changed the dashboard meanwhile: this is how it stands now.")
    return _finding("", message)


def _finding(field: str, message: str) -> Finding:
    return Finding("dashboard", "impossible", message, "dashboardsetting", field=field)
