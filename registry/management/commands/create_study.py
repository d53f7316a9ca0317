"""``manage.py create_study``: a study under one of the shipped protocols."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.audit import recorded
from registry.errors import Refused
from registry.models import Centre
from registry.protocols import PRESETS, ProtocolError
from registry.services.studies import add_centre_to_study, create_study_from_preset


class Command(BaseCommand):
    """All of it, or nothing."""

    help = "Create a study from a shipped protocol, with the centres that take part."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Key of the protocol, title, centres, first day."""
        parser.add_argument("key", help=f"one of {', '.join(PRESETS)}")
        parser.add_argument("--title", default="", help="default: the title of the protocol")
        parser.add_argument(
            "--centre", action="append", default=[], metavar="CODE", help="may be repeated"
        )
        parser.add_argument(
            "--effective-on",
            type=dt.date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="first day of protocol version 1 (default: today)",
        )
        parser.add_argument("--target", type=int, help="planned number of patients")

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the study and add the centres."""
        try:
            with recorded(by=None, origin="create_study"):
                study = create_study_from_preset(
                    key=options["key"],
                    by=None,
                    effective_on=options["effective_on"] or timezone.localdate(),
                    title=options["title"],
                    target_accrual=options["target"],
                )
                for code in options["centre"]:
                    centre = Centre.objects.get(code=code)
                    add_centre_to_study(study=study, centre=centre, by=None)
        except (ProtocolError, Refused) as error:
            raise CommandError(f"Nothing was created: {error}") from None
        except Centre.DoesNotExist:
            raise CommandError(f"Nothing was created: there is no centre “{code}”") from None
        self.stdout.write(f"Created the study {study.key}, protocol version 1")
