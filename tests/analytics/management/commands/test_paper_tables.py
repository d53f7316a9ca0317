"""``manage.py paper_tables``: a folder that is there whole or not at all."""

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from docx import Document

from tests.analytics.management.commands.ten_patients import ten_patients

pytestmark = pytest.mark.django_db


def run(out: Path, **options: object) -> str:
    said = StringIO()
    call_command("paper_tables", study="cnao", out=out, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def written(tmp_path):
    ten_patients()
    out = tmp_path / "tables"
    run(out)
    return out


def test_everything_is_there_and_every_link_leads_to_a_file(written):
    names = {path.name for path in written.iterdir()}
    assert {"index.html", "tables.docx", "files.csv", "01-characteristics.csv"} <= names
    overview = (written / "index.html").read_text(encoding="utf-8")
    linked = {part.split('"')[0] for part in overview.split('href="')[1:]}
    assert {link for link in linked if not link.startswith("#")} <= names
    # The page needs nothing beside it to be read.
    assert "<style>" in overview
    assert "<script" not in overview
    assert "src=" not in overview
    assert {path.suffix for path in written.iterdir()} == {".html", ".docx", ".csv", ".md", ".svg"}


def test_the_index_says_what_each_file_holds_and_why_there_is_none(written):
    with (written / "files.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    listed = {line["file"] for line in lines}
    there = {path.name for path in written.iterdir()} - {"index.html", "tables.docx", "files.csv"}
    without = [line for line in lines if line["note"]]
    assert listed == there
    assert {line["artefact"] for line in without} >= {"constraints", "dose-volume"}


def test_the_figures_are_those_of_the_patients(written):
    # Of the ten, five are women; six died, three of them women.
    text = (written / "01-characteristics.csv").read_text(encoding="utf-8-sig")
    assert "Sex / Female,5 (50.0 %),5" in text.splitlines()
    (name,) = [path for path in written.iterdir() if path.name.endswith("-univariate-os.csv")]
    lines = name.read_text(encoding="utf-8-sig").splitlines()
    (female,) = [line for line in lines if line.startswith("Sex / Female")]
    assert female.split(",")[1:3] == ["5", "3"]


def test_the_document_has_a_heading_for_each(written):
    document = Document(str(written / "tables.docx"))
    heads = [one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"]
    assert heads[0] == "Characteristics of the patients"
    assert "Multivariable analysis" in heads


def test_the_language_has_its_decimal_mark(tmp_path):
    ten_patients()
    run(tmp_path / "tables", language="de")
    text = (tmp_path / "tables" / "01-characteristics.csv").read_text(encoding="utf-8-sig")
    assert "5 (50,0 %)" in text


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    ten_patients()
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CommandError, match="--out: .* is there and not empty"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled_and_a_missing_parent_is_named(tmp_path):
    ten_patients()
    (tmp_path / "tables").mkdir()
    run(tmp_path / "tables")
    assert (tmp_path / "tables" / "index.html").exists()
    with pytest.raises(CommandError, match="--out: .*none is no folder"):
        run(tmp_path / "none" / "tables")


def test_when_a_file_cannot_be_written_nothing_is_left(tmp_path, monkeypatch):
    ten_patients()

    def full(source: str, target: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("analytics.tables.folder.os.rename", full)
    with pytest.raises(CommandError, match="--out: .* cannot be written: No space left on device"):
        run(tmp_path / "tables")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"language": "xx"}, "--language: there is no language 'xx'"),
        ({"data_cut": "May"}, "--data-cut: 'May' is not a day"),
        ({"where": ["sexes:in:male"]}, "--where: There is no covariate sexes"),
    ],
)
def test_a_wrong_argument_is_named(tmp_path, options, said):
    ten_patients()
    with pytest.raises(CommandError) as error:
        run(tmp_path / "tables", **options)
    assert said in str(error.value)
    assert list(tmp_path.iterdir()) == []
