"""The mailbox for tests in this process."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def mailbox(settings: Any) -> None:
    """Mails go to the mailbox, as in the embedded default."""
    settings.EMAIL_BACKEND = "followup.mailbox.MailboxBackend"
