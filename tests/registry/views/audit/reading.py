"""Two centres and their trail, and how its pages and files are read."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from registry.models import (
    Centre,
    Patient,
    Study,
)

AUDIT = reverse("registry:audit")
AUDIT_CSV = reverse("registry:audit_csv")
LOOKS = reverse("registry:audit_looks")
LOOKS_CSV = reverse("registry:audit_looks_csv")


@dataclass
class World:
    """Centres A and B in one study, a named patient in each, and one of A outside of the study."""

    study: Study
    a: Centre
    b: Centre
    of_a: Patient
    of_b: Patient
    apart: Patient


def shown(client: Client, address: str = AUDIT, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def alike(html: str, asked: str) -> str:
    """A page without what was asked for and without the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html).replace(asked, "…")


def names(html: str) -> set[str]:
    """The pseudonyms in the table of a page."""
    body = html.split("<tbody>")[1] if "<tbody>" in html else ""
    return {name for name in ("IN-A", "IN-B", "APART-A") if f">{name}</a>" in body}


def rows_of(client: Client, address: str = AUDIT_CSV, **query: Any) -> list[list[str]]:
    """The lines of a file, read as a spreadsheet reads them."""
    response = client.get(address, query)
    assert response.status_code == 200
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
