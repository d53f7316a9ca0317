"""What cannot be is refused by file, row, column, value and reason, and nothing is written."""

import pytest

from registry import models as m
from registry.exchange.report import as_data
from registry.exchange.table import TableError
from registry.scope import system_scope
from tests.factories import CentreFactory, PatientFactory
from tests.registry.exchange.examples import PATIENT, refused


@pytest.fixture(autouse=True)
def _whole_registry(db):
    with system_scope():
        yield


REFUSED = [
    ("diseases", "patient,grade\nA-1,4\n", "grade", "4", "is not one of 1, 2, 3, x"),
    ("diseases", "patient,size_cm\nA-1,about 5\n", "size_cm", "about 5", "is not a number"),
    ("diseases", 'patient,size_cm\nA-1,"8,5"\n', "size_cm", "8,5", "write a decimal point"),
    ("diseases", "patient,size_cm\nA-1,-3\n", "size_cm", "-3", "-3 is not above zero"),
    ("diseases", "patient,size_cm\nA-1,1.234\n", "size_cm", "1.234", "has more than 2 decimals"),
    ("diseases", "patient,size_cm\nA-1,1000\n", "size_cm", "1000", "it must be below 1000"),
    ("diseases", "patient,t_category\nA-1,T2b-ish\n", "t_category", "T2b-ish", "has 7 characters"),
    ("diseases", "patient,number\nA-1,0\n", "number", "0", "is not between 1 and 32767"),
    ("diseases", "patient,number\nA-1,1.5\n", "number", "1.5", "is not a whole number"),
    ("diseases", "patient,multifocal\nA-1,maybe\n", "multifocal", "maybe", "neither yes nor no"),
    ("diseases", "patient,grade\nA-1,#lost\n", "grade", "#lost", "write #not_done, #unknown"),
    ("diseases", "patient,diagnosed_on\nA-1,2021-02-30\n", "diagnosed_on", "2021-02-30", "no day"),
    ("diseases", "patient,diagnosed_on\nA-1,03/04/2021\n", "diagnosed_on", "03/04/2021", "YYYY"),
    ("diseases", "patient,diagnosed_on\nA-1,0001-01-01\n", "diagnosed_on", "0001-01-01", "year 1"),
    ("diseases", "patient,diagnosed_on\nA-1,2199-01-01\n", "diagnosed_on", "2199-01-01", "future"),
    ("diseases", "patient,ajcc_stage\nA-1,IIB\n", "ajcc_edition", "", "which edition"),
    ("assessments", "patient,kind\nA-1,\n", "kind", "", "is needed"),
    ("assessments", "patient,kind\nA-1,#unknown\n", "kind", "#unknown", "is needed"),
    ("assessments", "patient,kind,kps\nA-1,clinic,85\n", "kps", "85", "85 is not 10"),
    ("assessments", "patient,kind,ecog\nA-1,clinic,5\n", "ecog", "5", "not between 0 and 4"),
    ("deaths", "patient,died_on\nA-1,1950\n", "died_on", "1950", "1950 is before birth"),
    ("deaths", "patient,died_on\nB-2,2020\n", "patient", "B-2", "no patient “B-2”"),
    ("deaths", "patient,died_on\n,2020\n", "patient", "", "is needed"),
    ("phases", "patient,course\nA-1,3\n", "course", "3", "the patient has no course 3"),
    ("progressions", "patient,kind,lesion\nA-1,local,2\n", "lesion", "2", "has no lesion 2"),
    (
        "courses",
        "patient,started_on,ended_on\nA-1,2021-02-01,2021-01-01\n",
        "ended_on",
        "2021-01-01",
        "2021-01-01 is before 2021-02-01",
    ),
    (
        "toxicity_events",
        "patient,release,term,grade\nA-1,5.0,Dermatitis,2\n",
        "term",
        "Dermatitis",
        "CTCAE 5.0 has no such term",
    ),
    (
        "toxicity_events",
        "patient,release,term,grade\nA-1,5.0,Alopecia,4\n",
        "grade",
        "4",
        "CTCAE 5.0 has no grade 4",
    ),
    (
        "toxicity_events",
        "patient,release,term,grade\nA-1,5.0,Pneumonitis,5\n",
        "grade",
        "5",
        "grade 5 means death",
    ),
    (
        "surgeries",
        "patient,description\nA-1," + "x" * 100_000 + "\n",
        "description",
        "",
        "has 100000 characters, more than 32767",
    ),
    (
        "enrolments",
        "patient,protocol_version\nA-1,7\n",
        "protocol_version",
        "7",
        "the study has no such protocol version",
    ),
]


@pytest.mark.parametrize(
    ("table", "text", "column", "value", "reason"),
    REFUSED,
    ids=[f"{table}-{column}-{value[:10]}" for table, _, column, value, _ in REFUSED],
)
def test_a_row_that_cannot_be_is_refused_by_file_row_column_value_and_reason(
    run, write, table, text, column, value, reason
):
    outcome = run(write(patients=PATIENT, **{table: text}))

    (one,) = [one for one in refused(outcome) if one[0] == f"{table}.csv"]
    assert one[:4] == (f"{table}.csv", 2, column, value)
    assert reason in one[4]
    assert not outcome.written
    assert m.Patient.objects.count() == 0


def test_a_lesion_of_another_patient_cannot_be_pointed_to(run, write):
    tables = {
        "patients": "pseudonym\nA-1\nA-2\n",
        "lesions": "patient,number\nA-2,1\n",
        "progressions": "patient,kind,lesion\nA-1,local,1\n",
    }

    outcome = run(write(tables))

    (one,) = [one for one in refused(outcome) if one[0] == "progressions.csv"]
    assert one[2:] == ("lesion", "1", "the patient has no lesion 1")


def test_the_same_row_twice_is_refused_with_the_place_of_the_other(run, write):
    outcome = run(write(patients=PATIENT + "A-1,female,1961-04\n"))
    assert refused(outcome)[0][1:3] == (3, "pseudonym")
    assert "the same patient as patients.csv, row 2" in refused(outcome)[0][4]

    courses = "patient,number\nA-1,1\nA-1,1\n"
    outcome = run(write(patients=PATIENT, courses=courses))
    (one,) = [one for one in refused(outcome) if one[0] == "courses.csv" and one[1] == 3]
    assert one[4] == "the same row as courses.csv, row 2"


def test_pseudonyms_that_look_alike_are_not_two_patients(run, write):
    outcome = run(write(patients="pseudonym\nA-1\nＡ-1\nA-\u200b1\na-1\n"))

    looks = [one for one in refused(outcome) if "looks like" in one[4]]
    assert [one[1] for one in looks] == [3, 4, 5]
    assert looks[0][4] == "looks like the pseudonym “A-1”"


def test_a_pseudonym_of_another_centre_is_refused(run, write):
    PatientFactory.create(pseudonym="A-1", centre=CentreFactory.create(code="B"))

    outcome = run(write(patients=PATIENT))

    assert refused(outcome)[0][2:] == (
        "pseudonym",
        "A-1",
        "the pseudonym belongs to a patient of another centre",
    )


def test_names_are_never_shown_in_a_refusal(run, write):
    text = "patient,family_name,given_names\nA-1," + "Canary" * 6000 + ",x\x07\n"

    outcome = run(write(patients=PATIENT, identities=text))

    assert [one[3] for one in refused(outcome)] == ["", "", ""]
    assert "Canary" not in str(as_data(outcome))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("pateints", "pseudonym\n", "there is no table “pateints”"),
        ("courses", "patient,dose\n", "courses.csv, row 1: there is no column “dose” in courses"),
        ("courses", "number\n", "courses.csv, row 1: the column “patient” is needed"),
    ],
)
def test_an_unknown_table_or_column_stops_the_import(run, write, name, text, message):
    with pytest.raises(TableError, match=message):
        run(write({name: text}))
