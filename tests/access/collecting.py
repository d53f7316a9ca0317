"""Collects all that a person can get: pages by their links, files, the interface, as plain text."""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from config.access import DOORS, Who
from tests.access.addresses import addresses, path_of
from tests.access.world import Person, World, sign_in

LINK = re.compile(r'(?:href|src|action|hx-get)="(/[^"#]*)')
MOST_PAGES = 400
"""Of one person: links lead on and on through filters and orders."""

KINDS = {
    "text/html": "pages",
    "application/json": "JSON",
    "application/problem+json": "problems",
    "text/csv": "CSV",
    "application/pdf": "PDF",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
}


@dataclass
class Collected:
    """Texts by the address that gave them, and how many of which kind."""

    texts: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, address: str, response: Any) -> str:
        """Keep the answer with its headers as lower-case text."""
        kind = response.headers.get("Content-Type", "").split(";")[0]
        self.counts[KINDS.get(kind, "other answers")] += 1
        text = f"{dict(response.headers)}\n{plain(kind, body_of(response))}".lower()
        self.texts[address] = text
        return text

    def with_trace(self, traces: tuple[str, ...]) -> list[str]:
        """The addresses whose text has one of these, with what was found."""
        return [
            f"{address}: {trace}"
            for address, text in self.texts.items()
            for trace in traces
            if trace in text
        ]


def body_of(response: Any) -> bytes:
    """The whole body, of streams too."""
    return bytes(response.getvalue() if response.streaming else response.content)


FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def said(response: Any, asked: str) -> str:
    """The words of an answer without what was asked, which it may repeat, and the form's token."""
    return FORM_TOKEN.sub("", body_of(response).decode()).replace(asked, "…")


def plain(kind: str, body: bytes) -> str:
    """The text of a page, a workbook or a document."""
    if kind == "application/pdf":
        return _text_of_pdf(body)
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(
                parts.read(name).decode("utf-8", "replace") for name in parts.namelist()
            )
    text = body.decode("utf-8", "replace")
    return html.unescape(text) if kind == "text/html" else text


def _text_of_pdf(body: bytes) -> str:
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext (poppler-utils) is not here: the words of a PDF cannot be read")
    done = subprocess.run([program, "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()


def collect(person: Person, world: World) -> Collected:
    """Everything that the person gets by GET: declared addresses of both sides, then all links."""
    client = Client(raise_request_exception=False)
    sign_in(client, person.user)
    waiting = _starts(world)
    found = Collected()
    seen = set(waiting)
    while waiting and len(found.texts) < MOST_PAGES:
        address = waiting.pop(0)
        cache.clear()  # where requests are counted
        with transaction.atomic():
            response = client.get(address)
            text = found.take(address, response)
            transaction.set_rollback(True)
        assert response.status_code < 500, address
        for link in LINK.findall(text) if "text/html" in text[:2000] else ():
            kept = html.unescape(link)
            if kept not in seen and not kept.startswith(("/static/", "/logout")):
                seen.add(kept)
                waiting.append(kept)
    return found


def _starts(world: World) -> list[str]:
    paths = [
        path_of(address, side, world)
        for side in (world.own, world.other)
        for address in addresses()
        if address.name in DOORS and DOORS[address.name].opens("GET") not in (None, Who.ANYBODY)
    ]
    return list(dict.fromkeys(paths))
