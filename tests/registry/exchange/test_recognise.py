"""Tables and columns are recognised by their names; a mapping fits files of other names."""

import pytest

from registry.exchange.entities import entities
from registry.exchange.mapping_reader import mapping_of
from registry.exchange.mapping_writer import TableChoice, mapping_text
from registry.exchange.recognise import columns_for, fitted, folded, is_native, table_for
from registry.exchange.table import Table


def table(name: str, *columns: str, file: str = "") -> Table:
    return Table(name, file or f"{name}.csv", columns)


@pytest.mark.parametrize(
    "name", ["birth_date", "Birth date", "BIRTH DATE", "birth-date ", "ＢirthDate"]
)
def test_spellings_of_one_name_are_alike(name):
    assert folded(name) == "birthdate"


def test_columns_are_recognised_by_field_name_and_by_label():
    found = columns_for(
        ["Patient ID", "First fraction on", "ENDED ON", "shoe size"], entities()["courses"]
    )

    assert found == {
        "Patient ID": "patient",
        "First fraction on": "started_on",
        "ENDED ON": "ended_on",
        "shoe size": "",
    }


def test_a_field_is_proposed_for_one_column_only():
    found = columns_for(["sex", "Sex "], entities()["patients"])

    assert sorted(found.values()) == ["", "sex"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (table("Patients", "x"), "patients"),
        (table("toxicity events", "x"), "toxicity_events"),
        (table("sheet 1", "patient", "dose_gy", "fraction_count", "fractions_per_week"), "phases"),
        (table("sheet 1", "a", "b"), ""),
    ],
)
def test_a_table_is_recognised_by_its_name_or_its_columns(found, expected):
    assert table_for(found) == expected


def test_only_tables_with_nothing_else_in_them_are_native():
    sound = table("patients", "pseudonym", "", "sex")

    assert is_native([sound, table("explanation", "anything")])
    assert not is_native([sound, table("patients", "pseudonym", "shoe size")])
    assert not is_native([sound, table("people", "pseudonym")])


CHOICE = TableChoice(
    'a "b" ü\\.csv',
    "patients",
    ("id", "the sex", "[x]"),
    {"id": "pseudonym", "the sex": "sex", "[x]": ""},
)


def test_a_choice_by_hand_is_a_mapping_like_any_other():
    left = TableChoice("notes*.csv", "", (), {})
    text = mapping_text("Mine \x7f", [CHOICE, left], not_read="not chosen")

    mapping = mapping_of(text, name="x")

    assert mapping.title == "Mine \x7f"
    (source,) = mapping.sources.values()
    assert (source.file, source.patient, source.ignore) == (
        'a "b" ü\\.csv',
        "id",
        {"[x]": "not chosen"},
    )
    (rule,) = mapping.rules
    assert {name: ways[0].parts for name, ways in rule.fields.items()} == {"sex": ("the sex",)}
    assert mapping.unused_files == {"notes*.csv": "not chosen"}


def test_a_mapping_reads_the_one_other_file_that_has_its_columns():
    mapping = mapping_of(mapping_text("x", [CHOICE], not_read="no"), name="x")

    same = fitted(mapping, [table("may", "id", "the sex"), table("other", "id")])
    assert [source.file for source in same.sources.values()] == ["may.csv"]

    # Two that fit: which of them is meant is not guessed.
    unclear = fitted(mapping, [table("may", "id", "the sex"), table("june", "id", "the sex")])
    assert [source.file for source in unclear.sources.values()] == [CHOICE.file]
