"""Outside tables become rows of the registry as the mapping says."""

from decimal import Decimal

import pytest

from registry import models as m
from registry.exchange.report import as_data
from registry.exchange.table import TableError
from registry.scope import system_scope
from tests.registry.exchange.examples import refused

HEAD = """
title = "Example"
day_zero = 2000-01-01
[missing]
"n/a" = "unknown"
"--" = "not_applicable"
[sources.people]
file = "people.csv"
patient = "id"
[[rows]]
table = "patients"
from = "people"
"""

PEOPLE = "id\nA-1\nA-2\n"


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


@pytest.fixture
def disease(run, write):
    """The disease made of one cell x (and more columns) by one way of saying size_cm or another."""

    def make(field, way, columns="x", cells=""):
        mapping = f'{HEAD}[[rows]]\ntable = "diseases"\nfrom = "people"\nfields.{field} = {way}\n'
        outcome = run(write(people=f"id,{columns}\nA-1,{cells}\n"), mapping=mapping)
        return outcome, m.Disease.objects.first()

    return make


# ---- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "way", "columns", "cells", "expected"),
    [
        ("histology", '"x"', "x", "sarcoma", "sarcoma"),
        ("histology", '{ value = "fixed" }', "x", "", "fixed"),
        ("histology", '{ text = ["a {x}", "b {y}"] }', "x,y", "1,2", "a 1; b 2"),
        ("histology", '{ text = ["a {x}", "b {y}"] }', "x,y", "1,", "a 1"),
        ("histology", '[{ column = "x" }, { column = "y" }]', "x,y", ",second", "second"),
        ("histology", '[{ column = "x" }, { column = "y" }]', "x,y", "n/a,second", "second"),
        ("morphology", '{ column = "x", transform = "uppercase" }', "x", "m8890", "M8890"),
        ("grade", '{ column = "x", codes = { High = "3", low = "1" } }', "x", "HIGH", "3"),
        ("multifocal", '"x"', "x", "no", False),
        ("size_cm", '{ column = "x", factor = 0.1 }', "x", "85", Decimal("8.5")),
        ("size_cm", '{ column = "x", factor = 0.1, decimals = 1 }', "x", "85.5", Decimal("8.6")),
        ("size_cm", '{ largest_of = ["x", "y", "z"] }', "x,y,z", "9.5,,10", Decimal(10)),
        (
            "laterality",
            '{ column = "x", transform = "side" }',
            "x",
            "left thigh",
            "left",
        ),
        ("site", '{ column = "x", transform = "without_side" }', "x", "left thigh", "thigh"),
        ("site", '{ column = "x", without = ["other"] }', "x", "Other", ""),
    ],
)
def test_a_field_is_said_in_many_ways(disease, field, way, columns, cells, expected):
    outcome, row = disease(field, way, columns, cells)

    assert refused(outcome) == []
    assert getattr(row, field) == expected


@pytest.mark.parametrize(
    ("columns", "cells", "day"),
    [
        ("x", "0", "2000-01-01"),
        ("x", "366", "2001-01-01"),
        ("x", "-1", "1999-12-31"),
        ("x", "59.0", "2000-02-29"),
        ("x,y", "-10,12", "2000-01-03"),
    ],
)
def test_days_count_from_day_zero(disease, columns, cells, day):
    way = '{ days = ["x", "y"] }' if "y" in columns else '{ days = "x" }'

    _, row = disease("diagnosed_on", way, columns, cells)

    assert str(row.diagnosed_on) == day


def test_days_of_which_one_part_is_absent_give_no_date(disease):
    _, row = disease("diagnosed_on", '{ days = ["x", "y"] }', "x,y", "5,")
    assert row.diagnosed_on is None

    _, row = disease("diagnosed_on", '{ days = ["x", "y"] }', "x,y", "5,n/a")
    assert row.missing == {"diagnosed_on": "unknown"}


@pytest.mark.parametrize(
    ("way", "cell", "reason"),
    [
        ('"x"', "--", "not_applicable"),
        ('"x"', "N/A", "unknown"),
        ('{ column = "x", codes = { high = "3" } }', "n/a", "unknown"),
        ('{ column = "x", codes = { high = "3", odd = "#not_done" } }', "odd", "not_done"),
        ('{ value = "#unknown" }', "", "unknown"),
        ('{ largest_of = ["x"] }', "--", "not_applicable"),
    ],
)
def test_words_for_missing_become_reasons(disease, way, cell, reason):
    field = "size_cm" if "largest" in way else "grade"

    outcome, row = disease(field, way, "x", cell)

    assert refused(outcome) == []
    assert row.missing == {field: reason}


DOSE = """{ column = "x", unit_in = "y", factors = { gy = 1, cgy = 0.01 },
  not_a_number = { mci = "unknown" }, without_unit = { gy = 200, cgy = 20000 } }"""


@pytest.mark.parametrize(
    ("cells", "dose", "missing"),
    [
        ("6000,cGy", Decimal(60), {}),
        ("66.6,gy", Decimal("66.6"), {}),
        ("21.6,", Decimal("21.6"), {}),
        ("200,", Decimal(200), {}),
        ("1440,", Decimal("14.4"), {}),
        ("52.45,mCi", None, {"dose_gy": "unknown"}),
    ],
)
def test_doses_come_in_gy_whatever_their_unit(run, write, cells, dose, missing):
    way = " ".join(DOSE.split())
    mapping = f'{HEAD}[[rows]]\ntable = "prior_radiotherapies"\nfrom = "people"\n'
    run(write(people=f"id,x,y\nA-1,{cells}\n"), mapping=f"{mapping}fields.dose_gy = {way}\n")

    row = m.PriorRadiotherapy.objects.get()
    assert (row.dose_gy, row.missing) == (dose, missing)


@pytest.mark.parametrize(
    ("field", "way", "cells", "value", "reason"),
    [
        (
            "grade",
            '{ column = "x", codes = { high = "3" } }',
            "G4,",
            "G4",
            "has no code in the map",
        ),
        ("size_cm", '{ column = "x", factor = 0.1 }', "big,", "big", "is not a number"),
        ("size_cm", '{ column = "x", factor = 0.1 }', "NaN,", "NaN", "is not a number"),
        ("diagnosed_on", '{ days = "x" }', "soon,", "soon", "is not a number"),
        ("diagnosed_on", '{ days = "x" }', "1.5,", "1.5", "is not a whole number of days"),
        ("diagnosed_on", '{ days = "x" }', "-99999,", "-99999", "is outside 1880"),
        ("size_cm", " ".join(DOSE.split()), "5,rad", "5", "is in “rad”, which the mapping"),
        ("size_cm", " ".join(DOSE.split()), "50000,", "50000", "has no unit, and the number"),
    ],
)
def test_a_cell_that_cannot_be_converted_is_refused(disease, field, way, cells, value, reason):
    outcome, row = disease(field, way, "x,y", cells)

    assert row is None
    (one,) = [one for one in refused(outcome) if one[2]]
    assert one[:4] == ("people.csv", 2, "x", value)
    assert reason in one[4]


# ---- tables --------------------------------------------------------------------------------------

TWO_SOURCES = """
title = "Example"
day_zero = 2000-01-01
[sources.people]
file = "people.csv"
patient = "id"
[sources.visits]
file = "visits.csv"
patient = "person"
[[rows]]
table = "patients"
from = "people"
[[rows]]
table = "deaths"
from = "people"
only = { vital = "dead" }
fields.died_on = { days = "death" }
[[rows]]
table = "deaths"
from = "visits"
only = { vital = "dead" }
fields.died_on = { days = "death" }
[[rows]]
table = "assessments"
from = "visits"
only = { vital = { not = ["dead"] } }
fields.assessed_on = { days = "seen" }
fields.kind = { value = "clinic" }
fields.comment = { column = "note", of = "people" }
[combine.deaths]
same = ["patient"]
latest = "died_on"
because = "the latest stated day counts"
"""


def test_of_facts_that_two_tables_repeat_the_latest_counts(run, write):
    people = "id,vital,death,note\nA-1,dead,100,\nA-2,alive,,\nA-3,dead,50,\n"
    visits = "person,vital,death,seen\nA-1,dead,90,\nA-2,dead,400,\nA-3,dead,50,\nA-2,alive,,30\n"

    outcome = run(write(people=people, visits=visits), mapping=TWO_SOURCES)

    died = m.Death.objects.values_list("patient__pseudonym", "died_on")
    assert {name: str(day) for name, day in died} == {
        "A-1": "2000-04-10",
        "A-2": "2001-02-04",
        "A-3": "2000-02-20",
    }
    files = as_data(outcome)["files"]
    assert (files["visits.csv"]["in"], files["visits.csv"]["ignored"]) == (2, 2)
    assert files["visits.csv"]["ignored_rows"][0] == {
        "row": 2,
        "reason": "the latest stated day counts (people.csv, row 2)",
    }
    assert as_data(outcome)["combined"] == [
        {"table": "deaths", "reason": "the latest stated day counts", "rows": 2}
    ]


def test_columns_of_another_table_are_joined_by_patient(run, write):
    people = "id,vital,death,note\nA-1,,,from Bern\nA-2,,,\n"
    visits = "person,vital,death,seen\na-1,,,10\nA-2,,,20\n"

    run(write(people=people, visits=visits.replace("a-1", "A-1")), mapping=TWO_SOURCES)

    said = m.Assessment.objects.values_list("patient__pseudonym", "comment")
    assert dict(said) == {"A-1": "from Bern", "A-2": ""}


def test_a_join_that_finds_several_rows_is_refused(run, write):
    people = "id,vital,death,note\nA-1,,,x\nA-1,,,y\n"

    outcome = run(
        write(people=people, visits="person,vital,death,seen\nA-1,,,10\n"), mapping=TWO_SOURCES
    )

    reasons = [one[4] for one in refused(outcome) if one[0] == "visits.csv"]
    assert reasons == ["people has 2 rows of this patient, not one"]


def test_rows_without_a_number_are_numbered_within_their_patient(run, write):
    people = "id,vital,death,note\nA-1,,,\nA-2,,,\n"
    visits = "person,vital,death,seen\nA-1,,,10\nA-2,,,20\nA-1,,,30\n"

    run(write(people=people, visits=visits), mapping=TWO_SOURCES)

    rows = m.Assessment.objects.values_list("patient__pseudonym", "number", "assessed_on")
    assert sorted((name, number, str(day)) for name, number, day in rows) == [
        ("A-1", 1, "2000-01-11"),
        ("A-1", 2, "2000-01-31"),
        ("A-2", 1, "2000-01-21"),
    ]


def test_a_row_of_an_unknown_patient_is_refused(run, write):
    folder = write(
        people="id,vital,death,note\nA-1,,,\n", visits="person,vital,death,seen\nB-9,,,1\n"
    )

    (one,) = [one for one in refused(run(folder, mapping=TWO_SOURCES)) if one[0] == "visits.csv"]

    assert one[1:4] == (2, "person", "B-9")
    assert "no patient “B-9” in the files or in the registry" in one[4]


LEFT_OUT = (
    HEAD.replace(
        'patient = "id"',
        'patient = "id"\n'
        'ignore = { "adm*" = "administration" }\n'
        'repeats = { alike_in = ["day", "dose"], because = "given twice" }\n'
        'skip = [{ when = { id = { unlike = "A-*" } }, because = "a note below the table" }]',
    )
    + '[[rows]]\ntable = "prior_radiotherapies"\nfrom = "people"\nfields.dose_gy = "dose"\n'
).replace("[sources.people]", '[unused_files]\n"old.csv" = "an earlier state"\n[sources.people]')


def test_what_is_left_out_is_counted_with_its_reason(run, write):
    people = (
        "id,day,dose,admin.x,admin.y,odd\n"
        "A-1,5,50,q,q,z\nA-2,5,50,q,,\nNOTE,,,,,\nA-1,5,50,q,,\nA-1,,,q,,\n"
    )

    outcome = run(
        write(people=people, old="a\n1\n2\n", new="b\n1\n"),
        mapping=LEFT_OUT,
        keep_valid=True,
    )

    data = as_data(outcome)
    assert data["files"]["people.csv"]["ignored_rows"] == [
        {"row": 4, "reason": "a note below the table"},
        {"row": 5, "reason": "given twice (row 2)"},
    ]
    assert data["unused"] == [
        {"file": "people.csv", "column": "admin.x", "filled": 4, "reason": "administration"},
        {"file": "people.csv", "column": "admin.y", "filled": 1, "reason": "administration"},
        {"file": "people.csv", "column": "odd", "filled": 1, "reason": ""},
        {"file": "new.csv", "column": "", "filled": 1, "reason": ""},
        {"file": "old.csv", "column": "", "filled": 2, "reason": "an earlier state"},
    ]


def test_rows_that_no_rule_reads_are_ignored_and_counted(run, write):
    mapping = HEAD.replace('from = "people"', 'from = "people"\nonly = { keep = "yes" }')

    outcome = run(write(people="id,keep\nA-1,yes\nA-2,no\n"), mapping=mapping)

    account = as_data(outcome)["files"]["people.csv"]
    assert (account["in"], account["ignored"], account["refused"]) == (1, 1, 0)
    assert account["ignored_rows"][0]["reason"] == "nothing in the row is asked for"


def test_a_file_or_column_that_the_mapping_reads_must_be_there(run, write):
    with pytest.raises(TableError, match=r"mapping.toml reads people\.csv, which is not there"):
        run(write(other="id\nA-1\n"), mapping=HEAD)

    with pytest.raises(TableError, match=r"people\.csv: mapping\.toml reads the column “id”"):
        run(write(people="name\nA-1\n"), mapping=HEAD)


def test_a_fault_in_a_column_that_nobody_reads_is_no_hindrance(run, write):
    outcome = run(write(people="id,noise\nA-1,x\x07\n"), mapping=HEAD)

    assert refused(outcome) == []
    assert m.Patient.objects.get().pseudonym == "A-1"
