"""Limitations that follow from the results, and none that do not."""

import datetime as dt
from dataclasses import replace

import pytest

from analytics.extract.days import day_of
from analytics.extract.facts import LesionFact
from analytics.reports.limitations import limitations
from analytics.reports.material import Material
from analytics.reports.methods import methods
from analytics.reports.sight import Sight
from tests.analytics.artefacts.survival_cohort import followed
from tests.analytics.cohorts import make_cohort

TODAY = dt.date(2026, 7, 10)


def said(days: list[int], died: list[int], *, reads_cases: bool = True) -> str:
    material = Material(followed(days, died), TODAY, sight=Sight(reads_cases=reads_cases))
    return "\n".join(limitations(material))


def test_few_patients_and_few_events_are_named_with_their_numbers() -> None:
    text = said([100, 100, *[400] * 18], [1, 1, *[0] * 18])

    assert "Small numbers: 20 patients." in text
    assert "Few events, so that rates are imprecise: LC 0; LC_PT 0; OS 2; PFS 2;" in text


def test_enough_patients_and_events_are_not_called_few() -> None:
    text = said([*range(100, 112), *[3000] * 48], [*[1] * 12, *[0] * 48])

    assert "Small numbers" not in text
    assert "OS 12" not in text
    assert "Short follow-up" not in text


def test_short_follow_up_is_named_from_the_first_time_with_fewer_than_ten() -> None:
    # 18 of 20 are seen for 400 days: past 12 months, not up to 24.
    assert "from 24 months on: LC, LC_PT, OS, PFS" in said(
        [100, 100, *[400] * 18], [1, 1, *[0] * 18]
    )


def test_a_reader_of_figures_is_told_no_small_number_of_events() -> None:
    text = said([100, 100, *[400] * 18], [1, 1, *[0] * 18], reads_cases=False)

    assert "OS fewer than 5" in text
    assert "OS 2" not in text


def of_few_lesions(lesions: int, *, reads_cases: bool) -> Material:
    """Eight patients, three of them with so many lesions each; the first is seen in some month."""
    cohort = followed([400] * 8, [0] * 8)
    for place, patient in enumerate(cohort.facts.patients):
        numbers = range(1, lesions + 1) if place < 3 else ()
        patient.lesions = {number: LesionFact(number, number, {1}) for number in numbers}
        if place == 0:
            patient.last_contact = patient.last_imaging = day_of("2021-03")
            patient.last_local_imaging = patient.last_imaging
    kept = cohort.lesions[cohort.lesions["USUBJID"].isin(["P1", "P2", "P3"])]
    return Material(replace(cohort, lesions=kept), TODAY, sight=Sight(reads_cases=reads_cases))


@pytest.mark.parametrize(
    ("reads_cases", "few", "part"),
    [
        (True, "LC 6 lesions of 3 patients.", "LC 1 of 3;"),
        (
            False,
            "LC 6 lesions of fewer than 5 patients.",
            "LC fewer than 5 of fewer than 5;",
        ),
    ],
)
def test_a_reader_of_figures_is_not_told_of_how_few_patients_lesions_are(
    reads_cases: bool, few: str, part: str
) -> None:
    assert few in "\n".join(limitations(of_few_lesions(2, reads_cases=reads_cases)))
    assert part in "\n".join(limitations(of_few_lesions(1, reads_cases=reads_cases)))


@pytest.mark.parametrize(
    ("reads_cases", "words"),
    [(True, "with 3 lesions on file"), (False, "with fewer than 5 lesions on file")],
)
def test_methods_tell_a_reader_of_figures_no_small_number_of_lesions(
    reads_cases: bool, words: str
) -> None:
    text = methods(of_few_lesions(1, reads_cases=reads_cases))[0]

    assert "8 patients enrolled" in text
    assert words in text


def test_without_patients_nothing_can_be_concluded() -> None:
    assert limitations(Material(make_cohort(), TODAY)) == (
        "There are no patients: nothing can be concluded.",
    )


def test_methods_follow_from_the_definitions_of_the_protocol() -> None:
    text = "\n".join(methods(Material(followed([400] * 3, [0] * 3), TODAY)))

    assert text.startswith("3 patients enrolled in the study under the protocol “SBRT")
    assert "Local control (LC), by lesion:" in text
    assert "Competing: death." in text
    assert "clustered by patient" in text
    assert "Counts of fewer than 5 are hidden." not in text
    assert "Sarcoma RT Registry, version " in text
