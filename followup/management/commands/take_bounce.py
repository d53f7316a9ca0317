"""``manage.py take_bounce``: read one returned mail from standard input and mark its address."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone

from followup.returned import MOST_BYTES, NotABounce, read_bounce, take_bounce

NOT_OURS = 65  # EX_DATAERR of sysexits.h: a mail server that pipes to us drops the mail
TRY_LATER = 75  # EX_TEMPFAIL: the mail server keeps the mail and comes again


class Command(BaseCommand):
    """Called by a mail server for each mail that arrives at the return path."""

    help = "Read one returned mail (RFC 3464) from standard input and mark its address as refused."

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark; exit code 65 for a mail that is none of ours, 75 while the database is away."""
        try:
            bounce = read_bounce(sys.stdin.buffer.read(MOST_BYTES + 1))
            is_new = take_bounce(bounce, now=timezone.now())
        except NotABounce as problem:
            raise CommandError(str(problem), returncode=NOT_OURS) from None
        except OperationalError:
            raise CommandError("The database does not answer.", returncode=TRY_LATER) from None
        self.stdout.write("Address marked as refusing mail." if is_new else "Known already.")
