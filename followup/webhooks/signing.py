"""Signatures of calls, in the way of Standard Webhooks (symmetric, version 1)."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import secrets

SECRET_BYTES = 32
PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh secret as it is shown to people: the prefix, and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(secret: str, *, key: str, at: dt.datetime, body: bytes) -> dict[str, str]:
    """The three headers by which a receiver knows who sent the body, and when.

    Args:
        secret: as :func:`new_secret` gives it.
        key: of the message, the same on every attempt.
        at: time of this attempt.
        body: the bytes that are sent.
    """
    timestamp = str(int(at.timestamp()))
    signed = f"{key}.{timestamp}.".encode() + body
    digest = hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256)
    return {
        "webhook-id": key,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest.digest()).decode()}",
    }
