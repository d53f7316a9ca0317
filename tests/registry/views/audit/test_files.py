"""The trail as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from registry.views import audit as audit_views
from tests.factories import (
    LesionFactory,
    data_manager,
)
from tests.registry.views.audit.reading import (
    AUDIT_CSV,
    LOOKS_CSV,
    rows_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def test_the_file_has_a_line_for_every_value_that_the_page_shows(client: Client, writer) -> None:
    client.force_login(writer)

    header, *lines = rows_of(client, person="writer")
    apart = ["Writer of A", "APART-A", "lesion 1", "changed"]
    of_a = ["Writer of A", "IN-A", "patient", "changed"]

    assert header[:5] == ["When (UTC)", "Who", "Patient", "What", "Done"]
    assert [line[1:9] for line in lines] == [
        [*apart, "description", "left", "right", "typing error"],
        [*of_a, "sex", "Female", "Male", "source read again"],
    ]


def test_the_file_holds_no_name_and_no_formula(client: Client, world) -> None:
    LesionFactory.create(patient=world.of_a, number=1, description="=HYPERLINK(1)")
    client.force_login(data_manager(world.a))

    lines = rows_of(client)
    cells = [cell for line in lines for cell in line]

    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if "Canary" in cell or "CANARY" in cell]
    assert "(encrypted)" in cells


def test_the_file_is_sent_in_chunks_in_the_scope_of_its_reader_and_ends(
    client: Client, world, monkeypatch
) -> None:
    monkeypatch.setattr(audit_views, "CHUNK_SIZE", 3)
    for number in range(1, 9):
        LesionFactory.create(patient=world.of_a, number=number)
    client.force_login(data_manager(world.a))

    response = client.get(AUDIT_CSV, {"table": "registry_lesion"})
    parts = response.streaming_content  # type: ignore[attr-defined]
    assert isinstance(parts, Iterator)
    sizes = [part.count(b"created") > 0 for part in parts]

    assert response.streaming
    assert sizes == [False, True, True, True]
    monkeypatch.setattr(audit_views, "MOST_IN_FILE", 6)
    lines = rows_of(client, table="registry_lesion")[1:]
    assert {line[3] for line in lines} == {f"lesion {number}" for number in range(3, 9)}


def test_the_name_of_the_file_tells_the_day_only(client: Client, world) -> None:
    client.force_login(data_manager(world.a))
    with time_machine.travel(dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC), tick=False):
        named = [
            client.get(address, {"patient": "IN-A"})["Content-Disposition"]
            for address in (AUDIT_CSV, LOOKS_CSV)
        ]

    assert named == [
        'attachment; filename="audit-2024-05-02.csv"',
        'attachment; filename="looks-2024-05-02.csv"',
    ]
