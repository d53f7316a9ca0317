"""``manage.py invite_administrator``: the first administrator, or one more."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.audit import recorded
from registry.errors import Refused
from registry.models import Invitation, User
from registry.models.choices import Role
from registry.services import invitations, people
from registry.services.memberships import RoleAt


class Command(BaseCommand):
    """Makes the account, prints the link and mails it. Nobody types a password for somebody."""

    help = "Invite an administrator: prints and mails the link to choose a password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """User name, mail address, name."""
        parser.add_argument("--username", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", default="", help="name of the person (default: user name)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite; once more where the same person has not chosen a password yet."""
        try:
            with recorded(by=None, origin="invite_administrator"):
                invitation = self._invite(options["username"], options["email"], options["name"])
        except Refused as error:
            messages = " ".join(finding.message for finding in error.findings)
            raise CommandError(f"Nobody was invited: {messages}") from None
        until = invitations.good_until(invitation)
        invitation.refresh_from_db()
        self.stdout.write(f"Good once, until {until:%Y-%m-%d %H:%M} UTC:")
        self.stdout.write(invitations.link(invitation))
        if invitation.sent_at is None:
            self.stderr.write("The mail server did not take the mail: pass the link on yourself.")

    def _invite(self, username: str, email: str, name: str) -> Invitation:
        spelled = User.normalize_username(username)
        waiting = User.objects.filter(
            username=spelled, email__iexact=email, memberships__role=Role.ADMINISTRATOR
        ).first()
        if waiting is not None and not waiting.has_usable_password():
            return invitations.invite_again(waiting, by=None)
        return people.invite(
            username=username,
            display_name=name or username,
            email=email,
            roles=[RoleAt(Role.ADMINISTRATOR)],
            by=None,
        )
