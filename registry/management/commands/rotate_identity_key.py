"""``manage.py rotate_identity_key``: encrypt everything under the first of IDENTITY_KEYS."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.services import key_rotation

REASON = "Key of the identities changed"


class Command(BaseCommand):
    """Renew, count what is left, and say whether older keys may go."""

    help = (
        "Encrypt identities, drafts, findings of imports, second factors and secrets of webhooks "
        "under the first key of IDENTITY_KEYS. May be stopped and begun again, and run while "
        "people work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Reason, a dry run, and the blind indexes."""
        parser.add_argument(
            "--reason", default=REASON, help="what the audit trail says (default: %(default)s)"
        )
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail while older keys are needed"
        )
        parser.add_argument(
            "--index",
            action="store_true",
            help="make the indexes of names and record numbers anew, after IDENTITY_INDEX_KEY was "
            "changed: stop web and workers for this",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Renew and report; counts only, never a value."""
        if not options["check"]:
            self._renew(options["reason"])
            if options["index"]:
                changed = sum(key_rotation.rebuild_indexes(reason=options["reason"]))
                self.stdout.write(f"indexes made anew: {changed}")
        self._report()

    def _renew(self, reason: str) -> None:
        for place in key_rotation.places():
            renewed = sum(count.renewed for count in key_rotation.renew(place, reason=reason))
            self.stdout.write(f"{place.table}: {renewed} rows encrypted under the first key")

    def _report(self) -> None:
        old = unreadable = 0
        for place in key_rotation.places():
            left = key_rotation.count_left(place)
            old += left.old
            unreadable += left.unreadable
            if left.old or left.unreadable:
                self.stdout.write(
                    f"{place.table}: {left.old} rows under older keys, "
                    f"{left.unreadable} of no key of IDENTITY_KEYS"
                )
        files = key_rotation.files_of_older_keys()
        if files:
            self.stdout.write(f"uploaded files under older keys: {files}; gone within 7 days")
        if unreadable:
            raise CommandError(
                f"{unreadable} rows cannot be read: put the key that made them back into "
                "IDENTITY_KEYS and run this again"
            )
        if old or files:
            raise CommandError("older keys are still needed: keep them, and run this again later")
        if len(settings.IDENTITY_KEYS) > 1:
            self.stdout.write(
                f"No row needs an older key ({timezone.now():%Y-%m-%d %H:%M} UTC). Keep older keys "
                "in the safe as long as backups, and past states of identities in the audit trail, "
                "shall be read."
            )
