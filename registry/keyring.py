"""The identity keyring: encryption of names and record numbers, apart from SECRET_KEY.

``IDENTITY_KEYS`` lists Fernet keys, the current one first; the others still decrypt, so that a key
can be changed without a stop. ``IDENTITY_INDEX_KEY`` is the HMAC key of the blind indexes by which
a record number or a family name is found without decrypting every row.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(text: str) -> str:
    """Token for the text; empty text stays empty, so that absence can be seen in the database."""
    if not text:
        return ""
    return _fernet(tuple(settings.IDENTITY_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text behind a token.

    Raises:
        cryptography.fernet.InvalidToken: when no key of the keyring made the token.
    """
    if not token:
        return ""
    return _fernet(tuple(settings.IDENTITY_KEYS)).decrypt(token.encode()).decode()


def seal(data: bytes) -> bytes:
    """Token for some bytes: one line, a third longer."""
    return _fernet(tuple(settings.IDENTITY_KEYS)).encrypt(data)


def unseal(token: bytes) -> bytes:
    """The bytes behind a token.

    Raises:
        cryptography.fernet.InvalidToken: when no key of the keyring made the token.
    """
    return _fernet(tuple(settings.IDENTITY_KEYS)).decrypt(token)


def is_current(token: str) -> bool:
    """True for a token of the first key of the keyring, and for the empty text."""
    if not token:
        return True
    try:
        _fernet(tuple(settings.IDENTITY_KEYS[:1])).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def renew(token: str) -> str:
    """The same text under the first key; the token itself when that key made it.

    Raises:
        cryptography.fernet.InvalidToken: when no key of the keyring made the token.
    """
    if is_current(token):
        return token
    return _fernet(tuple(settings.IDENTITY_KEYS)).rotate(token.encode()).decode()


def normalise_record_number(text: str) -> str:
    """One spelling for one record number: NFKC, case folded, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def blind_index(record_number: str, *, centre_code: str) -> str:
    """Keyed digest by which a record number is found within one centre (64 hex digits).

    The centre is part of the message, so equal numbers of two hospitals cannot be linked.
    """
    return _digest(f"{centre_code}\x00{normalise_record_number(record_number)}")


def normalise_name(text: str) -> str:
    """One spelling for one family name: case folded, letters and digits only, without marks."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def name_index(family_name: str, *, centre_code: str) -> str:
    """Keyed digest by which a family name is found within one centre (64 hex digits).

    The word in the message keeps a name apart from a record number that is spelled the same.
    """
    return _digest(f"{centre_code}\x00family name\x00{normalise_name(family_name)}")


def _digest(message: str) -> str:
    key = settings.IDENTITY_INDEX_KEY.encode()
    return hmac.new(key, message.encode(), hashlib.sha256).hexdigest()
