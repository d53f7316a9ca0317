"""Workers that look at one study at the same moment raise and tell once."""

from __future__ import annotations

import pytest
from django.utils import timezone

from analytics.models import RuleKind, StudyState
from analytics.safety import telling, watching
from followup.models import Letter, Mail
from tests.analytics.extract.cohort import study_of
from tests.analytics.kept.test_together import WORKERS, together
from tests.analytics.safety.watched import alerts, followed, had, set_rule
from tests.factories import coordinator

# SQLite in memory has one connection: only a server runs two writers side by side.
pytestmark = [pytest.mark.services(only=True), pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def mailbox(settings) -> None:
    """Mails go to the mailbox, as in the embedded default."""
    settings.EMAIL_BACKEND = "followup.mailbox.MailboxBackend"


def test_of_workers_at_once_one_raises_each_alert_and_each_coordinator_gets_one_mail() -> None:
    study = study_of("cnao")
    people = [coordinator(study) for _ in range(2)]
    for kind in (RuleKind.SEVERE_TOXICITY, RuleKind.LATE_TOXICITY_RATE):
        set_rule(study, kind)
    for one in followed(study, 10):
        had(one, 4)
    StudyState.objects.create(study=study, change_number=1)

    def worker() -> None:
        watching.watch(study.pk, clock=timezone.now)
        telling.tell(clock=timezone.now)

    assert together(*[worker] * WORKERS) == []
    found = alerts(study)
    assert len([alert for alert in found if alert.crossing is None]) == 10
    assert [alert.crossing for alert in found if alert.crossing is not None] == [1]
    # Two rules looked, each once: two letters to each of two people.
    assert Letter.objects.count() == 4
    assert {letter.state for letter in Letter.objects.all()} == {"sent"}
    told = [recipient for mail in Mail.objects.all() for recipient in mail.recipients]
    assert sorted(told) == sorted(person.email for person in people for _rule in range(2))
