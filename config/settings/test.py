"""Tests: SQLite in memory, or real PostgreSQL and Redis when TEST_ON_SERVICES is set."""

import base64
import os
import tempfile
from pathlib import Path

from environ import Env

from config.settings.base import *  # noqa: F403
from config.settings.base import beat_schedule
from config.settings.embedded import database

env = Env()

DEBUG = False
DEMO = True
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
SITE_URL = "http://testserver"

if env.bool("TEST_ON_SERVICES", default=False):
    _name = env.str("TEST_DATABASE_NAME", default="test_registry")
    # UTF-8 whatever the server's own default is; a server without a locale defaults to ASCII.
    _test = {"NAME": _name, "CHARSET": "UTF8", "TEMPLATE": "template0"}
    DATABASES = {"default": {**database(env.str("TEST_DATABASE_URL")), "TEST": _test}}
    CELERY_BROKER_URL = env.str("TEST_REDIS_URL")
    # Each process of the suite has a queue of its own, and so have the workers that it starts.
    _process = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{_name}:{_process}:"}
else:
    DATABASES = {"default": database("sqlite://:memory:")}
    CELERY_BROKER_URL = "memory://"

# Throwaway values for tests.
SECRET_KEY = "throwaway-of-the-tests-and-no-secret-at-all-0123456789"
IDENTITY_KEYS = [base64.urlsafe_b64encode(b"throwaway-identity-key-for-tests").decode()]
IDENTITY_INDEX_KEY = "throwaway-index-key-of-the-tests"
SIGNATURE_KEY = "throwaway-signature-key-of-the-tests"

UPLOAD_DIR = Path(tempfile.gettempdir()) / f"registry-test-uploads-{os.getpid()}"

# A deliberately cheap hash: the tests make many users and protect none.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Hundreds of tests sign in from one address.
ACCOUNT_RATE_LIMITS = False
# The test server speaks HTTP; browsers allow passkeys on localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEFAULT_FROM_EMAIL = "Sarcoma RT Registry <registry@registry.invalid>"

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

CELERY_BEAT_SCHEDULE = beat_schedule(20)
