"""The two public cohorts come in whole, every row accounted for (docs/mappings)."""

import csv
from collections import Counter
from decimal import Decimal

import pytest
from django.db import transaction

from registry import models as m
from registry.exchange.importer import Job, run_import
from registry.exchange.mapping_reader import read_mapping
from registry.exchange.report import as_data
from registry.models import AuditEvent
from registry.scope import system_scope
from tests.conftest import ROOT

pytestmark = pytest.mark.django_db

MAPPINGS = ROOT / "registry" / "exchange" / "mappings"


def imported(folder, name, centre):
    job = Job(
        paths=[folder],
        study=name,
        centre=centre,
        mapping=read_mapping(MAPPINGS / f"{name}.toml"),
        create_missing=True,
    )
    return as_data(run_import(job, by=None))


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker):
    """One transaction for all tests of this file, taken back at the end: imports take a while."""
    with django_db_blocker.unblock(), transaction.atomic(), system_scope():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def tcga(database, shared_data):
    return imported(shared_data / "tcga_sarc", "tcga_sarc", "TCGA")


@pytest.fixture(scope="module")
def mcgill(database, shared_data):
    return imported(shared_data / "sts_mcgill", "sts_mcgill", "MCGILL")


def of(model, study):
    """Rows of a table that belong to the patients of a study."""
    path = model.patient_path
    return model.objects.filter(**{f"{path}__enrolments__study__key": study})


def source(shared_data, name):
    path = shared_data / "tcga_sarc" / f"SARC_{name}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# ---- TCGA ----------------------------------------------------------------------------------------


@pytest.mark.services
def test_every_row_of_tcga_is_in_or_ignored_with_a_reason(tcga):
    assert tcga["written"]
    assert tcga["patients"] == {"in": 261, "refused": 0}
    accounts = {
        name.removeprefix("SARC_").removesuffix(".csv"): tuple(
            account[part] for part in ("read", "ignored", "refused", "in")
        )
        for name, account in tcga["files"].items()
    }
    assert accounts == {
        "patients": (261, 0, 0, 261),
        "radiations": (99, 2, 0, 97),
        "follow_ups": (327, 29, 0, 298),
        "new_tumor_events": (162, 7, 0, 155),
        "follow_up_new_tumor_events": (170, 51, 0, 119),
        "drugs": (208, 0, 0, 208),
    }
    for read, ignored, refused, taken in accounts.values():
        assert taken == read - ignored - refused


def test_no_column_and_no_file_of_tcga_is_left_unmentioned(tcga):
    assert [one for one in tcga["unused"] if not one["reason"]] == []


def test_the_courses_of_tcga_come_with_their_dose_in_gy(tcga, shared_data):
    ignored = tcga["files"]["SARC_radiations.csv"]["ignored_rows"]
    assert [one["row"] for one in ignored] == [79, 83]

    # By hand, per row of the file: cGy / 100; Gy as it is; 21.6 without a unit is Gy.
    expected: Counter[Decimal | None] = Counter()
    for line, row in enumerate(source(shared_data, "radiations"), start=2):
        if line in {79, 83}:
            continue
        stated, unit = row["radiation_dosage"], row["units"]
        if not stated or unit == "mci":
            expected[None] += 1
        else:
            expected[Decimal(stated) / (100 if unit == "cgy" else 1)] += 1
    assert Counter(of(m.Phase, "tcga_sarc").values_list("dose_gy", flat=True)) == expected
    assert of(m.Phase, "tcga_sarc").filter(dose_gy__isnull=True).count() == 12
    assert {
        phase.reason_missing("dose_gy")
        for phase in of(m.Phase, "tcga_sarc").filter(dose_gy__isnull=True)
    } == {"unknown"}


def test_the_source_in_mci_is_a_course_without_a_dose(tcga):
    course = of(m.Course, "tcga_sarc").get(patient__pseudonym="TCGA-3B-A9HS", number=2)

    assert (course.technique, course.reason_missing("radiation_type")) == ("internal", "unknown")
    assert "dose as stated: 52.45; unit as stated: mci" in course.comment
    assert course.phases.get().dose_gy is None


def test_death_and_last_contact_of_tcga_are_the_latest_of_both_tables(tcga, shared_data):
    rows = source(shared_data, "patients") + source(shared_data, "follow_ups")
    dead = {row["bcr_patient_barcode"].upper() for row in rows if row["vital_status"] == "dead"}
    assert of(m.Death, "tcga_sarc").count() == len(dead) == 99
    assert set(of(m.Death, "tcga_sarc").values_list("patient__pseudonym", flat=True)) == dead

    # Alive in the patient table (last contact on day 13), dead on day 2694 by a follow-up.
    by_patient = {row["bcr_patient_barcode"]: row for row in source(shared_data, "patients")}
    late = next(row for row in source(shared_data, "follow_ups") if row["days_to_death"] == "2694")
    assert by_patient[late["bcr_patient_barcode"]]["vital_status"] == "alive"
    death = of(m.Death, "tcga_sarc").get(patient__pseudonym=late["bcr_patient_barcode"].upper())
    assert str(death.died_on) == "2007-05-18"


def test_tumour_events_of_both_tables_are_one_list_without_repeats(tcga, shared_data):
    kinds = {"distant metastasis": "distant", "locoregional recurrence": "local"}
    kinds["locoregional disease"] = "local"
    facts = set()
    for name in ("new_tumor_events", "follow_up_new_tumor_events"):
        for row in source(shared_data, name):
            kind = row["new_neoplasm_event_type"]
            if kind != "new primary tumor":
                site = row["new_neoplasm_event_occurrence_anatomic_site"]
                if site in {"", "other, specify"}:
                    site = row["new_neoplasm_occurrence_anatomic_site_text"]
                day = row["days_to_new_tumor_event_after_initial_treatment"]
                facts.add((row["bcr_patient_barcode"], day, kinds.get(kind, "unspecified"), site))

    assert of(m.Progression, "tcga_sarc").count() == len(facts)
    assert Counter(of(m.Progression, "tcga_sarc").values_list("kind", flat=True)) == Counter(
        kind for _, _, kind, _ in facts
    )


def test_the_trail_of_tcga_has_one_event_per_row_and_says_whence(tcga):
    made = sum(table["created"] for table in tcga["tables"].values())

    events = AuditEvent.objects.filter(table__in=[x._meta.db_table for x in m.CLINICAL_MODELS])
    said = Counter(events.values_list("operation", "reason", "origin"))
    assert said["I", "import of tcga_sarc", "import_cases tcga_sarc"] == made


def test_a_second_import_changes_nothing(tcga, shared_data):
    before = AuditEvent.objects.count()

    again = imported(shared_data / "tcga_sarc", "tcga_sarc", "TCGA")

    assert AuditEvent.objects.count() == before
    assert {(table["created"], table["changed"]) for table in again["tables"].values()} == {(0, 0)}


# ---- McGill --------------------------------------------------------------------------------------


def test_every_row_of_mcgill_is_in_and_the_notes_are_ignored(mcgill):
    assert mcgill["patients"] == {"in": 51, "refused": 0}
    (account,) = mcgill["files"].values()
    assert (account["read"], account["ignored"], account["refused"], account["in"]) == (
        59,
        8,
        0,
        51,
    )
    assert {row["reason"] for row in account["ignored_rows"]} == {"notes below the table"}
    assert [one for one in mcgill["unused"] if not one["reason"]] == []


def test_the_year_of_birth_of_mcgill_follows_from_the_age(mcgill):
    patient = m.Patient.objects.get(pseudonym="STS_001")

    # 59 completed years on 31 December 2000.
    assert str(patient.birth_date) == "1941"


def test_outcomes_and_imaging_days_of_mcgill_are_on_the_shifted_calendar(mcgill):
    first = m.Patient.objects.get(pseudonym="STS_001")
    assert [str(seen.assessed_on) for seen in first.assessments.order_by("number")] == [
        "2000-12-24",  # MRI 7 days before the diagnosis
        "2000-12-28",  # PET-CT 4 days after the MRI
    ]
    assert str(first.deaths.get().died_on) == "2003-04-25"  # day 845
    progression = first.progressions.get()
    assert (progression.kind, progression.site, str(progression.occurred_on)) == (
        "distant",
        "upper_extremity",
        "2001-09-23",  # day 266
    )
    kinds = Counter(of(m.Progression, "sts_mcgill").values_list("kind", flat=True))
    assert kinds == {"distant": 24, "regional": 2, "local": 1}


def test_no_evidence_of_disease_after_a_metastasis_keeps_both_facts(mcgill):
    for pseudonym in ("STS_038", "STS_050", "STS_051"):
        patient = m.Patient.objects.get(pseudonym=pseudonym)
        assert patient.progressions.count() == 1
        assert patient.assessments.latest("number").disease_status == "no_evidence"


def test_what_mcgill_does_not_state_is_marked_as_unknown(mcgill):
    graded = of(m.Disease, "sts_mcgill").get(patient__pseudonym="STS_040")
    assert (graded.grade, graded.reason_missing("grade")) == ("", "unknown")
    course = of(m.Course, "sts_mcgill").get(patient__pseudonym="STS_001")
    assert course.reason_missing("started_on") == "unknown"
    assert of(m.Course, "sts_mcgill").count() == 44
