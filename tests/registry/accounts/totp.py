"""An authenticator app for the tests (RFC 6238, as apps compute it)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.totp.internal.auth import TOTP

from registry.models import User

KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Base32 of "12345678901234567890", the key of the RFC's own examples."""


def with_app(user: User, key: str = KEY) -> User:
    """The person, with an authenticator app of this key."""
    TOTP.activate(user, key)
    return user


def code_now(key: str = KEY) -> str:
    """What the app shows now."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(key), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"
