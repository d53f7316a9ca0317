"""Settings of the crash harness: the embedded default on the database and the broker as told."""

import os

from config.settings.dev import *  # noqa: F403

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A lease is ten times this: short, so that what a killed worker left behind is soon taken up.
EMAIL_TIMEOUT = 0.2
EMAIL_HOST = "127.0.0.1"

if os.environ.get("CRASH_REDIS_URL"):
    CELERY_BROKER_URL = os.environ["CRASH_REDIS_URL"]
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
