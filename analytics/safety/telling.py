"""Tells the coordinators of a study what its safety rules have raised: once each, by letters.

What one look of one rule has raised is told in one mail, so that an import of a hundred cases is
not a hundred mails.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from analytics.models import SafetyAlert, SafetyRule
from analytics.safety.reading import AlertLine, alert_lines
from analytics.safety.words import method_words, rule_words
from followup import letters
from followup.days import Clock
from followup.models import Letter, LetterKind
from followup.people import People
from registry.models import Study
from registry.permissions import may_in_study
from registry.roles import Action
from registry.scope import scoped_to, system_scope

MOST_LINES = 50
"""Of one mail; the others are on the page."""


@dataclass(frozen=True)
class Line:
    """An alert in a mail; ``pseudonym`` is "" for a rate, and for a case not read any more."""

    pseudonym: str
    words: str
    url: str


def tell(*, clock: Clock) -> None:
    """Write to the coordinators about all alerts that nobody has acknowledged, each person once."""
    with system_scope():
        _enter_letters(clock())
    letters.send(LetterKind.SAFETY, compose, clock=clock)


def _enter_letters(now: dt.datetime) -> None:
    waiting = SafetyAlert.objects.filter(acknowledged_at=None).order_by()
    looks = list(waiting.values_list("rule__study", "rule", "look").distinct())
    if not looks:
        return
    people = People.at(now)
    keys = {occasion_of(rule_id, look): study_id for study_id, rule_id, look in looks}
    there = Letter.objects.filter(kind=LetterKind.SAFETY, occasion__in=keys)
    told = set(there.values_list("occasion", "user_id"))
    studies = Study.objects.in_bulk(set(keys.values()))
    for key, study_id in keys.items():
        to_tell = [pk for pk in people.of_escalations(study_id).now if (key, pk) not in told]
        if to_tell:
            letters.enter(LetterKind.SAFETY, key, to_tell, study=studies[study_id], now=now)


def occasion_of(rule_id: int, look: int) -> str:
    """The occasion of a letter: one look of one rule."""
    return f"{rule_id}-{look}"


def compose(letter: Letter) -> EmailMessage | None:
    """The mail about what is not acknowledged yet; None where nothing is, or the person does not
    keep the safety watch of the study any more.
    """
    user, study = letter.user, letter.study
    if not may_in_study(user, Action.WATCH_SAFETY, study):
        return None
    rule_id, look = letter.occasion.split("-")
    with scoped_to(user), translation.override(settings.LANGUAGE_CODE):
        rule = SafetyRule.objects.get(pk=rule_id)
        alerts = SafetyAlert.objects.filter(rule=rule, look=look, acknowledged_at=None)
        lines = alert_lines(alerts.order_by("pk").select_related("rule"), with_dates=False)
        return _message(letter, rule, lines) if lines else None


def _message(letter: Letter, rule: SafetyRule, lines: list[AlertLine]) -> EmailMessage:
    study, user = letter.study, letter.user
    context: dict[str, Any] = {
        "person": str(user),
        "study": study,
        "rule": rule_words(rule),
        "method": method_words(rule),
        "lines": [_line(study, line) for line in lines[:MOST_LINES]],
        "more": max(0, len(lines) - MOST_LINES),
        "url": _absolute(reverse("analytics:safety", args=[study.key])),
    }
    message = EmailMultiAlternatives(
        subject=_subject(study, rule, len(lines)),
        body=render_to_string("analytics/mail/safety.txt", context),
        to=[user.email],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    html = render_to_string("analytics/mail/safety.html", context)
    message.attach_alternative(html, "text/html")
    return message


def _subject(study: Study, rule: SafetyRule, n: int) -> str:
    return ngettext(
        "Safety alert, %(study)s: %(kind)s", "%(n)d safety alerts, %(study)s: %(kind)s", n
    ) % {"n": n, "study": study.key, "kind": rule.get_kind_display()}


def _line(study: Study, line: AlertLine) -> Line:
    return Line(
        pseudonym=line.patient.pseudonym if line.patient else "",
        words=line.words,
        url=_absolute(reverse("analytics:safety_alert", args=[study.key, line.alert.pk])),
    )


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)
