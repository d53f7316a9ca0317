"""The mails about reports: a link that needs a login, and the report itself where that was chosen.

They name the study and nothing of a patient.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.models import ReportIssue
from analytics.reports.blocks import BLOCKS
from analytics.reports.reading import WITHOUT_FILES, may_open
from analytics.services.report_issues import LATE
from followup.models import Letter, ReminderWish
from followup.unsubscribe import unsubscribe_address, wishes_address
from registry.models import User
from registry.permissions import may_in_study
from registry.roles import Action


def compose(letter: Letter) -> EmailMessage | None:
    """The mail of a letter about a report; None where it is not for its reader any more."""
    key, _space, about = letter.occasion.partition(" ")
    issue = ReportIssue.objects.select_related("schedule__study").get(pk=int(key))
    if about == LATE and issue.made_at is not None:
        return None
    if about:
        return _about_failures(letter, issue)
    copies = issue.copies.select_related("edition").defer(*WITHOUT_FILES)
    copy = copies.get(reader=letter.user_id)
    if not may_open(letter.user, copy) or _is_unsubscribed(letter.user):
        return None
    with translation.override(copy.edition.language):
        title = _("Outcome report: %(study)s") % {"study": issue.schedule.study.title}
        if issue.is_test:
            title = _("Test: %(title)s") % {"title": title}
        mail = _mail(
            letter,
            title,
            "report",
            {
                "issue": issue,
                "url": urljoin(settings.SITE_URL, reverse("analytics:report_copy", args=[copy.pk])),
                "carries": copy.carried is not None,
                "unsubscribe_url": unsubscribe_address(letter.user),
                "wishes_url": wishes_address(),
            },
        )
    if copy.carried is not None:
        name = f"{issue.schedule.study.key}-report-{issue.number}.pdf"
        mail.attach(name, bytes(copy.carried.pdf), "application/pdf")
    return mail


def _about_failures(letter: Letter, issue: ReportIssue) -> EmailMessage | None:
    may_know = may_in_study(letter.user, Action.STEER_STUDY, issue.schedule.study)
    if not may_know or _is_unsubscribed(letter.user):
        return None
    failed = {
        key for edition in issue.editions.only("failed_blocks") for key in edition.failed_blocks
    }
    with translation.override(settings.LANGUAGE_CODE):
        title = _("A part of the report on %(study)s failed")
        if not failed:
            title = _("The report on %(study)s is late")
        title %= {"study": issue.schedule.study.key}
        context = {
            "issue": issue,
            "failed": [kind.title for key, kind in BLOCKS.items() if key in failed],
        }
        return _mail(letter, title, "report_failed", context)


def _mail(
    letter: Letter, title: str, template: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    context |= {"title": title, "person": str(letter.user), "study": letter.study}
    headers = {"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"}
    off = context.get("unsubscribe_url")
    if off:
        headers |= {
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    mail = EmailMultiAlternatives(
        subject=" ".join(title.split()),  # a line break would end the header
        body=render_to_string(f"analytics/mail/{template}.txt", context),
        to=[letter.user.email],
        headers=headers,
    )
    html = render_to_string(f"analytics/mail/{template}.html", context)
    mail.attach_alternative(html, "text/html")
    return mail


def _is_unsubscribed(user: User) -> bool:
    return ReminderWish.objects.filter(user=user, unsubscribed_at__isnull=False).exists()
