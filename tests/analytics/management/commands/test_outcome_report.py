"""``manage.py outcome_report``: files of a study, and options that cannot be used."""

import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from analytics.models import Snapshot
from registry.models import Study
from registry.scope import system_scope
from tests.factories import ProtocolVersionFactory, StudyFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return ProtocolVersionFactory.create().study


def run(study: Study | str, folder: Path, **options: object) -> str:
    out = StringIO()
    key = study if isinstance(study, str) else study.key
    call_command("outcome_report", study=key, out=folder, stdout=out, **options)
    return out.getvalue()


def test_a_study_without_patients_gives_a_report(study: Study, tmp_path: Path) -> None:
    said = run(study, tmp_path, format="html,docx", data_cut="2026-01-31", known="now")

    stem = f"{study.key}-report-2026-01-31"
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{stem}.docx", f"{stem}.html"]
    assert said.splitlines() == [str(tmp_path / f"{stem}.{end}") for end in ("html", "docx")]
    assert "There are no patients" in (tmp_path / f"{stem}.html").read_text(encoding="utf-8")


def test_only_the_blocks_asked_for_are_in_the_file(study: Study, tmp_path: Path) -> None:
    run(study, tmp_path, format="html", blocks="methods, limitations")

    html = (tmp_path / f"{study.key}-report.html").read_text(encoding="utf-8")
    assert '<section id="methods"' in html
    assert '<section id="flow"' not in html


def test_a_report_may_be_german(study: Study, tmp_path: Path) -> None:
    run(study, tmp_path, format="html", blocks="methods", language="de")

    html = (tmp_path / f"{study.key}-report.html").read_text(encoding="utf-8")
    assert '<html lang="de">' in html
    assert "Ergebnisbericht" in html
    assert "Kaplan-Meier-Schätzer" in html


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"format": "pdf,exe"}, "choose of pdf, html, docx"),
        ({"format": ""}, "choose of pdf, html, docx"),
        ({"blocks": "poem"}, "no such block: poem; there are accrual"),
        ({"data_cut": "soon"}, "'soon' is no day"),
        ({"language": "xx-klingon"}, "is not known; there are en, de"),
        ({"language": "fr"}, "is not known; there are en, de"),
        ({"goal": ["XX@24>=85"]}, "goal XX@24>=85: protocol"),
    ],
)
def test_an_option_that_cannot_be_used_is_named_and_nothing_is_written(
    study: Study, tmp_path: Path, options: dict[str, object], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        run(study, tmp_path, **options)

    assert list(tmp_path.iterdir()) == []


def test_an_unknown_study_is_answered_with_those_there_are(study: Study, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"there is no study 'nothing'; there are: {study.key}"):
        run("nothing", tmp_path)


def test_a_study_without_a_protocol_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="has no protocol yet"):
        run(StudyFactory.create(), tmp_path)


def test_what_was_not_on_file_then_is_not_reported_as_if_it_had_been(
    study: Study, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="was on file on 2026-01-31; --known now takes"):
        run(study, tmp_path, data_cut="2026-01-31")

    assert list(tmp_path.iterdir()) == []


def test_the_bundle_is_the_archive_of_a_snapshot_and_none_is_kept(
    study: Study, tmp_path: Path
) -> None:
    run(study, tmp_path, format="bundle", data_cut="2026-01-31", known="now")

    (path,) = tmp_path.iterdir()
    assert path.name == f"{study.key}-report-2026-01-31.zip"
    with zipfile.ZipFile(path) as archive:
        assert {"adtte.csv", "analysis.R", "results.json", "SHA256SUMS"} <= set(archive.namelist())
    with system_scope():
        assert not Snapshot.objects.exists()
