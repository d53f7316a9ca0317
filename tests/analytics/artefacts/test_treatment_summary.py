"""The summary of the radiotherapy, counted by hand."""

from analytics.artefacts.treatment_summary import treatment_summary
from tests.analytics.artefacts.reading import line, lines, table
from tests.analytics.cohorts import make_cohort


def test_a_study_of_patients_shows_doses_by_course_and_volumes_by_target():
    cohort = make_cohort(
        protocol="cnao",
        courses=[
            {"intent": "definitive", "technique": "carbon", "dose_gy": 70.4, "has_boost": "no"},
            {"intent": "definitive", "technique": "carbon", "dose_gy": 76.8, "term_days": 26},
            {"intent": "reirradiation", "technique": "", "dose_gy": 73.6, "term_days": 28},
        ],
        targets=[{"gtv_cm3": 268.0, "conformity_index": 1.234}, {"gtv_cm3": 72.0}],
    )
    assert lines(table(treatment_summary(cohort))) == [
        "Courses of radiotherapy (n = 3)",
        "  Intent | 3 | ",
        "    Definitive |  | 2 (66.7 %)",
        "    Re-irradiation |  | 1 (33.3 %)",
        "  Technique | 2 | ",
        "    Carbon-ion beam |  | 2 (100.0 %)",
        "    Not known |  | 1",
        "  Total dose (Gy(RBE)) | 3 | 73.6 (70.4–76.8)",
        "  Treatment term (days) | 2 | 27 (26–28)",
        "  With a boost | 1 | 0 (0.0 %)",
        "Planning target volumes (n = 2)",
        "  GTV (cm³) | 2 | 170 (72–268)",
        "  Conformity index (CI) | 1 | 1.23 (1.23–1.23)",
    ]


def test_a_study_of_lesions_shows_doses_and_gtv_by_lesion():
    cohort = make_cohort(
        protocol="miyakojima",
        courses=[{"technique": "imrt", "dose_gy": 52.0}],
        targets=[{"gtv_cm3": 40.0, "ptv_cm3": 61.9}],
        lesions=[
            {"lesion_dose_gy": 52.0, "lesion_bed_tumour_gy": 79.04, "lesion_gtv_cm3": 33.8},
            {"lesion_dose_gy": 40.0, "lesion_bed_tumour_gy": 80.0, "lesion_gtv_cm3": 6.2},
        ],
    )
    assert lines(table(treatment_summary(cohort))) == [
        "Courses of radiotherapy (n = 1)",
        "  Technique | 1 | ",
        "    IMRT |  | 1 (100.0 %)",
        "Planning target volumes (n = 1)",
        "  PTV (cm³) | 1 | 61.9 (61.9–61.9)",
        "Treated lesions (n = 2)",
        "  Total dose (Gy) | 2 | 46 (40–52)",
        "  BED10 (Gy) | 2 | 79.5 (79.0–80)",
        "  GTV (cm³) | 2 | 20 (6.2–33.8)",
    ]


def test_the_median_is_kept_at_full_precision():
    cohort = make_cohort(courses=[{"term_days": 11}], lesions=[{"lesion_bed_tumour_gy": 79.04}])
    (found,) = [row for row in table(treatment_summary(cohort)).rows if row.label == "BED10 (Gy)"]
    assert found.cells[1].value == 79.04


def test_a_study_of_lesions_without_a_lesion_falls_back_on_its_courses():
    cohort = make_cohort(courses=[{"dose_gy": 45.0}])
    assert line(table(treatment_summary(cohort)), "Total dose (Gy)") == ["1", "45 (45–45)"]


def test_a_course_of_which_nothing_is_known_is_counted():
    shown = table(treatment_summary(make_cohort(courses=[{}], targets=[{}])))
    assert lines(shown) == ["Courses of radiotherapy (n = 1)"]


def test_without_a_course_the_reason_is_said():
    artefact = treatment_summary(make_cohort(patients=[{}]))
    assert artefact.reason == "No course of radiotherapy has begun."
