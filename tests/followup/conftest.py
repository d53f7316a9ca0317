"""The mailbox takes the mails of these tests, as in the embedded default."""

import pytest


@pytest.fixture
def mailbox(settings):
    settings.EMAIL_BACKEND = "followup.mailbox.MailboxBackend"
