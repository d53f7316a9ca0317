"""The archive of a snapshot: complete, the same for the same facts, and checked by R."""

import csv
import hashlib
import io
import json
import math
import shutil
import subprocess
import zipfile

import pytest

from analytics.cohort import columns
from analytics.cohort.column_words import BY_FILE, MEANINGS
from analytics.extract import COLUMNS
from analytics.snapshots.bundle import make_bundle
from registry.protocols.presets import preset_text
from tests.analytics.artefacts.survival_cohort import followed, lesions_of_r, patients_of_r
from tests.analytics.cohorts import make_cohort

pytestmark = pytest.mark.django_db


def bundle_of(cohort):
    return make_bundle(cohort, protocol_source=preset_text("jinling"), code_version="1.2.3")


def files_of(bundle):
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def lines(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture(scope="module")
def of_lesions(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return bundle_of(lesions_of_r())


def test_two_runs_over_the_same_facts_are_equal_byte_for_byte(of_lesions):
    again = bundle_of(lesions_of_r())
    assert again.content == of_lesions.content
    assert again.sha256 == hashlib.sha256(of_lesions.content).hexdigest()


def test_the_digest_of_the_rows_follows_the_rows_and_nothing_else(of_lesions):
    text = preset_text("jinling")
    newer = make_bundle(lesions_of_r(), protocol_source=text, code_version="2.0")
    assert newer.sha256 != of_lesions.sha256
    assert newer.rows_sha256 == of_lesions.rows_sha256
    cohort = lesions_of_r()
    cohort.patients.loc[0, "sex"] = "male"
    assert bundle_of(cohort).rows_sha256 != of_lesions.rows_sha256


def test_the_sums_are_those_of_every_other_file(of_lesions):
    files = files_of(of_lesions)
    told = files.pop("SHA256SUMS").decode().splitlines()
    sums = dict(reversed(line.split("  ")) for line in told)
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def test_it_says_what_it_is_and_how_its_endpoints_are_defined(of_lesions):
    files = files_of(of_lesions)
    assert b"Version of the registry: 1.2.3" in files["README.txt"]
    assert files["protocol.toml"].decode() == preset_text("jinling")
    local = json.loads(files["endpoints.json"])[0]
    assert (local["code"], local["unit"]) == ("LC", "lesion")
    assert "local_progression" in local["events"]
    results = json.loads(files["results.json"])
    named = [part["svg"] for one in results for part in one["parts"] if "svg" in part]
    assert "figures/curves-lc.svg" in named
    assert set(named) <= files.keys()


def test_every_table_and_figure_of_the_study_is_frozen(of_lesions):
    results = json.loads(files_of(of_lesions)["results.json"])
    titles = [one["title"] for one in results]
    assert len({one["key"] for one in results}) == len(results)
    for title in ("Characteristics of the patients", "Multivariable analysis", "Log-rank tests"):
        assert any(found.startswith(title) for found in titles), title


def test_every_column_of_every_file_has_a_meaning(of_lesions):
    frames = (
        COLUMNS,
        columns.PATIENTS,
        columns.LESIONS,
        columns.COURSES,
        columns.TARGETS,
        columns.DOSE_METRICS,
        columns.TOXICITIES,
        columns.PROGRESSIONS,
        columns.LOSSES,
        columns.SCREENINGS,
    )
    there = {name for frame in frames for name in frame}
    assert there <= set(MEANINGS)
    assert {column for _file, column in BY_FILE} <= there

    files = files_of(of_lesions)
    told = {(row["file"], row["column"]) for row in lines(files["data_dictionary.csv"])}
    for name in ("adtte.csv", "patients.csv", "lesions.csv", "toxicities.csv"):
        head = next(csv.reader(io.StringIO(files[name].decode())))
        assert {(name, column) for column in head} <= told


def test_a_number_of_a_file_is_at_full_precision():
    cohort = patients_of_r()
    cohort.patients.loc[0, "size_cm"] = 0.1 + 0.2
    (first, *_others) = lines(files_of(bundle_of(cohort))["patients.csv"])
    assert float(first["size_cm"]) == 0.1 + 0.2


def test_the_censoring_audit_has_a_line_for_every_row_of_an_endpoint(of_lesions):
    files = files_of(of_lesions)
    audit = lines(files["censoring_audit/lc.csv"])
    rows = [row for row in lines(files["adtte.csv"]) if row["PARAMCD"] == "LC"]
    named = ("USUBJID", "LESID", "AVAL", "CNSR")
    assert {tuple(row[name] for name in named) for row in audit} == {
        tuple(row[name] for name in named) for row in rows
    }
    assert audit[0]["WHY"]


@pytest.mark.parametrize(
    "cohort",
    [make_cohort(), followed([30], [0]), followed([10, 20], [0, 0])],
    ids=["nobody", "one patient", "no events"],
)
def test_tiny_studies_have_a_bundle_too(cohort):
    files = files_of(bundle_of(cohort))
    assert len(lines(files["patients.csv"])) == len(cohort.patients)
    assert {row["value"] for row in lines(files["results.csv"]) if row["what"] == "events"} <= {"0"}


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")
@pytest.mark.parametrize(
    ("cohort", "least"),
    [(lesions_of_r(), 20), (patients_of_r(), 20), (make_cohort(), 0)],
    ids=["lesions", "patients", "nobody"],
)
def test_the_r_script_makes_every_number_of_the_results_again(cohort, least, tmp_path):
    for name, content in files_of(bundle_of(cohort)).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    run = subprocess.run(["Rscript", "analysis.R"], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr

    ours = figures(tmp_path / "results.csv")
    theirs = figures(tmp_path / "results_r.csv") if least else {}
    assert len(ours) >= least
    assert ours.keys() == theirs.keys()
    for key, value in ours.items():
        assert value == pytest.approx(theirs[key], rel=1e-9, abs=1e-12, nan_ok=True), key


def figures(file):
    with file.open(newline="") as opened:
        return {
            (row["what"], row["group"], row["at"].replace("NA", "")): (
                math.nan if row["value"] in ("", "NA") else float(row["value"])
            )
            for row in csv.DictReader(opened)
        }
