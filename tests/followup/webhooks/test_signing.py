"""Signatures agree with the published example of the Standard Webhooks."""

from __future__ import annotations

import base64
import datetime as dt
import re
from typing import Any

import pytest

from followup.webhooks import signing
from tests.conftest import ROOT

NOW = dt.datetime(2024, 4, 20, 12, tzinfo=dt.UTC)


def test_the_example_of_the_specification_is_signed_as_published() -> None:
    signed = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        key="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=dt.datetime.fromtimestamp(1614265330, tz=dt.UTC),
        body=b'{"test": 2432232314}',
    )

    assert signed == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_has_256_random_bits() -> None:
    first, second = signing.new_secret(), signing.new_secret()

    assert first != second
    assert first.startswith("whsec_")
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 32


@pytest.fixture
def is_genuine(time_machine: Any) -> Any:
    """The function that the operators' page gives to those who write a receiver."""
    time_machine.move_to(NOW, tick=False)
    page = (ROOT / "docs" / "operators" / "webhooks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_genuine"]


@pytest.mark.parametrize(
    ("secret", "seconds_ago", "body", "is_taken"),
    [
        ("own", 0, b"{}", True),
        ("own", 299, b"{}", True),
        ("own", 301, b"{}", False),
        ("other", 0, b"{}", False),
        ("own", 0, b"{ }", False),
    ],
)
def test_the_receiver_of_the_documentation_takes_genuine_calls_only(
    is_genuine: Any, secret: str, seconds_ago: int, body: bytes, is_taken: bool
) -> None:
    secrets = {"own": signing.new_secret(), "other": signing.new_secret()}
    at = NOW - dt.timedelta(seconds=seconds_ago)
    sent = signing.headers(secrets["own"], key="1", at=at, body=b"{}")

    assert is_genuine(secrets[secret], sent, body) is is_taken
