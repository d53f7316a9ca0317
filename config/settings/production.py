"""Production: PostgreSQL, Redis, workers and gunicorn; everything comes from the environment."""

from environ import Env

from config.settings.accounts import form_targets, sign_on_name, single_sign_on
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, CONTENT_SECURITY_POLICY, beat_schedule
from config.settings.embedded import database
from config.settings.required import (
    hour,
    identity_keys,
    long_key,
    mail_server,
    networks,
    relay_log,
    require,
    time_zone,
    upload_folder,
)

env = Env()
require(
    env,
    [
        "SECRET_KEY",
        "DATABASE_URL",
        "REDIS_URL",
        "ALLOWED_HOSTS",
        "IDENTITY_KEYS",
        "IDENTITY_INDEX_KEY",
        "SIGNATURE_KEY",
        "DEFAULT_FROM_EMAIL",
        "UPLOAD_DIR",
    ],
    either=("EMAIL_URL", "EMAIL_HOST"),
)

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}")

DATABASES = {"default": {**database(env.str("DATABASE_URL")), "CONN_MAX_AGE": 60}}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("REDIS_URL"),
    }
}

IDENTITY_KEYS = identity_keys(env.list("IDENTITY_KEYS"))
IDENTITY_INDEX_KEY = long_key("IDENTITY_INDEX_KEY", env.str("IDENTITY_INDEX_KEY"))
SIGNATURE_KEY = long_key("SIGNATURE_KEY", env.str("SIGNATURE_KEY"))

# One folder that web and workers share: what is uploaded here is imported by a worker.
UPLOAD_DIR = upload_folder(env.str("UPLOAD_DIR"))

DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL")
EMAIL_TIMEOUT = 30  # seconds
vars().update(mail_server(env))
FOLLOWUP_SEND_FROM_HOUR = hour(
    "FOLLOWUP_SEND_FROM_HOUR", env.str("FOLLOWUP_SEND_FROM_HOUR", default="0")
)
RELAY_LOG = relay_log(env.str("RELAY_LOG", default=""))
RELAY_LOG_TIME_ZONE = time_zone(
    "RELAY_LOG_TIME_ZONE", env.str("RELAY_LOG_TIME_ZONE", default="UTC")
)

# Only encrypted connections. TRUST_FORWARDED_PROTO belongs to a proxy that sets the header itself.
SECURE_SSL_REDIRECT = True
if env.bool("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# Addresses of people are those that the proxies in front report; without any, the connection's.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# People whose roles show identities need a second factor.
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=True)
SOCIALACCOUNT_PROVIDERS = single_sign_on(env)
OIDC_NAME = sign_on_name(env)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"] += form_targets(env)

ACCESS_REVIEW_DAYS = env.int("ACCESS_REVIEW_DAYS", default=180)

STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

API_REQUESTS_PER_MINUTE = env.int("API_REQUESTS_PER_MINUTE", default=600)

WEBHOOK_ALLOWED_NETWORKS = networks(
    "WEBHOOK_ALLOWED_NETWORKS", env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
)
WEBHOOK_ALLOW_HTTP = env.bool("WEBHOOK_ALLOW_HTTP", default=False)

CELERY_BROKER_URL = env.str("REDIS_URL")
CELERY_BEAT_SCHEDULE = beat_schedule(env.int("FOLLOWUP_TICK_SECONDS", default=60))

# To standard error only: mails about errors would carry what a person had typed.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
