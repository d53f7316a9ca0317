"""Dose and fractionation, counted by hand."""

from analytics.artefacts.dose_patterns import dose_patterns
from tests.analytics.artefacts.reading import line, lines, table
from tests.analytics.cohorts import make_cohort


def lesions(*doses):
    return [{"lesion_dose_gy": dose, "lesion_fraction_count": n} for dose, n in doses]


def test_what_was_given_is_counted_the_most_frequent_first():
    cohort = make_cohort(
        lesions=lesions((45, 5), (40, 5), (45, 5), (30, 3), (46.5, 5), (45, 5), (30, None))
    )
    shown = table(dose_patterns(cohort))

    assert lines(shown) == [
        "45 Gy / 5 fx | 3 (50.0 %)",
        "30 Gy / 3 fx | 1 (16.7 %)",
        "40 Gy / 5 fx | 1 (16.7 %)",
        "46.5 Gy / 5 fx | 1 (16.7 %)",
    ]
    assert "Without a known dose or number of fractions: 1." in shown.notes[0]


def test_a_lesion_counts_at_the_first_pattern_of_the_protocol_that_fits():
    cohort = make_cohort(lesions=lesions((45, 5), (45, 4), (75, 10), (80, 10)))
    shown = table(dose_patterns(cohort), 1)

    assert line(shown, "45 Gy in 5 fractions") == ["1 (25.0 %)", "1"]
    assert line(shown, "45–48 Gy in 3–4 fractions") == ["1 (25.0 %)", "1"]
    assert line(shown, "Other, 30–75 Gy in 2–10 fractions") == ["1 (25.0 %)", "3"]
    assert line(shown, "None of these") == ["1 (25.0 %)", "1"]


def test_a_boost_decides_between_patterns_of_the_same_total():
    def course(dose, fractions, boost):
        has = "yes" if boost else "no"
        return {
            "dose_gy": dose,
            "fraction_count": fractions,
            "has_boost": has,
            "boost_dose_gy": boost,
        }

    cohort = make_cohort(
        protocol="cams",
        courses=[
            course(60, 30, 10),
            course(66, 33, 16),  # within both patterns
            course(70, 35, 20),
            course(60, 30, None),  # the dose without a boost
            course(66, 20, 16),  # fewer fractions than those of the first phase
        ],
    )
    shown = table(dose_patterns(cohort), 1)

    assert line(shown, "R0: 50 Gy in 25 fractions, boost 10–16 Gy") == ["2 (40.0 %)", "2"]
    assert line(shown, "R1 or R2: 50 Gy in 25 fractions, boost 16–20 Gy") == ["1 (20.0 %)", "2"]
    assert line(shown, "None of these") == ["2 (40.0 %)", "2"]


def test_patterns_are_written_in_the_dose_unit_of_the_study():
    cohort = make_cohort(protocol="cnao", courses=[{"dose_gy": 70.4, "fraction_count": 16}])
    artefact = dose_patterns(cohort)

    assert lines(table(artefact)) == ["70.4 Gy(RBE) / 16 fx | 1 (100.0 %)"]
    declared = line(table(artefact, 1), "70.4–76.8 Gy(RBE) in 16 fractions, 4 per week")
    assert declared == ["1 (100.0 %)", "1"]


def test_shares_of_first_patterns_add_up_to_all():
    cohort = make_cohort(lesions=lesions((45, 5), (30, 3), (90, 30), (50, 5)))
    assert sum(int(str(row.cells[0].value)) for row in table(dose_patterns(cohort), 1).rows) == 4


def test_without_a_dose_the_reason_is_said():
    for cohort in (make_cohort(), make_cohort(lesions=lesions((None, 5)))):
        assert dose_patterns(cohort).reason == "No dose with its fractions is on file."
