"""The sweep: enter what people must be told, send one digest to each, leave nothing behind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.mail import get_connection

from followup import ledger, posting
from followup.days import Clock, day_at
from followup.digests import deliver_digest
from followup.freshness import Freshness
from followup.models import Digest, MailState, Recomputation
from followup.notices import enter_notices
from followup.people import Person
from followup.relay_log import delivery_log
from followup.returned import take_back_returned
from followup.services import recompute_all
from followup.turns import people_to_tell
from registry.scope import system_scope

AT_ONCE = 20  # people


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


def sweep(*, clock: Clock) -> Summary:
    """Tell everybody once what is due by now. Safe to repeat, to interrupt, to run twice.

    Centres and people have the day of their time zone. The first sweep of a day of the installation
    recomputes all schedules before. ``clock`` gives the time of each step, since leases count from
    it.
    """
    with system_scope():
        now = clock()
        today = day_at(now, settings.TIME_ZONE)
        is_first = not Recomputation.objects.filter(day=today).exists()
        if is_first:
            recompute_all(today=today)
        log = delivery_log(get_connection())
        posting.settle_stale(Digest.objects.all(), log, now=clock())
        take_back_returned(log, now=clock())
        fresh = Freshness(today=today, clock=clock, all_at=now if is_first else None)
        people = fresh.people()
        ledger.carry_over(people)
        posting.free_readdressed(Digest.objects.all(), now=clock())
        created = ledger.enter_needs(people, now=clock())
        enter_notices(people)
        outcomes = Counter(_deliver_all(people_to_tell(people), fresh, clock))
        return Summary(
            reminders_created=created,
            digests_sent=outcomes[MailState.SENT],
            digests_failed=outcomes[MailState.FAILED],
            digests_held=outcomes[MailState.HELD],
            digests_unknown=ledger.unknown_count(),
        )


def _deliver_all(
    persons: Sequence[Person], fresh: Freshness, clock: Clock
) -> Iterator[MailState | None]:
    """Deliver to some people at a time, whose patients are computed anew together."""
    for start in range(0, len(persons), AT_ONCE):
        batch = persons[start : start + AT_ONCE]
        fresh.see_to(ledger.patients_waiting([person.pk for person in batch]))
        for person in batch:
            yield deliver_digest(person, fresh=fresh, clock=clock)
