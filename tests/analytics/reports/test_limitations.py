"""Limitations that follow from the results, and none that do not."""

import datetime as dt

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
