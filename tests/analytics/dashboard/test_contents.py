"""What a dashboard shows: counted by hand, and nothing that tells of a handful of patients."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from analytics.artefacts.parts import Artefact, Figure, numbers_of
from analytics.current import current_results
from analytics.dashboard.contents import Contents, read_contents
from analytics.models import Audience, DashboardSetting
from registry.models import Centre, Study
from registry.protocols import preset_text
from registry.scope import system_scope
from tests.analytics.extract.cohort import (
    add_lesion,
    after,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.analytics.kept.keeping import keep, study_with_patients
from tests.factories import ParticipationFactory, ProgressionFactory, ProtocolVersionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2021, 7, 2, 8, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def shown(study: Study, **chosen: bool) -> Contents:
    """What a dashboard of these choices shows; it is asked for outside of any scope."""
    everything = {"shows_accrual": True, "shows_lc": True, "shows_os": True, "names_centres": True}
    row = DashboardSetting(study=study, audience=Audience.STUDY, **(everything | chosen))
    return read_contents(row, now=NOW)


def headlines(study: Study) -> dict[str, tuple[str, str]]:
    return {one.label: (one.figure, one.note) for one in shown(study).headlines}


def lines(artefact: Artefact, part: int = 0) -> list[tuple[str, ...]]:
    """The figures of a part as words."""
    table = numbers_of(artefact.parts[part])
    return [(row.label, *(cell.text for cell in row.cells)) for row in table.rows]


def enrolled_in(study: Study, *months: str, centre: str = "A") -> None:
    for number, month in enumerate(months):
        enrol(study, f"{centre}-{number}", centre=centre, enrolled_on=month)


def test_a_study_of_four_patients_shows_a_sentence_and_nothing_else() -> None:
    study = study_of("jinling")
    for number in range(4):
        follow(study, f"A-{number}", 300, died=True)
    found = shown(study)

    assert found.too_few.startswith("Fewer than 5 patients")
    assert (found.headlines, found.accrual, found.outcomes) == ((), (), ())
    follow(study, "A-5", 300, died=True)
    assert not shown(study).too_few


def test_a_study_without_a_patient_shows_that_there_is_none() -> None:
    found = shown(study_of("jinling"))

    assert found.headlines[0].figure == "0"
    assert [one.curve.reason for one in found.outcomes] == [
        "Nobody has been followed for it yet."
    ] * 2
    assert found.accrual[0].reason.startswith("No patient is enrolled yet")


def test_patients_lesions_and_follow_up_stand_above_all() -> None:
    study = study_of("jinling")
    for number, days in enumerate((365, 365, 365, 730, 730, 730)):
        patient = follow(study, f"A-{number}", days, died=False)
        irradiate(patient, lesions=[add_lesion(patient, 1)], number=2)
    ParticipationFactory.create(study=study, centre=Centre.objects.get(code="A"), target_accrual=24)

    # Half are gone after one year and the others after two: the median lies between, as in R.
    assert headlines(study) == {
        "Patients enrolled": ("6", "of 24 planned (25 %)"),
        "Centres": ("1", ""),
        "Lesions": ("6", "followed for LC"),
        "Median follow-up": ("18.0 months", "95 % CI 12.0 to –, by reverse Kaplan–Meier"),
    }
    study.target_accrual = 12
    assert headlines(study)["Patients enrolled"] == ("6", "of 12 planned (50 %)")


def test_rates_are_those_of_the_whole_study_kept_or_not() -> None:
    study = study_with_patients()
    computed = shown(study)
    keep(study)
    kept = shown(study)
    with system_scope():
        (local,) = current_results(study, ["LC"], now=NOW, at_months=(12, 24, 36)).results

    rate = local.rates[0].survival
    assert rate.estimate is not None
    assert lines(kept.outcomes[0].rates)[0][1].startswith(f"{100 * rate.estimate:.1f} %")
    assert [lines(one.rates) for one in kept.outcomes] == [
        lines(one.rates) for one in computed.outcomes
    ]
    assert [row[0] for row in lines(kept.outcomes[0].rates)] == ["12", "24", "36"]


def test_what_is_not_chosen_is_not_there_and_what_the_protocol_lacks_neither() -> None:
    study = study_with_patients()
    only = shown(study, shows_accrual=False, shows_os=False)
    assert ([one.endpoint.code for one in only.outcomes], only.accrual) == (["LC"], [])

    source = preset_text("tcga_sarc").replace("endpoints.LC", "endpoints.LX")
    other = ProtocolVersionFactory.create(study__key="other", source=source).study
    assert [one.endpoint.code for one in shown(other).outcomes] == ["OS"]


def test_a_curve_of_four_lesions_is_not_shown() -> None:
    study = study_of("jinling")
    for number in range(6):
        patient = follow(study, f"A-{number}", 400, died=False)
        if number < 4:
            irradiate(patient, lesions=[add_lesion(patient, 1)], number=2)
    local, survival = shown(study).outcomes

    assert local.curve.reason.startswith("Fewer than 5 patients")
    assert (local.rates.parts, local.counted) == ((), "")
    assert survival.counted == "6 patients, events: 0"


def test_no_number_from_one_to_four_stands_at_a_curve() -> None:
    study = study_of("jinling")
    for number, days in enumerate((200, 400, 600, 800, 1000, 1200, 1400)):
        patient = enrol(study, f"A-{number}")
        irradiate(patient, lesions=[add_lesion(patient, 1)])
        see(patient, days)
        if number < 2:
            ProgressionFactory.create(
                patient=patient,
                lesion=patient.lesions(manager="_base_manager").get(),
                occurred_on=after(100),
            )
    local = shown(study).outcomes[0]
    figure = local.curve.parts[0]
    assert isinstance(figure, Figure)

    assert local.counted == "7 lesions, events: fewer than 5"
    # 24 months are 730.5 days: four are left to see.
    assert [row[2] for row in lines(local.rates)] == ["5", "< 5", "< 5"]
    counts = {row[2] for row in lines(local.curve)}
    assert counts <= {"7", "5", "6", "< 5", "0"}
    assert ">&lt; 5<" in figure.svg
    for svg in (figure.svg, figure.svg_compact):
        assert not any(f">{n}</text>" in svg for n in (1, 2, 3, 4))
        assert "Censored" not in svg


def test_months_of_few_patients_are_put_together() -> None:
    study = study_of("jinling")
    months = ["2020-01-10"] * 6 + ["2020-02-10"] * 2 + ["2020-04-20"] * 3 + ["2021-02-01"]
    enrolled_in(study, *months)
    by_month = shown(study).accrual[0]

    # February to April are five; the one of 2021 goes with them, over the empty months between.
    assert lines(by_month) == [
        ("Jan 2020", "6", "6.0"),
        ("Feb 2020 – Feb 2021", "6", "0.5"),
        ("Mar 2021 – Jul 2021", "0", "0.0"),
    ]
    assert lines(by_month, 1) == [("Jan 2020", "6"), ("Feb 2021", "12"), ("Jul 2021", "12")]


def test_enrolments_stand_beside_the_plan_of_their_centres() -> None:
    study = study_of("jinling")
    enrolled_in(study, *["2021-01-10"] * 5, *["2021-02-10"] * 7)
    ParticipationFactory.create(
        study=study,
        centre=Centre.objects.get(code="A"),
        target_accrual=20,
        planned_per_month=Decimal(4),
        activated_on=dt.date(2021, 1, 1),
    )
    by_month, by_centre = shown(study).accrual

    assert lines(by_month, 1) == [
        ("Jan 2021", "5", "4"),
        ("Feb 2021", "12", "8"),
        ("Jul 2021", "12", "20"),
    ]
    assert lines(by_centre) == [
        ("Centre A", "12", "20", "20", "60"),
        ("All", "12", "20", "20", "60"),
    ]


def test_a_centre_of_few_patients_is_hidden_and_not_found_by_subtraction() -> None:
    study = study_of("jinling")
    for centre, n in (("A", 9), ("B", 2), ("C", 6)):
        enrolled_in(study, *["2020-01-10"] * n, centre=centre)
    by_centre = shown(study).accrual[1]
    figure = by_centre.parts[0]
    assert isinstance(figure, Figure)

    assert [row[:2] for row in lines(by_centre)] == [
        ("Centre A", "9"),
        ("Centre B", "< 5"),
        ("Centre C", "*"),
        ("All", "17"),
    ]
    assert figure.svg.count("fig-bar-1") == 1


def test_a_few_enrolments_of_unknown_month_hide_the_months() -> None:
    study = study_of("jinling")
    enrolled_in(study, *["2020-01-10"] * 8, "2020")
    by_month = shown(study).accrual[0]
    assert (by_month.parts, by_month.reason) == (
        (),
        "Not shown: the month of some enrolments is not known.",
    )

    enrolled_in(study, *["2020"] * 4, centre="B")
    (bars, _so_far) = shown(study).accrual[0].parts
    assert isinstance(bars, Figure)
    assert bars.notes[-1] == "5 enrolments without a known month are not drawn."


def test_where_dates_are_relative_months_and_plans_by_month_mean_nothing() -> None:
    study = study_of("jinling")
    study.dates_are_relative = True
    enrolled_in(study, *["2020-01-10"] * 8)
    by_month, by_centre = shown(study).accrual

    assert by_month.reason == "Dates of this study are shifted: months mean nothing."
    assert lines(by_centre)[0] == ("Centre A", "8", "–", "–", "–")


def test_numbers_of_centres_stay_whatever_they_enrol() -> None:
    study = study_of("jinling")
    for centre, n in (("A", 9), ("B", 7), ("C", 6)):
        enrolled_in(study, *["2020-01-10"] * n, centre=centre)

    def numbered() -> dict[str, str]:
        rows = lines(shown(study, names_centres=False).accrual[1])
        return {row[1]: row[0] for row in rows[:-1]}

    before = numbered()
    assert sorted(before.values()) == ["Centre 1", "Centre 2", "Centre 3"]
    enrol(study, "A-more", centre="A")
    after_one_more = numbered()
    assert after_one_more["10"] == before["9"]
    assert {n: after_one_more[n] for n in ("7", "6")} == {n: before[n] for n in ("7", "6")}
