"""The embedded default: SQLite, a broker in a folder, mail to the mailbox page; no server needed.

For trying the registry and for working on it, not for patients: its keys are public.
"""

import base64
from pathlib import Path

from environ import Env

from config.settings.accounts import form_targets, sign_on_name, single_sign_on
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, CONTENT_SECURITY_POLICY, beat_schedule
from config.settings.embedded import database, file_broker, private_folder
from config.settings.required import networks

env = Env()

DEBUG = env.bool("DEBUG", default=True)
DEMO = env.bool("DEMO", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

REGISTRY_DATA_DIR = private_folder(
    Path(env.str("REGISTRY_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
)
DATABASES = {
    "default": database(
        env.str("DATABASE_URL", default=f"sqlite:///{REGISTRY_DATA_DIR / 'registry.sqlite3'}")
    )
}

MFA_REQUIRED = env.bool("MFA_REQUIRED", default=False)
SOCIALACCOUNT_PROVIDERS = single_sign_on(env)
OIDC_NAME = sign_on_name(env)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += form_targets(env)
# Passkeys over plain HTTP: browsers allow them for localhost, which is where this runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True

UPLOAD_DIR = private_folder(REGISTRY_DATA_DIR / "uploads")

# Throwaway values, known to everybody who has the source.
SECRET_KEY = "throwaway-of-the-embedded-default-and-no-secret-at-all"
IDENTITY_KEYS = [base64.urlsafe_b64encode(b"throwaway-identity-key-no-secret").decode()]
IDENTITY_INDEX_KEY = "throwaway-index-key-of-the-embedded-default"
SIGNATURE_KEY = "throwaway-signature-key-of-the-embedded-default"

EMAIL_BACKEND = "followup.mailbox.MailboxBackend"
DEFAULT_FROM_EMAIL = "Sarcoma RT Registry <registry@registry.invalid>"

WEBHOOK_ALLOWED_NETWORKS = networks(
    "WEBHOOK_ALLOWED_NETWORKS", env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
)
WEBHOOK_ALLOW_HTTP = env.bool("WEBHOOK_ALLOW_HTTP", default=False)

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

CELERY_BROKER_URL = "folder://"
CELERY_BROKER_TRANSPORT_OPTIONS = file_broker(REGISTRY_DATA_DIR / "broker")
# Commands to running workers would pile up as files; nobody sends any.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_SCHEDULE = beat_schedule(env.int("FOLLOWUP_TICK_SECONDS", default=20))
