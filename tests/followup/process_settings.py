"""Settings of the processes that these tests start: the embedded default, its mail as told."""

import os

from config.settings.dev import *  # noqa: F403

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "followup.mailbox.MailboxBackend")
# A lease is ten times this: short, so that a test need not wait for it.
EMAIL_TIMEOUT = 0.2
