"""``manage.py import_cases``: what it says, what it writes, how it ends."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Patient
from registry.scope import system_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "input").mkdir()
    return tmp_path / "input"


def run(folder, **options):
    out, err = StringIO(), StringIO()
    given = {"study": "cams", "centre": "A", "create_missing": True, **options}
    call_command("import_cases", folder, stdout=out, stderr=err, **given)
    return out.getvalue(), err.getvalue()


def patients():
    with system_scope():
        return sorted(Patient.objects.values_list("pseudonym", flat=True))


def test_it_tells_what_is_in_and_shows_progress(folder):
    (folder / "patients.csv").write_text("pseudonym,sex\nA-1,female\nA-2,male\n")

    out, err = run(folder)

    assert out.startswith("Written.\nPatients: 2 in, 0 refused\n")
    assert "patients.csv: read 2, ignored 0, refused 0, in 2" in out
    assert "enrolments: 2 new, 0 changed, 0 unchanged" in out
    assert "2 of 2 patients" in err
    assert patients() == ["A-1", "A-2"]


def test_a_refused_row_ends_in_an_error_after_the_report(folder):
    (folder / "patients.csv").write_text("pseudonym,sex\nA-1,female\nA-2,unclear\n")
    out = StringIO()

    with pytest.raises(CommandError, match="Nothing was written: rows were refused"):
        call_command(
            "import_cases",
            folder,
            study="cams",
            centre="A",
            create_missing=True,
            stdout=out,
            stderr=StringIO(),
        )

    assert "patients.csv, row 3, sex “unclear”: is not one of female, male, other" in out.getvalue()
    assert patients() == []


def test_keep_valid_ends_well_and_says_what_was_left_out(folder):
    (folder / "patients.csv").write_text("pseudonym,sex\nA-1,female\nA-2,unclear\n")

    out, _ = run(folder, keep_valid=True)

    assert out.startswith("Written without the patients that have refused rows.\n")
    assert patients() == ["A-1"]


def test_a_dry_run_says_so(folder):
    (folder / "patients.csv").write_text("pseudonym\nA-1\n")

    out, _ = run(folder, dry_run=True)

    assert out.startswith("Dry run: nothing was written.")
    assert patients() == []


def test_the_report_is_json_or_text_by_its_name(folder, tmp_path):
    (folder / "patients.csv").write_text("pseudonym,sex\nA-1,female\nA-2,unclear\n")

    run(folder, keep_valid=True, report=tmp_path / "report.json")
    run(folder, keep_valid=True, report=tmp_path / "report.txt")

    data = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert data["patients"] == {"in": 1, "refused": 1}
    assert data["files"]["patients.csv"]["refused_rows"] == [
        {
            "row": 3,
            "column": "sex",
            "value": "unclear",
            "reason": "is not one of female, male, other",
        }
    ]
    assert "row 3, sex “unclear”" in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_long_lists_are_cut_short_on_the_screen_and_whole_in_the_report(folder, tmp_path):
    rows = "".join(f"A-{n},unclear\n" for n in range(50))
    (folder / "patients.csv").write_text(f"pseudonym,sex\n{rows}")

    out, _ = run(folder, keep_valid=True, report=tmp_path / "report.txt")

    assert out.count("sex “unclear”") == 20
    assert "… and 30 more" in out
    assert (tmp_path / "report.txt").read_text(encoding="utf-8").count("sex “unclear”") == 50


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"create_missing": False}, "there is no study “cams”"),
        ({"study": "nowhere"}, "nowhere: is no protocol preset"),
        ({"mapping": "absent.toml"}, "absent.toml"),
        ({"report": "no/such/folder/report.txt"}, "There is no folder for the report"),
    ],
)
def test_what_cannot_begin_is_refused_in_words(folder, tmp_path, options, message):
    (folder / "patients.csv").write_text("pseudonym\nA-1\n")
    options = {
        key: tmp_path / value if key in {"mapping", "report"} else value
        for key, value in options.items()
    }

    with pytest.raises(CommandError, match=message):
        run(folder, **options)
    assert patients() == []


def test_a_broken_file_is_refused_in_words(folder):
    (folder / "patients.csv").write_bytes(b"pseudonym\nA-\xff\n")

    with pytest.raises(CommandError, match=r"Nothing was written: patients\.csv, row 2: not UTF-8"):
        run(folder)
