"""Landmark and time-dependent states from the facts to the tables, against R's answers.

R's patients die on `days` or are last seen then; the state is distant progression.
"""

from dataclasses import replace

import numpy as np
import pytest

from analytics.artefacts.analysed import analysed
from analytics.artefacts.cox_parts import fit
from analytics.artefacts.curve_tests import tests_between as between
from analytics.artefacts.curves import curves
from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.parts import Figure
from analytics.covariates import CovariateError
from analytics.extract import LandmarkTime
from analytics.extract.facts import ProgressionFact
from tests.agreement.comparing import stored
from tests.analytics.artefacts.reading import figure, line, table
from tests.analytics.artefacts.survival_cohort import after, followed, lesions_followed
from tests.analytics.estimators.cox_answers import agrees

ANSWERS = stored("later_states")
CASES = ["patients", "around_the_landmark", "day_0"]
MONTHS = {"182": 6, "365": 12}
STATE = "distant_progression"


def cohort_of(case, landmark=None):
    data = ANSWERS[case]["data"]
    days = [int(day) for day in data["days"]]
    cohort = followed(days, data["event"], [{"age": float(age)} for age in data["age"]])
    for patient, begins in zip(cohort.facts.patients, data["begins"], strict=True):
        if begins is not None:
            patient.progressions.append(ProgressionFact(after(int(begins)), "distant", "", None))
    return replace(cohort, landmark=LandmarkTime(landmark) if landmark else None)


def with_progression(days, died, begins, **keywords):
    """Patients seen until these days or dead on them, with the days of distant progression."""
    cohort = followed(days, died, **keywords)
    for patient, day in zip(cohort.facts.patients, begins, strict=True):
        if day is not None:
            patient.progressions.append(ProgressionFact(after(day), "distant", "", None))
    return cohort


@pytest.mark.parametrize("case", CASES)
def test_a_time_dependent_model_of_the_facts_is_that_of_r(case):
    answer = ANSWERS[case]["in_time"]["model"]
    rows = analysed(cohort_of(case), "OS", ["age"], later=[STATE])
    model = fit(rows, ["age", STATE], rows.known(["age", STATE]))
    assert model is not None

    for ours in ("coef", "se", "lower", "upper"):
        agrees([getattr(term, ours) for term in model.terms], answer[ours])
    agrees(model.loglik, answer["loglik"])
    shown = table(
        multivariable(cohort_of(case), endpoints=["OS"], variables=["age"], later=[STATE])
    )
    ratios = [row.cells[4].value for row in shown.rows if row.cells[4].value not in (None, 1.0)]
    agrees(np.log(ratios), answer["coef"])
    agrees([row.cells[6].value for row in shown.rows if not row.indent], answer["zph"][3:5], 1e-7)


@pytest.mark.parametrize("day", MONTHS)
@pytest.mark.parametrize("case", CASES)
def test_a_landmark_analysis_of_the_facts_is_that_of_r(case, day):
    answer = ANSWERS[case]["landmarks"][day]
    cohort = cohort_of(case, landmark=MONTHS[day])
    assert cohort.landmark is not None
    assert cohort.landmark.day == answer["day"]
    rows = analysed(cohort, "OS", ["age", STATE])

    assert rows.n == answer["n"]
    assert (rows.frame[STATE] == "yes").tolist() == [bool(one) for one in answer["begun"]]
    tests = between(rows, STATE, rows.known([STATE]))
    agrees(tests.logrank, answer["logrank"][1])
    shown = table(multivariable(cohort, endpoints=["OS"], variables=["age", STATE]))
    ratios = [row.cells[4].value for row in shown.rows if row.cells[4].value not in (None, 1.0)]
    agrees(np.log(ratios), answer["model"]["coef"])


def test_the_curves_and_all_words_count_from_the_landmark():
    # 18 months are day 547. Of eight: one dies and one is last seen before, P8 just on that day.
    days = [300, 400, 600, 700, 800, 900, 1000, 547]
    cohort = with_progression(
        days, [1, 0, 1, 0, 1, 0, 0, 0], [None, None, 500, 547, 548, None, None, None]
    )
    cohort = replace(cohort, landmark=LandmarkTime(18))
    shown = curves_by_group(cohort, endpoint="OS", group_by=STATE, at_months=[6])
    drawing, rates = figure(shown), table(shown, 1)

    assert drawing.title == "Overall survival by Distant progression up to month 18"
    assert "Months from the landmark at 18 months after first day of" in drawing.svg
    assert "Landmark at 18 months (day 547) after first day of radiotherapy" in drawing.svg
    said = " ".join(rates.notes)
    assert (
        "5 patients, events: 2. Left out: event up to the landmark: 1; "
        "censored up to the landmark: 2." in said
    )
    assert "Distant progression up to month 18: the first distant progression on record" in said
    # P3 and P4 had it by then; P5 had it a day later.
    assert line(rates, "yes")[:2] == ["2", "1"]
    assert line(rates, "no")[:2] == ["3", "1"]
    assert [steps.days[-1] for steps in drawing.steps] == [1000 - 547, 700 - 547]


def test_cumulative_incidence_and_rates_count_from_the_landmark_too():
    cohort = followed(
        [400, 500, 600, 700, 800, 200],
        [1, 1, 0, 1, 0, 1],
        local_failures={0: 100, 1: 450},
    )
    cohort = replace(cohort, landmark=LandmarkTime(12))
    shown = curves(cohort, endpoints=["LC_PT"])
    # P4 dies without failure, P6 died so before the landmark.
    assert line(table(shown), "Local control by patient")[:2] == ["4 patients", "1"]
    assert "Landmark at 12 months (day 365)" in " ".join(table(shown).notes)
    incidence = shown.parts[2]
    assert isinstance(incidence, Figure)
    assert "Months from the landmark at 12 months after first day" in incidence.svg
    assert (
        "4 patients, events: 1. Left out: event up to the landmark: 1; "
        "competing event up to the landmark: 1." in " ".join(incidence.table.notes)
    )


def test_nobody_after_the_landmark_is_said():
    cohort = replace(followed([100, 200], [1, 0]), landmark=LandmarkTime(12))
    reason = "Nobody was under observation after the landmark at 12 months."
    assert curves(cohort, endpoints=["OS"]).reason == reason
    assert curves_by_group(cohort, endpoint="OS", group_by=STATE).reason == reason


class TestTheTimeDependentTable:
    def shown(self, begins, **keywords):
        cohort = with_progression(
            list(range(100, 900, 100)), [1, 0, 1, 0, 1, 0, 1, 0], begins, **keywords
        )
        return table(multivariable(cohort, endpoints=["OS"], variables=[], later=[STATE]))

    def test_it_says_that_the_ratio_is_of_being_in_the_state(self):
        notes = " ".join(self.shown([50, None, 250, None, None, 500, None, None]).notes)
        assert "Time-dependent: the hazard ratio compares, on each day, those in the state" in notes
        assert "A state counts from the day after it began." in notes
        assert "Distant progression (time-dependent): the first distant progression" in notes

    def test_patients_are_counted_and_not_pieces(self):
        # P1 and P3 die in the state, P6 comes into it, P8's began on the last day.
        shown = self.shown([50, None, 250, None, None, 500, None, 800])
        assert "8 patients with 4 events." in " ".join(shown.notes)
        assert line(shown, "not (yet) begun")[:2] == ["8", "2"]
        assert line(shown, "begun")[:2] == ["3", "2"]

    @pytest.mark.parametrize("begins", [[None] * 8, range(100, 900, 100)])
    def test_nobody_in_the_state_leaves_nothing_to_compare(self, begins):
        shown = self.shown(begins)
        said = "Distant progression (time-dependent) has one category only: there is nothing"
        assert said in " ".join(shown.notes)
        assert [row.label for row in shown.rows] == [
            "Distant progression (time-dependent)",
            "not (yet) begun",
        ]

    def test_every_event_in_the_state_has_no_finite_ratio(self):
        notes = " ".join(self.shown([50, None, 250, None, 450, None, 650, None]).notes)
        assert "no event in the reference category" in notes

    def test_whose_state_is_not_known_is_left_out(self):
        cohort = with_progression([100, 200, 300], [1, 1, 0], [50, None, None])
        cohort.facts.patients[1].progressions.append(ProgressionFact(None, "distant", "", None))
        shown = table(multivariable(cohort, endpoints=["OS"], later=[STATE]))
        assert "2 patients with 1 events. 1 left out because a variable is missing." in shown.notes

    def test_everybody_in_the_state_from_the_start_is_flagged(self):
        cohort = followed([200, 400, 600, 800], [1, 0, 1, 0], protocol="tcga_sarc")
        for patient in cohort.facts.patients:
            patient.diagnosed = after(10)  # irradiated ten days before
        shown = table(multivariable(cohort, endpoints=["OS"], later=["radiotherapy"]))
        assert "Radiotherapy begun (time-dependent) has one category only" in " ".join(shown.notes)
        assert line(shown, "begun")[:2] == ["4", "2"]


def test_lesions_of_one_patient_are_a_cluster_of_pieces():
    answer, data = ANSWERS["lesions"]["in_time"]["model"], ANSWERS["lesions"]["data"]
    begins = dict(zip(data["patient"], data["begins"], strict=True))
    cohort = lesions_followed(data)
    for patient in cohort.facts.patients:
        day = begins[int(patient.pseudonym.removeprefix("P"))]
        if day is not None:
            patient.progressions.append(ProgressionFact(after(int(day)), "distant", "", None))
    rows = analysed(cohort, "LC", ["lesion_diameter_cm"], later=[STATE])
    model = fit(rows, list(rows.covariates), rows.known(rows.covariates))
    assert model is not None

    assert model.clusters == len(begins)
    assert rows.count(rows.known(rows.covariates)) == len(data["patient"])
    agrees([term.coef for term in model.terms], answer["coef"])
    agrees([term.robust_se for term in model.terms], answer["robust_se"])


@pytest.mark.parametrize(
    ("keywords", "said"),
    [
        ({"later": ["sex"]}, "sex is no state that begins later; there are local_progression"),
        ({"later": ["radiotherapy"]}, "cannot come after the time origin of OS"),
        ({"variables": [STATE]}, "becomes known only after the time origin.*landmark=12.*later="),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_the_reason(keywords, said):
    with pytest.raises(CovariateError, match=said):
        multivariable(followed([100, 200], [1, 0]), endpoints=["OS"], **keywords)


def test_a_state_that_is_part_of_the_endpoint_is_refused_as_group_and_in_models():
    cohort = replace(followed([500, 600], [1, 0]), landmark=LandmarkTime(12))
    for make in (
        lambda: curves_by_group(cohort, endpoint="PFS", group_by=STATE),
        lambda: multivariable(cohort, endpoints=["PFS"], later=[STATE]),
    ):
        with pytest.raises(CovariateError, match="cannot be a later state for PFS"):
            make()


def test_a_state_is_not_asked_for_in_both_ways_at_once():
    cohort = replace(followed([500, 600], [1, 0]), landmark=LandmarkTime(12))
    with pytest.raises(CovariateError, match="either as at the landmark or as time-dependent"):
        multivariable(cohort, endpoints=["OS"], variables=[STATE], later=[STATE])
