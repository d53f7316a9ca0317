"""``manage.py roles_page``: write docs/roles.md from the table of roles."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.roles_page import roles_page


class Command(BaseCommand):
    """Write the page, or say that it is stale."""

    help = "Write docs/roles.md from the table of roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--check`` writes nothing and fails when the page is stale."""
        parser.add_argument("--check", action="store_true", help="fail when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "roles.md"
        text = roles_page()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError("docs/roles.md is stale: run manage.py roles_page")
