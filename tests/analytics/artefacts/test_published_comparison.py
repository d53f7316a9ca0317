"""The study beside published series: as printed, at the times of the series, pooled."""

import datetime as dt

import pytest

from analytics.artefacts.parts import Table
from analytics.artefacts.published_comparison import published_comparison
from analytics.extract.days import known_day
from analytics.extract.facts import CourseFact, DeathFact, LesionFact, PatientFacts, StudyFacts
from tests.agreement.comparing import stored
from tests.analytics.cohorts import make_cohort

START = dt.date(2015, 1, 1)


def followed(name, days, *, died=False):
    """A patient with one treated lesion, seen so many days after the first day of RT."""
    last = known_day(START + dt.timedelta(days=days))
    return PatientFacts(
        name,
        "A",
        courses=[CourseFact(1, 1, known_day(START), known_day(START))],
        lesions={1: LesionFact(1, 1, {1})},
        last_contact=last,
        death=DeathFact(last, "disease") if died else None,
    )


def cohort_of(patients, protocol="jinling", **frames):
    names = [patient.pseudonym for patient in patients]
    values = {"dose_gy": 50, "fraction_count": 5}
    lesion = {"LESID": "1", "lesion_dose_gy": 50, "lesion_fraction_count": 5}
    return make_cohort(
        protocol=protocol,
        patients=[values for _name in names],
        courses=[{"USUBJID": name, "course": 1} for name in names],
        lesions=[{"USUBJID": name} | lesion for name in names],
        facts=StudyFacts(protocol, None, tuple(patients)),
        **frames,
    )


def tables(cohort, **options):
    found = published_comparison(cohort, **options)
    assert all(isinstance(part, Table) for part in found.parts)
    return {part.key: part for part in found.parts if isinstance(part, Table)}


def line(table, label, place=0):
    row = [row for row in table.rows if row.label == label][place]
    return dict(zip((column.label for column in table.columns), row.cells, strict=True))


@pytest.fixture(scope="module")
def sbrt():
    """Four patients; one of them died after 400 days, the others were seen for 1000."""
    patients = [followed(f"P{n}", 1000) for n in (1, 2, 3)] + [followed("P4", 400, died=True)]
    events = [{"USUBJID": "P1", "term": "Fatigue", "grade": 3, "phase": "late"}]
    events.append({"USUBJID": "P2", "term": "Pain", "grade": 4, "attribution": "unrelated"})
    return tables(cohort_of(patients, toxicities=events))["published-sbrt-lung-metastases"]


def test_the_studys_lines_come_first_at_each_time_of_the_series(sbrt):
    two, five = line(sbrt, "This study"), line(sbrt, "This study", 1)

    assert [row.label for row in sbrt.rows][:3] == ["This study", "This study", "Dhakal 2012"]
    assert (two["Years"].value, five["Years"].value) == (2, 5)
    assert two["Overall survival"].value == pytest.approx(0.75)
    assert two["Local control"].text == "100.0 % (100.0–100.0)"
    assert five["Overall survival"].text == "–"
    assert two["Toxicity grade ≥ 3"].text == "1 (25.0 %)"
    assert two["Treatment"].text == "50 (50–50) Gy in 5 (5–5) fractions"
    assert two["Follow-up (months)"].value == pytest.approx(1000 / 30.4375)


def test_series_read_as_printed_with_their_remark(sbrt):
    baumann, soyfer = line(sbrt, "Baumann 2020"), line(sbrt, "Soyfer 2017")

    assert [baumann[name].text for name in ("Patients", "Lesions", "Local control")] == [
        "56", "44", "90 %"
    ]  # fmt: skip
    assert "More patients than lesions" in baumann["Remark"].text
    assert (soyfer["Years"].text, soyfer["Toxicity grade ≥ 3"].text) == ("5", "–")


def test_the_pooled_line_takes_the_series_of_the_usual_time_only(sbrt):
    pooled, of_r = line(sbrt, "Series pooled"), stored("pooled")

    assert pooled["Years"].text == "2"
    assert pooled["Local control"].value == pytest.approx(of_r["sbrt_local_control"]["pooled"][0])
    assert pooled["Overall survival"].value == pytest.approx(of_r["sbrt_survival"]["pooled"][0])
    assert "Local control: 5 series" in pooled["Remark"].text


def test_arms_that_differ_by_design_are_not_pooled_and_empty_columns_are_left_out():
    found = tables(cohort_of([followed("P1", 100)], "cams"))["published-extremity-side-effects"]

    assert "Series pooled" not in [row.label for row in found.rows]
    assert any("they are not pooled" in note for note in found.notes)
    assert not {"Lesions", "Years"} & {column.label for column in found.columns}
    assert line(found, "O'Sullivan, pre-operative")["Wound complication"].text == "35 %"


def test_wounds_and_late_toxicity_of_the_study_stand_in_the_columns_of_the_series():
    patients = [followed("P1", 900), followed("P2", 900)]
    event = {"USUBJID": "P1", "release": "5.0", "phase": "late"}
    events = [
        event | {"term": "Edema limbs", "grade": 2},
        event | {"term": "Fibrosis deep connective tissue", "grade": 1},
        event | {"term": "Wound infection", "grade": 2, "is_wound": "yes", "days_from_surgery": 20},
    ]
    cohort = cohort_of(patients, "preop", toxicities=events)
    cohort.patients["had_surgery"] = "yes"
    study = line(tables(cohort)["published-extremity-side-effects"], "This study")

    assert study["Oedema"].text == "1 (50.0 %)"
    assert study["Fibrosis"].text == "0 (0.0 %)"
    assert study["Wound complication"].text == "1 (50.0 %)"


def test_the_line_of_the_studys_own_paper_is_left_out():
    carbon = tables(cohort_of([followed("P1", 100)], "cnao"))["published-particle-therapy"]

    assert "Cuccia 2020" not in [row.label for row in carbon.rows]


@pytest.mark.parametrize(
    ("protocol", "patients", "reason"),
    [
        ("tcga_sarc", [{}], "No published series of this setting and technique are on file."),
        ("jinling", [], "The study has no patients yet."),
    ],
)
def test_nothing_to_compare_is_said_in_words(protocol, patients, reason):
    cohort = make_cohort(protocol=protocol, patients=patients)

    assert published_comparison(cohort).reason == reason


def test_a_patient_without_any_date_gives_dashes():
    table = tables(make_cohort(patients=[{}]))["published-sbrt-lung-metastases"]

    assert line(table, "This study")["Local control"].text == "–"
    assert line(table, "This study")["Toxicity grade ≥ 3"].text == "–"
