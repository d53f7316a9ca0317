"""The settings of the tests on the database that BENCH_DATABASE_URL names; mail to the mailbox."""

from environ import Env

from config.settings.embedded import database
from config.settings.test import *  # noqa: F403

DATABASES = {"default": database(Env().str("BENCH_DATABASE_URL"))}
EMAIL_BACKEND = "followup.mailbox.MailboxBackend"
