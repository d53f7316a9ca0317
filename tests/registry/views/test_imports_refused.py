"""Refused rows leave as files, are corrected, and come back."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from registry.models import ImportUpload
from registry.scope import system_scope
from tests.registry.importing import (
    PATIENTS,
    World,
    csv_file,
    importing,
    page,
    send,
    the_import,
)

__all__ = ["importing"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client: Client, importing: World) -> Client:
    client.force_login(importing.manager)
    return client


FORMULA = "=cmd|' /C calc'!A0"
HOSTILE = {
    "patients": PATIENTS.replace("A-1,female,1960", "A-1,female,1960-13"),
    "surgeries": f'patient,number,description,margin_mm\nA-1,1,"{FORMULA}",-3\nA-1,2,@SUM(1),5\n',
}


def refused(importing: World) -> ImportUpload:
    files = [csv_file(f"{name}.csv", text) for name, text in HOSTILE.items()]
    return importing.check(importing.upload(*files))


def test_refused_rows_come_as_a_workbook_with_the_reasons_and_no_formula(
    signed_in: Client, importing: World
) -> None:
    upload = refused(importing)
    answer = signed_in.get(page("rows_workbook", upload))

    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["patients", "surgeries"]
    head, row = book["patients"].iter_rows(values_only=True)
    assert head == ("#why", "pseudonym", "sex", "birth_date")
    assert "month 13" in str(row[0])
    assert row[1:] == ("A-1", "female", "1960-13")
    cells = {cell.value: cell.data_type for line in book["surgeries"] for cell in line}
    assert cells[FORMULA] == cells["@SUM(1)"] == "s"


def test_refused_rows_come_as_csv_without_formulas(signed_in: Client, importing: World) -> None:
    upload = refused(importing)
    answer = signed_in.get(page("rows_csv", upload, 1))

    text = b"".join(answer).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["#why", "patient", "number", "description", "margin_mm"]
    assert [row[3] for row in rows[1:]] == [f"'{FORMULA}", "'@SUM(1)"]
    assert not any(cell.startswith(("=", "@", "+", "\t")) for row in rows for cell in row)
    assert answer["Content-Disposition"] == 'attachment; filename="surgeries.csv"'


@pytest.mark.parametrize("kind", ["workbook", "csv"])
def test_refused_rows_come_back_corrected_and_go_in_as_they_were(
    signed_in: Client, importing: World, kind
) -> None:
    from registry.models import Surgery

    upload = refused(importing)
    if kind == "workbook":
        book = load_workbook(io.BytesIO(signed_in.get(page("rows_workbook", upload)).content))
        book["patients"]["D2"] = "1960-12"
        file = io.BytesIO()
        # The margin is wrong as well: a negative one.
        book["surgeries"]["E2"] = "3"
        book.save(file)
        file.seek(0)
        file.name = "refused-rows.xlsx"
        files: list[Any] = [file]
    else:
        texts = [
            b"".join(signed_in.get(page("rows_csv", upload, number)))
            .decode("utf-8-sig")
            .replace("1960-13", "1960-12")
            .replace(",-3", ",3")
            for number in (0, 1)
        ]
        files = [csv_file("patients.csv", texts[0]), csv_file("surgeries.csv", texts[1])]

    answer = send(signed_in, importing, *files, like=str(upload.key))
    again = the_import()
    assert answer.headers["Location"] == page("step", again)
    assert signed_in.get(page("step", again)).headers["Location"] == page("preview", again)
    again = importing.bring_in(importing.check(again))

    assert again.counts["patients_in"] == 1, again.counts
    with system_scope():
        said = set(Surgery.objects.values_list("description", flat=True))
    assert said == {FORMULA, "@SUM(1)"}


def test_an_import_without_refused_rows_has_no_file_of_them(
    signed_in: Client, importing: World
) -> None:
    upload = importing.check(importing.upload(csv_file("patients.csv", PATIENTS)))

    assert signed_in.get(page("rows_workbook", upload)).status_code == 404
