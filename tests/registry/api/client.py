"""People with tokens, and requests as a client of the interface sends them."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.test import Client

from registry.models import ApiToken, User

ROOT = "/api/v1"


def token_of(user: User, *, may_write: bool = True, days: int = 30) -> str:
    """A new token of the person."""
    _token, key = ApiToken.objects.create(
        user, expiry=dt.timedelta(days=days), name="test", may_write=may_write
    )
    return str(key)


class Api:
    """Sends JSON with a token."""

    def __init__(self, user: User, *, may_write: bool = True) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Token {token_of(user, may_write=may_write)}"}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.client.generic(
            method,
            path if path.startswith("/") else f"{ROOT}/{path}",
            data if body is not None else "",
            content_type="application/json",
            headers=self.headers | {key.replace("_", "-"): value for key, value in headers.items()},
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.send("POST", path, {} if body is None else body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.send("PATCH", path, body, **headers)
