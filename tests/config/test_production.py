"""Production takes everything from the environment and names what is missing."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet

from tests.conftest import ROOT

REQUIRED = {
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgres://registry@db.invalid/registry",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "ALLOWED_HOSTS": "registry.invalid",
    "IDENTITY_KEYS": Fernet.generate_key().decode(),
    "IDENTITY_INDEX_KEY": "i" * 40,
    "SIGNATURE_KEY": "s" * 40,
    "DEFAULT_FROM_EMAIL": "registry@registry.invalid",
    "EMAIL_URL": "smtp+tls://user:secret@mail.invalid:587",
    "UPLOAD_DIR": str(ROOT),
}


def load_production(environment: dict[str, str], show: str = "") -> subprocess.CompletedProcess:
    """Import the production settings in a process that has this environment and nothing else."""
    return subprocess.run(
        [sys.executable, "-c", f"from config.settings import production as s; print({show})"],
        env={"PATH": os.environ["PATH"], **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_an_empty_environment_is_refused_with_every_missing_name_at_once():
    result = load_production({})
    assert result.returncode != 0
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("django.core.exceptions.ImproperlyConfigured")
    for name in (*REQUIRED, "EMAIL_HOST"):
        assert name in message


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_one_missing_or_blank_name_is_refused_and_named_alone(name):
    result = load_production({**REQUIRED, name: " "})
    assert result.returncode != 0
    message = result.stderr.strip().splitlines()[-1]
    assert name in message
    assert not [other for other in REQUIRED if other != name and other in message]


def test_a_complete_environment_is_taken_over():
    result = load_production(
        REQUIRED,
        "s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL, s.EMAIL_HOST, s.DEBUG",
    )
    assert result.stdout.strip() == (
        "db.invalid redis://redis.invalid:6379/0 mail.invalid False"
    ), result.stderr


SAFE = {
    "MFA_REQUIRED": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_HTTPONLY": True,
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
}


def test_signing_in_is_safe_unless_said_otherwise():
    result = load_production(REQUIRED, f"{{name: getattr(s, name) for name in {list(SAFE)}}}")
    assert result.stdout.strip() == str(SAFE), result.stderr
    less = load_production({**REQUIRED, "MFA_REQUIRED": "False"}, "s.MFA_REQUIRED")
    assert less.stdout.strip() == "False"


def test_forms_may_lead_to_the_single_sign_on_only():
    show = "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    assert load_production(REQUIRED, show).stdout.strip() == "[\"'self'\"]"
    named = {"OIDC_ISSUER": "https://login.invalid/realm", "OIDC_CLIENT_ID": "registry"}
    result = load_production({**REQUIRED, **named, "OIDC_CLIENT_SECRET": "secret"}, show)
    assert result.stdout.strip() == "[\"'self'\", 'https://login.invalid']", result.stderr


def test_a_mail_server_may_be_named_by_its_parts():
    environment = {name: value for name, value in REQUIRED.items() if name != "EMAIL_URL"}
    result = load_production(
        {**environment, "EMAIL_HOST": "mail.invalid", "EMAIL_PORT": "2525"},
        "s.EMAIL_HOST, s.EMAIL_PORT",
    )
    assert result.stdout.strip() == "mail.invalid 2525", result.stderr


def test_a_broken_identity_key_is_refused_by_its_position_and_never_shown():
    good = REQUIRED["IDENTITY_KEYS"]
    result = load_production({**REQUIRED, "IDENTITY_KEYS": f"{good},not-a-key"})
    assert result.returncode != 0
    assert "key 2 of 2" in result.stderr
    assert "not-a-key" not in result.stderr


def test_a_short_index_key_is_refused():
    result = load_production({**REQUIRED, "IDENTITY_INDEX_KEY": "short"})
    assert "IDENTITY_INDEX_KEY has 5 characters" in result.stderr


def test_a_database_of_another_kind_is_refused():
    result = load_production({**REQUIRED, "DATABASE_URL": "mysql://registry@db.invalid/registry"})
    assert "starts with 'mysql'" in result.stderr


@pytest.mark.parametrize("folder", ["uploads", "/nowhere/at-all"])
def test_a_folder_for_uploads_that_is_not_there_is_refused(folder):
    result = load_production({**REQUIRED, "UPLOAD_DIR": folder})

    assert result.returncode != 0
    assert f"UPLOAD_DIR: {folder} is not a folder" in result.stderr


def test_networks_for_webhooks_are_taken_over():
    allowed = {"WEBHOOK_ALLOWED_NETWORKS": "10.20.0.0/16,fd00:20::/48"}
    show = "s.WEBHOOK_ALLOWED_NETWORKS, s.WEBHOOK_ALLOW_HTTP"
    assert load_production(REQUIRED, show).stdout.strip() == "[] False"
    result = load_production(REQUIRED | allowed, show)
    assert result.stdout.strip() == "['10.20.0.0/16', 'fd00:20::/48'] False"


def test_a_network_that_is_none_is_refused_by_name():
    result = load_production(REQUIRED | {"WEBHOOK_ALLOWED_NETWORKS": "10.20.0.0/16,10.20.0.1/16"})
    assert result.returncode != 0
    message = result.stderr.strip().splitlines()[-1]
    assert "WEBHOOK_ALLOWED_NETWORKS: '10.20.0.1/16' is no network" in message


def test_reminders_and_the_relays_log_are_taken_over():
    show = "s.FOLLOWUP_SEND_FROM_HOUR, s.RELAY_LOG, s.RELAY_LOG_TIME_ZONE"
    assert load_production(REQUIRED, show).stdout.strip() == "0  UTC"
    named = {
        "FOLLOWUP_SEND_FROM_HOUR": "7",
        "RELAY_LOG": "/var/log/mail.log",
        "RELAY_LOG_TIME_ZONE": "Europe/Rome",
    }
    result = load_production({**REQUIRED, **named}, show)
    assert result.stdout.strip() == "7 /var/log/mail.log Europe/Rome", result.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FOLLOWUP_SEND_FROM_HOUR", "24", "it must be an hour from 0 to 23"),
        ("FOLLOWUP_SEND_FROM_HOUR", "seven", "it must be an hour from 0 to 23"),
        ("RELAY_LOG", "mail.log", "mail.log must be named absolutely"),
        ("RELAY_LOG_TIME_ZONE", "Europe/Atlantis", "there is no time zone 'Europe/Atlantis'"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(name, value, says):
    result = load_production({**REQUIRED, name: value})
    assert result.returncode != 0
    assert name in result.stderr
    assert says in result.stderr
