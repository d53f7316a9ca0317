"""Webhooks of a centre: entered, tried, disabled and enabled by those who keep accounts."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from followup.models import CallKind, CallState, DisabledReason, Webhook, WebhookCall
from followup.models.webhook import LONGEST_NAME, LONGEST_URL
from followup.webhooks.addresses import BadAddress, destination
from followup.webhooks.signing import new_secret
from registry.errors import Finding, Refused
from registry.models import Centre, User
from registry.permissions import require_account_keeper
from registry.scope import system_scope

MOST_WEBHOOKS = 10
"""Active ones of one centre."""


def add(*, centre: Centre, name: str, url: str, by: User) -> tuple[Webhook, str]:
    """A webhook, active at once, and its secret: shown to its person now and never again.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: no name or one that a webhook of the centre bears, an address that may not be
            called, or too many webhooks.
    """
    require_account_keeper(by)
    name, url = name.strip(), url.strip()
    findings = _findings(centre, name, url)
    if findings:
        raise Refused(findings)
    secret = new_secret()
    try:
        with transaction.atomic():
            webhook = Webhook.objects.create(
                centre=centre,
                name=name,
                url=url,
                secret=secret,
                created_at=timezone.now(),
                created_by=by,
            )
    except IntegrityError:  # the same form, sent twice at once
        raise Refused([_name_is_taken()]) from None
    return webhook, secret


def send_test(webhook: Webhook, *, by: User) -> None:
    """Enter a test call: it goes out at the next run, even while the receiver is not reached.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
        Refused: the webhook is disabled, or a test call waits already.
    """
    require_account_keeper(by)
    with system_scope(), transaction.atomic():
        # The lock lets one of two clicks in; on SQLite the transaction itself is exclusive.
        held = Webhook.objects.select_for_update().get(pk=webhook.pk)
        if not held.is_active:
            raise Refused([_finding(_("This webhook is disabled: enable it first."), "")])
        waiting = WebhookCall.objects.filter(
            webhook=held, kind=CallKind.PING, state__in=(CallState.PENDING, CallState.SENDING)
        )
        if waiting.exists():
            raise Refused([_finding(_("A test call waits already."), "")])
        WebhookCall.objects.create(webhook=held, kind=CallKind.PING, created_at=timezone.now())


def disable(webhook: Webhook, *, by: User) -> None:
    """Send nothing to this webhook from now on.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
    """
    require_account_keeper(by)
    Webhook.objects.filter(pk=webhook.pk, is_active=True).update(
        is_active=False,
        disabled_at=timezone.now(),
        disabled_by=by,
        disabled_reason=DisabledReason.BY_PERSON,
    )


def enable(webhook: Webhook, *, by: User) -> None:
    """Send to this webhook again: what waits, what was given up, and what has changed meanwhile.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
    """
    require_account_keeper(by)
    with system_scope(), transaction.atomic():
        enabled = Webhook.objects.filter(pk=webhook.pk, is_active=False).update(
            is_active=True, disabled_at=None, disabled_by=None, disabled_reason=""
        )
        if enabled:
            _send_again(webhook)


def send_again(webhook: Webhook, *, by: User) -> int:
    """Try at once what waits for another attempt or was given up; returns how many calls.

    Raises:
        PermissionDenied: ``by`` does not keep accounts.
    """
    require_account_keeper(by)
    with system_scope(), transaction.atomic():
        return _send_again(webhook)


def _send_again(webhook: Webhook) -> int:
    """Calls that do not hold any more are held back when they are sent."""
    calls = WebhookCall.objects.filter(
        webhook=webhook, state__in=(CallState.FAILED, CallState.GIVEN_UP)
    )
    return int(calls.update(state=CallState.FAILED, retry_at=timezone.now(), attempts=1, error=""))


def _findings(centre: Centre, name: str, url: str) -> list[Finding]:
    findings = []
    if not name:
        findings.append(_finding(_("Give the webhook a name."), "name"))
    elif len(name) > LONGEST_NAME:
        findings.append(_finding(_("At most 80 characters."), "name"))
    elif Webhook.objects.filter(centre=centre, name=name).exists():
        findings.append(_name_is_taken())
    if len(url) > LONGEST_URL:
        findings.append(_finding(_("At most 500 characters."), "url"))
    else:
        try:
            destination(url)
        except BadAddress as error:
            findings.append(_finding(str(error), "url"))
    if Webhook.objects.filter(centre=centre, is_active=True).count() >= MOST_WEBHOOKS:
        message = _("At most {most} webhooks of a centre: disable one first.")
        findings.append(_finding(message.format(most=MOST_WEBHOOKS), ""))
    return findings


def _name_is_taken() -> Finding:
    return _finding(_("There is a webhook of this name."), "name")


def _finding(message: str, field: str) -> Finding:
    return Finding("webhook", "impossible", message, "webhook", field=field)
