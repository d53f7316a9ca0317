"""``manage.py database_roles``: make the two login roles of PostgreSQL, or renew their grants."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from registry.database_roles import APPLICATION, REPORTING, RoleRefused, make_roles

PASSWORDS = {
    "application": "APPLICATION_ROLE_PASSWORD",
    "reporting": "REPORTING_ROLE_PASSWORD",
}
"""Option that names the role → variable of the environment with its password."""


class Command(BaseCommand):
    """Make the roles as the owner of the tables; repeat after every upgrade."""

    help = (
        "On PostgreSQL, as the owner of the tables: make the roles of the application and of "
        "reporting, or renew their grants. Passwords are taken from "
        + " and ".join(PASSWORDS.values())
        + "; a role whose variable is not set keeps its password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Names of the roles."""
        parser.add_argument("--application", default=APPLICATION, metavar="ROLE")
        parser.add_argument("--reporting", default=REPORTING, metavar="ROLE")

    def handle(self, *args: Any, **options: Any) -> None:
        """All or nothing."""
        if connection.vendor != "postgresql":
            raise CommandError("Only PostgreSQL has roles: DATABASE_URL names another database.")
        names = {option: options[option] for option in PASSWORDS}
        passwords = {
            names[option]: os.environ[variable]
            for option, variable in PASSWORDS.items()
            if os.environ.get(variable)
        }
        try:
            with transaction.atomic():
                make_roles(connection, **names, passwords=passwords)
        except RoleRefused as error:
            raise CommandError(str(error)) from None
        for option, name in names.items():
            kept = "password set" if name in passwords else "password as it was"
            self.stdout.write(f"{option}: {name}, grants renewed, {kept}")
