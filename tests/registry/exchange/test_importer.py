"""From files to the database: what goes in, what is refused, what stays as it was."""

from decimal import Decimal

import pytest

from registry import models as m
from registry.exchange.importer import ImportProblem, Job, run_import
from registry.exchange.report import as_data
from registry.models import AuditEvent
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import CentreFactory, PatientFactory
from tests.registry.exchange.examples import CASE, PATIENT, refused


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


def rows_of(table):
    return {name: made["created"] for name, made in as_data(table)["tables"].items()}


# ---- in ------------------------------------------------------------------------------------------


@pytest.mark.services
def test_a_case_with_rows_in_every_table_comes_in_as_it_is_written(run, write):
    outcome = run(write(CASE))

    assert refused(outcome) == []
    expected = {name: text.count("\n") - 1 for name, text in CASE.items()}
    assert rows_of(outcome) == expected
    patient = m.Patient.objects.get()
    assert (patient.pseudonym, str(patient.birth_date), patient.centre.code) == (
        "A-1",
        "1961-04",
        "A",
    )
    assert patient.identity.family_name == "Canary"
    disease = m.Disease.objects.get()
    assert disease.size_cm == Decimal("8.5")
    assert disease.missing == {"t_category": "not_done"}
    boost = m.Phase.objects.get(number=2)
    assert (boost.target.label, boost.course.number, boost.dose_gy) == ("PTV_6000", 1, 10)
    assert m.Phase.objects.get(number=1).target is None
    seen = m.Assessment.objects.get(number=2)
    assert (seen.kps, seen.missing) == (None, {"kps": "refused"})
    assert m.LesionAssessment.objects.get().response == "cr"
    progression = m.Progression.objects.get()
    assert (progression.lesion.number, str(progression.occurred_on)) == (2, "2021-02-03")
    toxicity = m.ToxicityEvent.objects.get()
    assert (toxicity.term.term, toxicity.course.number) == ("Dermatitis radiation", 1)
    assert m.Screening.objects.get(number=1).patient == patient
    assert m.Screening.objects.get(number=2).patient is None


def test_the_record_number_of_an_imported_identity_is_found_by_its_blind_index(run, write):
    from registry.keyring import blind_index

    run(write(CASE))

    index = blind_index("mrn7", centre_code="A")
    assert m.Identity.objects.get().record_number_index == index


def test_a_patient_without_a_row_in_enrolments_is_enrolled_in_the_study(run, write, study):
    run(write(patients=PATIENT))

    enrolment = m.Enrolment.objects.get()
    assert (enrolment.study, enrolment.protocol_version.number) == (study, 1)
    assert enrolment.enrolled_on is None


def test_rows_of_a_patient_who_is_there_already_need_no_patient_row(run, write, centre):
    PatientFactory.create(pseudonym="A-9", centre=centre)

    outcome = run(write(deaths="patient,died_on\nA-9,2021-01-01\n"))

    assert refused(outcome) == []
    assert m.Death.objects.get().patient.pseudonym == "A-9"


def test_text_that_looks_like_a_formula_is_kept_as_it_is(run, write):
    surgery = "patient,description\nA-1,\"=cmd|' /C calc'!A0\"\n"

    run(write(patients=PATIENT, surgeries=surgery))

    assert m.Surgery.objects.get().description == "=cmd|' /C calc'!A0"


def test_a_decimal_comma_is_read_in_a_file_parted_by_semicolons(run, write):
    run(write(patients=PATIENT, diseases="patient;size_cm\nA-1;8,5\n"))

    assert m.Disease.objects.get().size_cm == Decimal("8.5")


# ---- all or nothing ------------------------------------------------------------------------------

TWO = {
    "patients": "pseudonym,birth_date\nA-1,1960\nA-2,1961\n",
    "courses": "patient,started_on\nA-1,2021-01-05\nA-2,2021-13-05\n",
}


@pytest.mark.services
def test_one_refused_row_holds_everything_back(run, write):
    outcome = run(write(TWO))

    assert m.Patient.objects.count() == 0
    assert AuditEvent.objects.filter(table__startswith="registry_patient").count() == 0
    reasons = {(file, row): reason for file, row, _, _, reason in refused(outcome)}
    assert "month 13" in reasons.pop(("courses.csv", 3))
    assert reasons == {
        ("patients.csv", 3): "held back with the patient",
        ("patients.csv", 2): "held back: the import is all or nothing",
        ("courses.csv", 2): "held back: the import is all or nothing",
    }


def test_valid_patients_are_kept_whole_when_asked_for(run, write):
    outcome = run(write(TWO), keep_valid=True)

    assert list(m.Patient.objects.values_list("pseudonym", flat=True)) == ["A-1"]
    assert m.Course.objects.get().patient.pseudonym == "A-1"
    assert {(file, row) for file, row, *_ in refused(outcome)} == {
        ("courses.csv", 3),
        ("patients.csv", 3),
    }


def test_a_dry_run_says_what_would_be_and_writes_nothing(run, write):
    before = AuditEvent.objects.count()

    outcome = run(write(CASE), dry_run=True)

    assert not outcome.written
    assert rows_of(outcome)["phases"] == 2
    assert m.Patient.objects.count() == 0
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("how", [{}, {"keep_valid": True}, {"dry_run": True}])
@pytest.mark.parametrize("tables", [CASE, TWO], ids=["sound", "with a refusal"])
def test_the_account_adds_up_in_every_file(run, write, tables, how):
    files = as_data(run(write(tables), **how))["files"]

    assert set(files) == {f"{name}.csv" for name in tables}
    for name, text in tables.items():
        account = files[f"{name}.csv"]
        assert account["read"] == text.count("\n") - 1
        assert account["in"] == account["read"] - account["ignored"] - account["refused"]
        assert len({one["row"] for one in account["refused_rows"]}) == account["refused"]
        assert len(account["ignored_rows"]) == account["ignored"]


# ---- again ---------------------------------------------------------------------------------------


@pytest.mark.services
def test_a_second_import_of_the_same_files_changes_nothing(run, write):
    folder = write(CASE)
    run(folder)
    before = AuditEvent.objects.count()

    outcome = run(folder)

    assert AuditEvent.objects.count() == before
    made = as_data(outcome)["tables"]
    assert set(made) == set(CASE)
    assert {(row["created"], row["changed"]) for row in made.values()} == {(0, 0)}


@pytest.mark.services
def test_a_changed_row_gets_the_next_version_and_a_reason_in_the_trail(run, write):
    run(write(CASE))
    changed = CASE["diseases"].replace("8.5", "9.5")

    outcome = run(write(diseases=changed))

    assert as_data(outcome)["tables"]["diseases"] == {"created": 0, "changed": 1, "unchanged": 0}
    disease = m.Disease.objects.get()
    assert (disease.size_cm, disease.version) == (Decimal("9.5"), 2)
    event = AuditEvent.objects.latest("id")
    assert (event.operation, event.table, event.actor_id) == ("U", "registry_disease", None)
    assert event.reason == "import of input"
    assert event.origin == "import_cases input"


def test_an_empty_cell_says_nothing_about_what_is_on_file(run, write):
    run(write(CASE))

    outcome = run(write(diseases=CASE["diseases"].replace("8.5", "")))

    assert as_data(outcome)["tables"]["diseases"]["unchanged"] == 1
    assert m.Disease.objects.get().size_cm == Decimal("8.5")


def test_a_reason_takes_the_place_of_a_value_and_the_other_way_round(run, write):
    run(write(CASE))
    run(write(diseases="patient,size_cm,t_category\nA-1,#unknown,T2\n"))

    disease = m.Disease.objects.get()
    assert (disease.size_cm, disease.t_category) == (None, "T2")
    assert disease.missing == {"size_cm": "unknown"}


def test_a_row_that_was_taken_back_does_not_come_in_again(run, write):
    from registry.services import records

    run(write(CASE))
    death = m.Death.objects.get()
    records.void(death, by=None, reason="wrong patient", version=death.version)

    outcome = run(write(CASE))

    (one,) = [one for one in refused(outcome) if one[0] == "deaths.csv"]
    assert "was taken back in the registry: “wrong patient”" in one[4]


def test_a_screening_number_stays_with_the_person_screened(run, write):
    run(write(CASE))

    outcome = run(write(patients=PATIENT, screenings="patient,number\nA-1,2\n"))
    assert m.Screening.objects.get(number=2).patient.pseudonym == "A-1"
    assert refused(outcome) == []

    tables = {"patients": "pseudonym\nA-2\n", "screenings": "patient,number\nA-2,1\n"}
    reasons = {one[4] for one in refused(run(write(tables))) if one[0] == "screenings.csv"}
    assert reasons == {"the number of another person screened"}


# ---- where to ------------------------------------------------------------------------------------


def test_study_and_centre_must_be_there_and_belong_together(study, centre, write):
    other = CentreFactory.create(code="B")
    folder = write(patients=PATIENT)

    for key, code, message in (
        ("nowhere", "A", "there is no study “nowhere”"),
        ("cams", "Z", "there is no centre “Z”"),
        ("cams", other.code, "the centre B does not take part in cams"),
    ):
        with pytest.raises(ImportProblem, match=message):
            run_import(Job(paths=[folder], study=key, centre=code), by=None)


def test_missing_study_and_centre_are_made_when_asked_for(write):
    job = Job(paths=[write(patients=PATIENT)], study="tcga_sarc", centre="T", create_missing=True)

    run_import(job, by=None)

    study = m.Study.objects.get()
    assert (study.key, study.dates_are_relative) == ("tcga_sarc", True)
    assert study.protocol_version().number == 1
    assert [centre.code for centre in study.centres.all()] == ["T"]
    assert m.Patient.objects.get().birth_date == PartialDate(1961, 4)


def test_a_refused_import_makes_no_study_and_no_centre(write):
    folder = write(patients="pseudonym,sex\nA-1,unclear\n")
    job = Job(paths=[folder], study="cams", centre="T", create_missing=True)

    run_import(job, by=None)

    assert (m.Study.objects.count(), m.Centre.objects.count()) == (0, 0)
