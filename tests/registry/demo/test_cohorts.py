"""What holds for every cohort: same bytes again, only the calendar moves, facts fit together."""

import csv
import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from registry.demo.centres import CENTRES, PATIENTS
from registry.demo.cohorts import COHORTS, make_cohort, write_cohorts
from registry.terminology import ctcae
from registry.terminology.codes import codes
from tests.conftest import ROOT
from tests.registry.demo.conftest import TODAY
from tests.registry.demo.reading import day, read_cohort

STUDIES = ("miyakojima", "jinling", "cnao", "cams", "preop")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*.csv"))}


@pytest.fixture(scope="session")
def another_year(tmp_path_factory):
    folder = tmp_path_factory.mktemp("another-year")
    write_cohorts(folder, today=dt.date(2031, 8, 15))
    return folder


def test_the_five_studies_have_the_published_sizes(cohorts):
    sizes = {study: len(cohort.patients) for study, cohort in cohorts.items()}
    assert sizes == {"miyakojima": 28, "jinling": 37, "cnao": 54, "cams": 80, "preop": 60}
    assert set(COHORTS) == set(STUDIES)


@pytest.mark.slow
def test_another_process_on_another_day_of_the_week_writes_the_same_bytes(cohort_files, tmp_path):
    monday = TODAY - dt.timedelta(days=2)
    subprocess.run(
        [sys.executable, "manage.py", "make_cohorts", str(tmp_path), "--today", str(monday)],
        cwd=ROOT,
        # Another order of sets of words than in this process.
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        check=True,
        capture_output=True,
    )
    assert files_under(tmp_path) == files_under(cohort_files)


def test_another_seed_gives_other_patients(cohorts, tmp_path):
    for folder in make_cohort("cnao", today=TODAY, seed=12345):
        folder.write(tmp_path)
    other = read_cohort(tmp_path / "cnao")
    assert len(other.patients) == 54
    assert other["deaths"] != cohorts["cnao"]["deaths"]


def test_another_day_moves_every_date_by_the_same_number_of_days(cohort_files, another_year):
    old, new = files_under(cohort_files), files_under(another_year)
    assert old.keys() == new.keys()
    # Both weeks' Mondays: 9 March 2026 and 11 August 2031.
    expected = (dt.date(2031, 8, 11) - dt.date(2026, 3, 9)).days
    for name in old:
        before, after = old[name].decode(), new[name].decode()
        shifts = {
            (day(new_date) - day(old_date)).days
            for old_date, new_date in zip(DATE.findall(before), DATE.findall(after), strict=True)
        }
        assert shifts <= {expected}, name


def test_ages_are_the_same_whatever_the_day(cohorts, another_year):
    for study in STUDIES:
        other = read_cohort(another_year / study)
        assert ages(other) == ages(cohorts[study])


def ages(cohort) -> dict[str, int]:
    starts = cohort.first_course()
    found = {}
    for row in cohort["patients"]:
        born, on = day(row["birth_date"]), day(starts[row["pseudonym"]]["started_on"])
        found[row["pseudonym"]] = (
            on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        )
    return found


def test_patients_belong_to_two_to_five_centres_with_pseudonyms_that_say_so(cohort_files):
    known = {centre.code for centre in CENTRES}
    for study in STUDIES:
        folders = {folder.name for folder in (cohort_files / study).iterdir()}
        assert folders == set(PATIENTS[study])
        assert folders <= known
        assert 2 <= len(folders) <= 5
        for centre in folders:
            with (cohort_files / study / centre / "patients.csv").open(encoding="utf-8") as file:
                names = [row["pseudonym"] for row in csv.DictReader(file)]
            pattern = rf"{study[:3].upper()}-{centre}-\d{{3}}"
            assert all(re.fullmatch(pattern, name) for name in names)
            assert len(names) == PATIENTS[study][centre]


def test_nobody_has_a_name_that_could_be_real(cohorts):
    records = []
    for cohort in cohorts.values():
        for row in cohort["identities"]:
            assert row["family_name"] == "Synthetic"
            assert re.fullmatch(r"Person \d{3}", row["given_names"])
            records.append(row["record_number"])
    assert len(records) == len(set(records)) == 259
    assert all(re.fullmatch(r"SYN-[A-E]-\d{4}", record) for record in records)


def test_toxicities_are_terms_of_the_studys_release_with_grades_that_exist(cohorts):
    releases = ("3.0", "4.03", "4.03", "3.0", "5.0")
    for study, release in zip(STUDIES, releases, strict=True):
        for row in cohorts[study]["toxicity_events"]:
            assert row["release"] == release
            term = ctcae.find(release, row["term"])
            assert term is not None
            assert term.term == row["term"]
            assert int(row["grade"]) in term.grades


def test_codes_are_of_the_registrys_lists(cohorts):
    sites = {row.code for row in codes("region_site")}
    morphologies = {row.code for row in codes("icdo3_morphology")}
    structures = {row.code for row in codes("tg263")}
    for cohort in cohorts.values():
        for table in ("diseases", "lesions", "progressions", "prior_radiotherapies"):
            assert {row["site"] for row in cohort[table]} <= sites
        assert {row["morphology"] for row in cohort["diseases"]} <= morphologies
        assert {row["structure"] for row in cohort["dose_metrics"]} <= structures


def test_nothing_lies_in_the_future_or_after_death(cohorts):
    for cohort in cohorts.values():
        deaths = cohort.deaths()
        for table, column in (
            ("assessments", "assessed_on"), ("progressions", "occurred_on"),
            ("courses", "ended_on"), ("surgeries", "performed_on"),
            ("toxicity_events", "onset_on"), ("losses", "declared_on"),
        ):  # fmt: skip
            for row in cohort[table]:
                on = day(row[column])
                assert on <= TODAY
                assert on <= deaths.get(row["patient"], on)


def test_everybody_consents_before_the_treatment(cohorts):
    for cohort in cohorts.values():
        first = {p: day(row["started_on"]) for p, row in cohort.first_course().items()}
        for row in cohort["surgeries"]:
            if day(row["performed_on"]) < first[row["patient"]] and len(cohort.patients) == 80:
                first[row["patient"]] = day(row["performed_on"])
        for row in cohort["enrolments"]:
            assert day(row["consent_on"]) < first[row["patient"]]


def test_fractions_are_given_on_working_days(cohorts):
    for study in ("miyakojima", "cnao", "cams", "preop"):
        for row in cohorts[study]["courses"]:
            assert day(row["started_on"]).weekday() < 5
            assert day(row["ended_on"]).weekday() < 5


def test_the_last_contact_comes_shortly_before_death(cohorts):
    for cohort in cohorts.values():
        seen = cohort.last_contact()
        for patient, died in cohort.deaths().items():
            assert 3 <= (died - seen[patient]).days <= 24


def test_lesions_grow_by_a_fifth_and_five_millimetres_when_they_fail_and_not_before(cohorts):
    checked = 0
    for study in ("miyakojima", "jinling", "cnao"):
        cohort = cohorts[study]
        failed = {
            (row["patient"], row["lesion"]): day(row["occurred_on"])
            for row in cohort["progressions"]
            if row["kind"] == "local"
        }
        baseline = {
            (row["patient"], row["number"]): float(row["longest_diameter_cm"])
            for row in cohort["lesions"]
        }
        on = {
            (row["patient"], row["number"]): day(row["assessed_on"])
            for row in cohort["assessments"]
        }
        smallest = dict(baseline)
        for row in sorted(
            cohort["lesion_assessments"], key=lambda row: on[row["patient"], row["assessment"]]
        ):
            lesion = row["patient"], row["lesion"]
            size = float(row["longest_diameter_cm"])
            grown = size >= 1.2 * smallest[lesion] - 1e-9 and size - smallest[lesion] >= 0.5 - 1e-9
            assert (row["response"] == "pd") is grown
            if grown:
                assert lesion in failed
                assert on[row["patient"], row["assessment"]] >= failed[lesion]
            elif row["response"] == "pr":
                assert size <= 0.7 * baseline[lesion] + 1e-9
            if on[row["patient"], row["assessment"]] == failed.get(lesion):
                assert grown
                checked += 1
            smallest[lesion] = min(size, smallest[lesion])
        assert checked
    assert checked == sum(
        row["kind"] == "local"
        for study in ("miyakojima", "jinling", "cnao")
        for row in cohorts[study]["progressions"]
    )


def test_progressions_are_found_at_a_visit_with_imaging(cohorts):
    for cohort in cohorts.values():
        imaged = {(row["patient"], row["assessment"]) for row in cohort["imaging_studies"]}
        visits = {
            (row["patient"], row["assessed_on"])
            for row in cohort["assessments"]
            if (row["patient"], row["number"]) in imaged
        }
        for row in cohort["progressions"]:
            assert (row["patient"], row["occurred_on"]) in visits
