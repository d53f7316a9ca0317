"""``manage.py import_template``: empty tables that the import takes when they are filled in."""

import csv
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from registry import models as m
from registry.exchange.entities import entities
from registry.exchange.importer import Job, run_import
from registry.scope import system_scope
from tests.conftest import ROOT

TABLES = [
    "patients",
    "identities",
    "screenings",
    "enrolments",
    "diseases",
    "treatment_histories",
    "surgeries",
    "systemic_therapies",
    "prior_radiotherapies",
    "lesions",
    "courses",
    "baselines",
    "targets",
    "target_lesions",
    "phases",
    "dose_metrics",
    "assessments",
    "imaging_studies",
    "lesion_assessments",
    "progressions",
    "deaths",
    "losses",
    "toxicity_events",
]


def template(target):
    out = StringIO()
    call_command("import_template", target, stdout=out)
    return out.getvalue()


def explained(folder):
    with (folder / "explanation.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["table"], row["column"]): row for row in csv.DictReader(file)}


def test_every_table_has_a_file_with_its_columns(tmp_path):
    template(tmp_path / "empty")

    assert {path.stem for path in (tmp_path / "empty").iterdir()} == {*TABLES, "explanation"}
    for name in TABLES:
        text = (tmp_path / "empty" / f"{name}.csv").read_text(encoding="utf-8-sig")
        assert text.strip().split(",") == [c.name for c in entities()[name].columns]


def test_every_column_is_explained_with_type_unit_codes_and_need(tmp_path):
    template(tmp_path / "empty")
    rows = explained(tmp_path / "empty")

    expected = {(name, c.name) for name in TABLES for c in entities()[name].columns}
    assert expected <= set(rows)
    dose = rows["phases", "dose_gy"]
    assert (dose["type"], dose["unit"], dose["needed"]) == ("number, up to 2 decimals", "Gy", "")
    assert rows["diseases", "diagnosed_on"]["type"] == "date: YYYY-MM-DD, YYYY-MM or YYYY"
    assert "deep = Deep to the fascia" in rows["diseases", "depth"]["codes"]
    assert rows["assessments", "kind"]["needed"] == "yes"
    assert rows["toxicity_events", "release"]["meaning"].startswith("CTCAE release")
    assert all(row["meaning"] for row in rows.values())
    assert {column for table, column in rows if not table} == {
        "#not_done",
        "#unknown",
        "#not_applicable",
        "#refused",
    }


def test_every_field_that_a_person_fills_in_has_a_column():
    """Keys that the import gives itself and the parts that make up the term are the exceptions."""
    given = {"study", "centre", "record_number_index", "family_name_index"}
    for entity in entities().values():
        columns = {column.name for column in entity.columns}
        fields = {field.name for field in entity.model.content_fields()}
        assert fields - given <= columns, entity.name


def test_the_documentation_names_every_table_and_no_other():
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    rows = text.partition("| table | known by | points to |")[2].partition("\n\n")[0]

    named = [name for row in rows.splitlines() for name in row.split("|")[1:2]]
    assert sorted(re.findall(r"`(\w+)`", " ".join(named))) == sorted(TABLES)


def test_the_workbook_has_a_sheet_per_table_whose_cells_are_text(tmp_path):
    template(tmp_path / "empty.xlsx")
    book = load_workbook(tmp_path / "empty.xlsx")

    assert book.sheetnames == ["explanation", *TABLES]
    courses = book["courses"]
    assert [cell.value for cell in courses[1]] == [c.name for c in entities()["courses"].columns]
    assert courses.column_dimensions["A"].number_format == "@"
    lists = [choice.formula1 for choice in courses.data_validations.dataValidation]
    assert any(formula.startswith('"definitive,preoperative,') for formula in lists)


@pytest.mark.django_db
def test_a_filled_workbook_is_taken_by_the_import(tmp_path):
    path = tmp_path / "cases.xlsx"
    template(path)
    book = load_workbook(path)
    book["patients"].append(["A-1", "female", "1960-05"])
    book["diseases"].append(["A-1", 1, "2021-03-04"])
    book.save(path)

    job = Job(paths=[path], study="cams", centre="A", create_missing=True)
    outcome = run_import(job, by=None)

    assert not outcome.ledger.has_refusals
    with system_scope():
        assert str(m.Disease.objects.get().diagnosed_on) == "2021-03-04"


def test_what_is_there_is_not_written_over(tmp_path):
    (tmp_path / "courses.csv").write_text("mine")

    with pytest.raises(CommandError, match=r"courses\.csv: is there already"):
        template(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["courses.csv"]

    template(tmp_path / "a.xlsx")
    with pytest.raises(CommandError, match=r"a\.xlsx: is there already"):
        template(tmp_path / "a.xlsx")
