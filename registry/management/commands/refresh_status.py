"""``manage.py refresh_status``: work out anew how complete every case is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from registry.services.status import refresh_all


class Command(BaseCommand):
    """Write the status of every case from what is stored."""

    help = "Work out anew how complete every case is (after an upgrade that changes the checks)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say how many."""
        self.stdout.write(f"{refresh_all()} cases")
