"""Pages of scheduled reports, and what they say."""

from __future__ import annotations

import html as markup
import re
from typing import Any

from django.test import Client

from registry.models import User

LIST = "/studies/jinling/reports/"
NEW = f"{LIST}new/"


def browser(user: User) -> Client:
    """One in which the person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def words(client: Client, address: str) -> str:
    """The words of a page that is there."""
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer)


def text_of(answer: Any) -> str:
    """The words of an answer, without its elements."""
    page = re.sub(r"<(script|style|svg).*?</\1>", "", answer.content.decode(), flags=re.S)
    return " ".join(markup.unescape(re.sub(r"<[^>]*>", " ", page)).split())
