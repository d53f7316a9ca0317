"""``manage.py load_ctcae``: what it loads and what it says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import CtcaeGrade
from tests.registry.terminology.workbooks import save, term_rows

pytestmark = pytest.mark.django_db


def run(path, release="5.0"):
    out = StringIO()
    call_command("load_ctcae", str(path), release=release, stdout=out)
    return out.getvalue().strip()


def loaded(release):
    grades = CtcaeGrade.objects.filter(term__release=release)
    return grades.exclude(official_text="").count()


@pytest.mark.parametrize(
    ("file", "release", "count"),
    [("CTCAE_v5.0_2017-11-27.xlsx", "5.0", 3185), ("ctcae-v6.0.xlsx", "6.0", 3235)],
)
def test_the_official_workbook_is_loaded_once_and_the_second_time_says_so(
    shared_data, file, release, count
):
    path = shared_data / "ctcae" / file
    first = run(path, release)
    assert first == f"CTCAE {release}: {count} grade texts added, 0 changed, 0 as before."
    assert loaded(release) == count
    second = run(path, release)
    assert second == f"CTCAE {release}: nothing changed, all {count} grade texts were there before."


def test_a_wrong_workbook_is_refused_and_nothing_is_loaded(tmp_path):
    rows = term_rows("5.0")
    rows[1][3] = ""
    path = save(tmp_path / "w.xlsx", {"CTCAE v5.0 Clean Copy": rows})
    with pytest.raises(CommandError, match=r"row 2, column D \(Grade 1\): the text of grade 1"):
        run(path)
    assert loaded("5.0") == 0


def test_the_release_must_be_one_that_is_shipped(tmp_path):
    with pytest.raises(CommandError, match=r"invalid choice: '4\.0'"):
        call_command("load_ctcae", str(tmp_path / "w.xlsx"), "--release", "4.0")
