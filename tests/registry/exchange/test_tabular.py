"""CSV files come out as text; what cannot be read is named by file, row and column."""

import pytest

from registry.exchange.table import MAX_CELL_CHARACTERS, TableError
from registry.exchange.tabular import read_tables


@pytest.fixture
def table(tmp_path):
    """The table that a file of these bytes is read as."""

    def read(content, name="courses.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        (found,) = read_tables([path])
        return found

    return read


def cells(table):
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x y\n",
        "\ufeffa,b\r\n1,x y\r\n",
        "a;b\n1;x y\n",
        "a\tb\r\n1\tx y",
        " a , b \n\n 1 , x y \n\n,\n",
        '"a","b"\n"1","x y"\n',
        "a,b\n1,\u00a0x y\u00a0\n",
        "\ufeffa,b\n1,x y\n".encode("utf-16"),
    ],
    ids=["plain", "BOM and CRLF", "semicolon", "tab", "blanks", "quoted", "no-break", "UTF-16"],
)
def test_one_table_is_read_alike_from_all_usual_forms(table, content):
    assert cells(table(content)) == [{"a": "1", "b": "x y"}]


def test_rows_bear_the_line_on_which_they_begin(table):
    found = table('a,b\n\n1,"two\nlines"\n2,x\n')

    assert [row.line for row in found.rows] == [3, 5]
    assert found.rows[0].cells["b"] == "two\nlines"


def test_nothing_is_taken_for_a_number_or_a_date(table):
    row = {"a": "007", "b": "1e5", "c": "2021-03", "d": "NA", "e": "=1+1"}

    assert cells(table(f"{','.join(row)}\n{','.join(row.values())}\n")) == [row]


def test_a_file_with_semicolons_writes_decimal_commas(table):
    assert table("a;b\n1;2\n").decimal_comma
    assert not table("a,b\n1,2\n").decimal_comma


def test_a_short_row_has_nothing_in_the_last_columns(table):
    assert cells(table("a,b,c\n1\n")) == [{"a": "1"}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "courses.csv: the file is empty"),
        ("\n\n", "courses.csv: the file is empty"),
        ("a,A\n1,2\n", "courses.csv, row 1: two columns are called “A”"),
        ('a,b\n1,2\n3,"four\n5,6\n', "row 3: a quotation mark opens here and is never closed"),
        ('a,b\n1,"x"y\n', "row 2: a quotation mark inside a cell is not doubled"),
        (b"a,b\n1,caf\xe9\n", "courses.csv, row 2: not UTF-8 text"),
        (b"a,b\n1,\x00\n", "courses.csv, row 2: holds a zero byte"),
        ("a,b\n1," + "x" * 200_000, "courses.csv, row 2: a cell has more than 131072 characters"),
        (",".join(f"c{n}" for n in range(2001)), "2001 columns are more than 2000"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(table, content, message):
    with pytest.raises(TableError) as refusal:
        table(content)

    assert message in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "column", "reason"),
    [
        ("a,b\n1,2,3\n", "column 3", "there is no column name above it"),
        ("a,,c\n1,2,3\n", "column 2", "there is no column name above it"),
        ("a,b\n1,x\x07y\n", "b", "holds a control character"),
        ("a,b\n1,x\x85y\n", "b", "holds a control character"),
        (
            f"a,b\n1,{'x' * 100_000}\n",
            "b",
            f"has 100000 characters, more than {MAX_CELL_CHARACTERS}",
        ),
    ],
)
def test_a_cell_that_cannot_be_taken_is_a_fault_of_its_row(table, content, column, reason):
    (row,) = table(content).rows

    assert [(fault.column, fault.reason) for fault in row.faults] == [(column, reason)]


def test_a_folder_gives_its_tables_and_leaves_other_files_alone(tmp_path):
    for name in ("b.csv", "a.CSV", "SOURCE.md", ".hidden.csv", "~$a.xlsx"):
        (tmp_path / name).write_text("x\n1\n")

    assert [table.file for table in read_tables([tmp_path])] == ["a.CSV", "b.csv"]


def test_paths_that_lead_nowhere_are_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.csv").write_text("x\n1\n")

    for paths, message in (
        ([tmp_path / "no.csv"], "there is no such file or folder"),
        ([tmp_path / "notes.txt"], "not a .csv file, a .xlsx workbook or a folder"),
        ([tmp_path / "empty"], "the folder holds no .csv and no .xlsx file"),
        ([tmp_path / "a.csv", tmp_path / "a.csv"], "a.csv: given twice"),
    ):
        with pytest.raises(TableError, match=message):
            read_tables(paths)
