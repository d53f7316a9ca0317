"""The status grid and the search against the Django admin's list of the same 100,000 patients.

Both answer through the test client in one process, in turn, so that they meet the same machine.
The admin gets every help it offers: the rows it lists are read with their centre and status in one
query, and it shows the same number of rows and the same marks as columns.
"""

from __future__ import annotations

import datetime as dt
import html
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

if TYPE_CHECKING:
    from django.test import Client

    from registry.models import User

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
REPEATS = int(os.environ.get("BENCH_REPEATS", "15"))
ONE = f"BENCH-{PATIENTS // 10 * 7:06d}"
ADMIN = "/admin/registry/patient/"
GRID = "/patients/"

Query = dict[str, str]


@dataclass(frozen=True)
class Race:
    """A list as a reader asks the grid for it, and as one asks the admin for the same rows.

    ``search`` is sent to the search of the page's head in place of the grid.
    """

    name: str
    reader: str
    grid: Query = field(default_factory=dict)
    admin: Query = field(default_factory=dict)
    search: str = ""


def races() -> Iterator[Race]:
    """Every list that is measured."""
    own: Query = {"centre__id__exact": "1"}
    for reader, cut in (("coordinator of all", {}), ("manager of 1 of 5", own)):
        deep = str(PATIENTS // (200 if not cut else 335))
        yield Race("first page", reader, {}, cut)
        there = {**cut, "p": deep}
        yield Race(f"page {deep}, by its link", reader, {"page": deep, "after": ""}, there)
        yield Race(f"page {deep}, by number", reader, {"page": deep}, there)
        yield Race("a form missing", reader, *_form("missing", cut))
        yield Race("a form complete", reader, *_form("complete", cut))
        yield Race("most missing first", reader, {"sort": "missing"}, {**cut, "o": "-12"})
        yield Race("by birth date", reader, {"sort": "birth"}, {**cut, "o": "13"})
        yield Race("part of a pseudonym", reader, {"search": "0777"}, {**cut, "q": "0777"})
        yield Race("search a pseudonym", reader, admin={**cut, "q": ONE}, search=ONE)
    yield Race("of one study", "coordinator of all", {"study": "cams"}, _study())
    yield Race("by centre", "coordinator of all", {"sort": "centre"}, {"o": "2"})
    record = f"MRN {ONE}"
    yield Race("search a record number", "manager of 1 of 5", {}, {"q": "@record"}, record)


def _form(state: str, cut: Query) -> tuple[Query, Query]:
    return {"form": "disease", "form_state": state}, {**cut, "status__disease": state}


def _study() -> Query:
    return {"enrolments__study__id__exact": "1"}


def measure() -> None:
    """Fill the database of DATABASE_URL and print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope
    from tests.bench.grid_rows import fill

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    with system_scope():
        fill(PATIENTS, dt.date.today())
    print(f"{PATIENTS:,} patients in {time.perf_counter() - begun:.0f} s", flush=True)
    _register_admin()
    readers = _readers()
    rows = [_row(race, readers) for race in races()]
    _one_centre_with_all()
    everything, half = "manager of all", str(PATIENTS // 200)
    rows += [
        _row(Race("first page", everything), readers),
        _row(
            Race(f"page {half}, by number", everything, {"page": half}, {"p": half}),
            readers,
        ),
        _row(Race("most missing first", everything, {"sort": "missing"}, {"o": "-12"}), readers),
        _row(Race("a form missing", everything, *_form("missing", {})), readers),
    ]
    print_table(("list", "reader", "grid ms", "admin ms", "ratio"), rows)


def _register_admin() -> None:
    from django.contrib import admin
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from registry.models import Patient
    from registry.models.status import FORMS

    class PatientAdmin(admin.ModelAdmin):
        list_display = (
            "pseudonym",
            "centre",
            *(f"status__{form}" for form in FORMS),
            "status__incomplete_count",
            "birth_date",
        )
        list_select_related = ("centre", "status")
        list_filter = ("centre", "enrolments__study", "status__disease")
        search_fields = ("pseudonym", "identity__record_number_index")
        list_per_page = 50

        def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
            return Patient._base_manager.order_by("pseudonym")

    admin.site.register(Patient, PatientAdmin)


def _readers() -> dict[str, Client]:
    from registry.models import Centre, Membership, Study
    from registry.models.choices import Role
    from tests.factories import administrator, coordinator, data_manager

    first, *others = Study.objects.order_by("pk")
    coordinates = coordinator(first)
    for study in others:
        Membership.objects.create(user=coordinates, role=Role.COORDINATOR, study=study)
    manager = data_manager(Centre.objects.get(code="B1"))
    return {
        "admin": _signed_in(administrator(is_staff=True, is_superuser=True)),
        "coordinator of all": _signed_in(coordinates),
        "manager of 1 of 5": _signed_in(manager),
        "manager of all": _signed_in(manager),
    }


def _signed_in(user: User) -> Client:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def _one_centre_with_all() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_patient SET centre_id = "
            "(SELECT id FROM registry_centre WHERE code = 'B1')"
        )
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE registry_patient")


def _row(race: Race, readers: dict[str, Client]) -> tuple[str, ...]:
    """Medians of both in milliseconds, and the median of their ratios in pairs."""
    from registry.keyring import blind_index

    asked = dict(race.admin)
    if asked.get("q") == "@record":
        asked["q"] = blind_index(race.search, centre_code="B1")
    reader = readers[race.reader]
    address = dict(race.grid)
    if "after" in address:
        address = _linked_to(reader, int(address["page"]))

    def ours() -> int:
        if not race.search:
            return reader.get(GRID, address).status_code
        found = reader.post("/search/", {"text": race.search})
        return found.status_code if found.status_code != 302 else 200

    def theirs() -> int:
        return readers["admin"].get(ADMIN, asked).status_code

    pairs = [(_timed(ours), _timed(theirs)) for _ in range(REPEATS + 1)][1:]
    grid = statistics.median(pair[0] for pair in pairs)
    admin = statistics.median(pair[1] for pair in pairs)
    ratio = statistics.median(mine / other for mine, other in pairs)
    return race.name, race.reader, f"{grid:.1f}", f"{admin:.1f}", f"{ratio:.2f}"


def _linked_to(reader: Client, page: int) -> Query:
    """The address to which the page before leads, as one pages through the grid."""
    shown = reader.get(GRID, {"page": str(page - 1)}).content.decode()
    link = re.search(r'rel="next" href="\?([^"]+)"', shown)
    if link is None:
        raise SystemExit(f"no page follows page {page - 1}")
    return dict(parse_qsl(html.unescape(link[1])))


def _timed(answer: Callable[[], int]) -> float:
    begun = time.perf_counter()
    status = answer()
    if status != 200:
        raise SystemExit(f"the page answered {status}")
    return 1000 * (time.perf_counter() - begun)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_grid"))
