"""A mapping that cannot be understood is refused by file, key and reason."""

import pytest

from registry.exchange.entities import entities
from registry.exchange.mapping import MappingError, is_like
from registry.exchange.mapping_reader import read_mapping
from tests.conftest import ROOT

MAPPINGS = sorted((ROOT / "registry" / "exchange" / "mappings").glob("*.toml"))

GOOD = """
title = "Example"
day_zero = 2000-01-01
[missing]
"n/a" = "unknown"
[sources.people]
file = "people.csv"
patient = "id"
[[rows]]
table = "patients"
from = "people"
fields.sex = "sex"
"""


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        path = tmp_path / "example.toml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_mapping(path)

    return read_text


def test_a_mapping_is_read_into_typed_data(read):
    mapping = read(GOOD)

    assert mapping.title == "Example"
    assert mapping.missing == {"n/a": "unknown"}
    (rule,) = mapping.rules
    assert (rule.table, rule.source, rule.fields["sex"][0].columns) == (
        "patients",
        "people",
        ("sex",),
    )


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_the_mappings_that_come_with_the_registry_are_understood(path):
    mapping = read_mapping(path)

    assert mapping.rules[0].table == "patients"
    assert {rule.table for rule in mapping.rules} <= set(entities())


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title =", "titel =", "example.toml: title: is missing"),
        ("day_zero = 2000-01-01", 'day_zero = "soon"', "day_zero: must be a date"),
        ("day_zero", "day_one", "day_one: unknown key; did you mean day_zero?"),
        ('"n/a" = "unknown"', '"n/a" = "lost"', "missing.n/a: “lost” is no reason"),
        ('patient = "id"', "", "sources.people.patient: is missing"),
        ('patient = "id"', 'patient = "id"\ntransform = "rot13"', "transform: there is no “rot13”"),
        ('table = "patients"', 'table = "people"', "rows[1].table: there is no “people”"),
        ('from = "people"', 'from = "peple"', "rows[1].from: there is no source “peple”"),
        ("fields.sex", "fields.gender", "fields.gender: patients has no such column"),
        ('fields.sex = "sex"', "fields.sex = 7", "fields.sex: must be a table"),
        ('fields.sex = "sex"', "fields.sex = {}", "say exactly one of column, value, days"),
        (
            'fields.sex = "sex"',
            'fields.sex = { column = "a", value = "b" }',
            "say exactly one of column",
        ),
        ('fields.sex = "sex"', 'fields.sex = { column = "a", code = {} }', "code: unknown key"),
        ('fields.sex = "sex"', 'fields.sex = { text = ["x"] }', "names exactly one column"),
        ('fields.sex = "sex"', 'fields.sex = { column = "a", of = "b" }', "there is no source “b”"),
        (
            'fields.sex = "sex"',
            'fields.sex = { column = "a", unit_in = "u" }',
            "factors: is missing",
        ),
        ('fields.sex = "sex"', 'only = { a = { larger = "3" } }', "only.a.larger: unknown key"),
        ('fields.sex = "sex"', "[combine.patients]\nsame = ['name']\nbecause = 'x'", "no column"),
        ('fields.sex = "sex"', "fields.sex = [", "example.toml: "),
    ],
)
def test_what_is_not_understood_is_refused(read, old, new, message):
    assert old in GOOD

    with pytest.raises(MappingError) as refusal:
        read(GOOD.replace(old, new))

    assert message in str(refusal.value)
    assert str(refusal.value).startswith("example.toml: ")


def test_days_need_a_day_zero(read):
    text = GOOD.replace("day_zero = 2000-01-01\n", "")

    with pytest.raises(MappingError, match="birth_date: counts days, but the mapping names no"):
        read(text.replace('fields.sex = "sex"', 'fields.birth_date = { days = "b" }'))


def test_a_file_that_is_not_there_or_not_text_is_refused(read, tmp_path):
    with pytest.raises(MappingError, match=r"absent\.toml"):
        read_mapping(tmp_path / "absent.toml")
    with pytest.raises(MappingError, match=r"example\.toml"):
        read(b"title = '\xff'")


@pytest.mark.parametrize(
    ("text", "pattern", "fits"),
    [
        ("admin.x", "admin.*", True),
        ("adminx", "admin.*", False),
        ("a.file [Sheet]", "a.file [Sheet]", True),
        ("a.file S", "a.file [Sheet]", False),
        ("my_burden", "*_burden", True),
        ("a-b-c", "a*c", True),
    ],
)
def test_only_the_star_is_special_in_a_pattern(text, pattern, fits):
    assert is_like(text, pattern) is fits
