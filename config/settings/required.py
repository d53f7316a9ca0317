"""Reads what production must be told, and says everything that is missing in one message."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from environ import Env

MINIMUM_KEY_LENGTH = 32  # characters
LAST_HOUR = 23


def require(env: Env, names: list[str], either: tuple[str, ...] = ()) -> None:
    """Check that the environment has every name, and one of ``either``.

    Raises:
        ImproperlyConfigured: naming all that is missing or empty.
    """
    missing = [name for name in names if not env.str(name, default="").strip()]
    if either and not any(env.str(name, default="").strip() for name in either):
        missing.append(" or ".join(either))
    if missing:
        raise ImproperlyConfigured(
            "The production settings are incomplete. Missing in the environment: "
            + ", ".join(missing)
        )


def identity_keys(keys: list[str]) -> list[str]:
    """The identity keyring, checked; the first key is the current one.

    Raises:
        ImproperlyConfigured: naming the position of a key that is not a Fernet key (the key itself
            is never shown).
    """
    for position, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError as exc:
            raise ImproperlyConfigured(
                f"IDENTITY_KEYS: key {position} of {len(keys)} is not a Fernet key "
                "(32 random bytes in URL-safe base64)"
            ) from exc
    return keys


def long_key(name: str, key: str) -> str:
    """A secret of that name, checked for length.

    Raises:
        ImproperlyConfigured: when the key has fewer than 32 characters.
    """
    if len(key) < MINIMUM_KEY_LENGTH:
        raise ImproperlyConfigured(
            f"{name} has {len(key)} characters; it needs at least {MINIMUM_KEY_LENGTH}"
        )
    return key


def networks(name: str, texts: list[str]) -> list[str]:
    """Networks as address/length, checked.

    Raises:
        ImproperlyConfigured: naming the text that is no network.
    """
    for text in texts:
        try:
            ip_network(text)
        except ValueError as exc:
            raise ImproperlyConfigured(
                f"{name}: {text!r} is no network, such as 10.20.0.0/16 ({exc})"
            ) from exc
    return texts


def upload_folder(path: str) -> Path:
    """The folder for uploads, which the operator makes; readable by the registry's account only.

    Raises:
        ImproperlyConfigured: it is not there, no folder, or cannot be written.
    """
    folder = Path(path)
    if not folder.is_absolute() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"UPLOAD_DIR: {path} is not a folder that this account can write (name it absolutely)"
        )
    return folder


def mail_server(env: Env) -> dict[str, Any]:
    """Django's mail settings from EMAIL_URL, or from EMAIL_HOST and its companions."""
    if env.str("EMAIL_URL", default=""):
        return dict(env.email_url("EMAIL_URL"))
    return {
        "EMAIL_HOST": env.str("EMAIL_HOST"),
        "EMAIL_PORT": env.int("EMAIL_PORT", default=25),
        "EMAIL_HOST_USER": env.str("EMAIL_HOST_USER", default=""),
        "EMAIL_HOST_PASSWORD": env.str("EMAIL_HOST_PASSWORD", default=""),
        "EMAIL_USE_TLS": env.bool("EMAIL_USE_TLS", default=False),
        "EMAIL_USE_SSL": env.bool("EMAIL_USE_SSL", default=False),
    }


def hour(name: str, text: str) -> int:
    """An hour of the day of that name.

    Raises:
        ImproperlyConfigured: when it is no whole number from 0 to 23.
    """
    if not text.isdecimal() or int(text) > LAST_HOUR:
        raise ImproperlyConfigured(f"{name} is {text!r}; it must be an hour from 0 to {LAST_HOUR}")
    return int(text)


def relay_log(path: str) -> str:
    """The path of the relay's log, "" for none.

    Raises:
        ImproperlyConfigured: it is not named absolutely. Whether it can be read shows later: a
            relay may begin its log after the registry has started.
    """
    if path and not Path(path).is_absolute():
        raise ImproperlyConfigured(f"RELAY_LOG: {path} must be named absolutely")
    return path


def time_zone(name: str, zone: str) -> str:
    """A time zone, checked.

    Raises:
        ImproperlyConfigured: when there is no such zone.
    """
    if zone not in available_timezones():
        raise ImproperlyConfigured(f"{name}: there is no time zone {zone!r}")
    return zone
