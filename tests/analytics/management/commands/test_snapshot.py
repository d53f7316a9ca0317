"""``manage.py snapshot``: freezes, writes the archive, and says what cannot be done."""

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Snapshot
from registry.scope import system_scope
from tests.analytics.extract.cohort import follow, study_of
from tests.factories import StudyFactory

pytestmark = pytest.mark.django_db


def test_it_freezes_a_study_and_writes_the_archive(tmp_path, capsys):
    follow(study_of("jinling"), "P-1", 400, died=True)
    out = tmp_path / "frozen.zip"
    call_command("snapshot", study="jinling", out=str(out), note="monthly")
    with system_scope():
        made = Snapshot.objects.get()
    assert (made.number, made.note, made.made_by) == (1, "monthly", None)
    assert out.read_bytes() == made.bundle
    assert f"SHA-256 {made.bundle_sha256}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"study": "nothing"}, "there are: empty, jinling"),
        ({"study": "empty"}, "The study has no protocol yet"),
        ({"study": "jinling", "data_cut": "soon"}, "write YYYY-MM-DD"),
        ({"study": "jinling", "data_cut": "2999-01-01"}, "in the future"),
        ({"study": "jinling", "data_cut": "2001-01-01"}, "Nothing of this study was on file then"),
        ({"study": "jinling", "out": "/"}, "there already"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(options, message):
    study_of("jinling")
    StudyFactory.create(key="empty")
    with pytest.raises(CommandError, match=message):
        call_command("snapshot", **options)
    with system_scope():
        assert not Snapshot.objects.exists()
