"""The sweep: enter what people must be told, send one digest to each, leave nothing behind."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import asdict, dataclass

from django.core.mail import get_connection

from followup import ledger
from followup.delivery import Clock, deliver
from followup.models import DigestState, Recomputation
from followup.services import recompute_all
from registry.scope import system_scope


@dataclass(frozen=True)
class Summary:
    """What one sweep did; ``unknown`` counts all digests that wait for a person's decision."""

    reminders_created: int
    digests_sent: int
    digests_failed: int
    digests_held: int
    digests_unknown: int

    def as_dict(self) -> dict[str, int]:
        """For the result of a task."""
        return asdict(self)


def sweep(*, today: dt.date, clock: Clock) -> Summary:
    """Tell everybody once what is due on ``today``. Safe to repeat, to interrupt, to run twice.

    The first sweep of a day recomputes all schedules before. ``clock`` gives the time of each
    step, since leases count from it.
    """
    with system_scope():
        if not Recomputation.objects.filter(day=today).exists():
            recompute_all(today=today)
        ledger.settle_stale(get_connection(), now=clock())
        ledger.carry_over(today=today)
        created = ledger.enter_needs(today=today, now=clock())
        outcomes = Counter(
            deliver(user_id, today=today, clock=clock)
            for user_id in ledger.people_to_tell(today=today, now=clock())
        )
        return Summary(
            reminders_created=created,
            digests_sent=outcomes[DigestState.SENT],
            digests_failed=outcomes[DigestState.FAILED],
            digests_held=outcomes[DigestState.HELD],
            digests_unknown=ledger.unknown_count(),
        )
