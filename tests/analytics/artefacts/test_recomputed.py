"""Published figures computed again: each measure by hand on a few patients."""

import datetime as dt
from dataclasses import replace

import pytest

from analytics.artefacts.recomputed import recomputed
from analytics.covariates import Condition
from analytics.curves import Estimate
from analytics.extract.days import known_day
from analytics.extract.facts import (
    CourseFact,
    DeathFact,
    LesionFact,
    PatientFacts,
    ProgressionFact,
    StudyFacts,
)
from analytics.published.figures import FigureUnit, Frame, Measure, Recompute
from registry.protocols.vocabulary import ToxicityPhase, Unit
from tests.analytics.cohorts import make_cohort

START = dt.date(2015, 1, 1)
MONTH = 30.4375
NOTHING = Estimate(None, None, None)


def on(days):
    return known_day(START + dt.timedelta(days=days))


def patient(name, last, *, died=False, failed=None):
    failures = [] if failed is None else [ProgressionFact(on(failed), "local", "", 1)]
    return PatientFacts(
        name,
        "A",
        courses=[CourseFact(1, 1, on(0), on(0))],
        lesions={1: LesionFact(1, 1, {1})},
        progressions=failures,
        last_contact=on(last),
        death=DeathFact(on(last), "disease") if died else None,
    )


@pytest.fixture(scope="module")
def cohort():
    """P1 dies on day 100, P2 on day 200, P3 lives to day 300 and fails on 150, P4 to day 400."""
    patients = [
        patient("P1", 100, died=True),
        patient("P2", 200, died=True),
        patient("P3", 300, failed=150),
        patient("P4", 400),
    ]
    values = [
        {"grade": "3", "size_cm": 9, "dose_gy": 40, "had_surgery": "yes"},
        {"grade": "2", "size_cm": 5, "dose_gy": 50, "had_surgery": "yes"},
        {"grade": "1", "size_cm": 2, "dose_gy": 60, "site_region": "lower_extremity"},
        {"grade": "1", "dose_gy": float("nan")},
    ]
    event = {"release": "4.03", "phase": "late"}
    return make_cohort(
        patients=values,
        lesions=[
            {"USUBJID": one.pseudonym, "LESID": "1"} | value
            for one, value in zip(patients, values, strict=True)
        ],
        courses=[{"USUBJID": one.pseudonym, "course": 1} for one in patients],
        toxicities=[
            event | {"USUBJID": "P1", "term": "Edema limbs", "grade": 3},
            event | {"USUBJID": "P1", "term": "Fatigue", "grade": 1},
            event | {"USUBJID": "P3", "term": "Edema limbs", "grade": 2, "phase": "acute"},
            event
            | {"USUBJID": "P2", "term": "Wound infection", "grade": 2, "is_wound": "yes"}
            | {"days_from_surgery": 30, "phase": "acute"},
            event | {"USUBJID": "P4", "term": "Pain", "grade": 4, "attribution": "unrelated"},
        ],
        losses=[{"USUBJID": "P4"}],
        screenings=[{}] * 6,
        facts=StudyFacts("jinling", None, tuple(patients)),
    )


def asked(measure, **given):
    default = Recompute(
        measure=measure,
        endpoint="OS",
        months=0.0,
        by=Unit.PATIENT,
        frame=Frame.PATIENTS,
        column="",
        grade=1,
        phase=None,
        concepts=(),
        regions=(),
        where=None,
    )
    return replace(default, **given)


@pytest.mark.parametrize(
    ("measure", "given", "unit", "value"),
    [
        (Measure.RATE, {"months": 120 / MONTH}, "%", 75),
        (Measure.RATE, {"months": 120 / MONTH, "where": Condition.parse("grade:in:2,3")}, "%", 50),
        (Measure.RATE, {"months": 60}, "%", None),
        (Measure.MEDIAN_TIME, {}, "months", 300 / MONTH),  # at one half from day 200 to 400
        (Measure.EVENTS, {}, "count", 2),
        (Measure.EVENTS, {"endpoint": "LC"}, "count", 1),
        (Measure.EVENTS, {"where": Condition.parse("grade:in:x")}, "count", 0),
        (Measure.EVENTS, {"endpoint": "DMFS"}, "count", None),
        (Measure.EVENT_TIME, {"endpoint": "LC"}, "months", 150 / MONTH),
        (Measure.FOLLOW_UP, {}, "months", 250 / MONTH),
        (Measure.FOLLOW_UP_ALIVE, {}, "months", 350 / MONTH),
        (Measure.ROWS, {"frame": Frame.LESIONS}, "count", 4),
        (Measure.ROWS, {"frame": Frame.LOSSES}, "count", 1),
        (Measure.SHARE, {"where": Condition.parse("grade:in:1")}, "%", 50),
        (Measure.SHARE, {"where": Condition.parse("size_cm:le:5")}, "%", 100 * 2 / 3),
        (Measure.SHARE, {"where": Condition.parse("size_cm:gt:5")}, "%", 100 / 3),
        (Measure.SPREAD, {"column": "dose_gy"}, "Gy", 50),
        (Measure.TOXICITY, {"grade": 2}, "count", 3),
        (Measure.TOXICITY, {"grade": 2}, "%", 75),
        (Measure.TOXICITY, {"grade": 3}, "count", 1),  # the unrelated grade 4 does not count
        (Measure.TOXICITY, {"phase": ToxicityPhase.LATE}, "count", 1),
        (Measure.TOXICITY, {"concepts": ("limb_oedema",)}, "count", 2),
        (Measure.TOXICITY, {"regions": ("lower_extremity",)}, "%", 100),
        (Measure.TOXICITY_EVENTS, {}, "count", 4),
        (Measure.WOUND, {}, "%", 50),
        (Measure.SCREENED, {}, "count", 6),
    ],
)
def test_a_measure_is_what_one_counts_by_hand(cohort, measure, given, unit, value):
    found = recomputed(cohort, asked(measure, **given), FigureUnit(unit))

    assert found.estimate == (None if value is None else pytest.approx(value))


def test_a_spread_has_its_range_and_a_rate_its_limits(cohort):
    spread = recomputed(cohort, asked(Measure.SPREAD, column="dose_gy"), FigureUnit.GY)
    rate = recomputed(cohort, asked(Measure.RATE, months=5), FigureUnit.PERCENT)

    assert (spread.lower, spread.upper) == (40, 60)
    # R: survfit(Surv(c(100, 200, 300, 400), c(1, 1, 0, 0)) ~ 1, conf.type = "log-log") on day 152
    assert rate.lower == pytest.approx(12.794, abs=1e-3)
    assert rate.upper == pytest.approx(96.055, abs=1e-3)


def test_the_log_rank_p_is_that_of_r(cohort):
    """R: survdiff(Surv(c(100, 200, 300, 400), c(1, 1, 0, 0)) ~ c(1, 1, 0, 0))."""
    found = recomputed(
        cohort, asked(Measure.LOG_RANK, where=Condition.parse("grade:in:1")), FigureUnit.P_VALUE
    )

    assert found.estimate == pytest.approx(0.0895550744, abs=1e-9)


def test_a_hazard_ratio_that_runs_away_is_not_given(cohort):
    found = recomputed(
        cohort,
        asked(Measure.HAZARD_RATIO, where=Condition.parse("grade:in:1")),
        FigureUnit.HAZARD_RATIO,
    )

    assert found == NOTHING


def test_a_hazard_ratio_is_that_of_r():
    """R: coxph(Surv(c(1, 2, 3, 4), c(1, 1, 1, 0)) ~ c(1, 0, 1, 0))."""
    patients = [patient(f"P{n}", n, died=n < 4) for n in (1, 2, 3, 4)]
    two = make_cohort(
        patients=[{"sex": sex} for sex in ("male", "female", "male", "female")],
        facts=StudyFacts("jinling", None, tuple(patients)),
    )
    found = recomputed(
        two,
        asked(Measure.HAZARD_RATIO, where=Condition.parse("sex:in:male")),
        FigureUnit.HAZARD_RATIO,
    )

    assert [found.estimate, found.lower, found.upper] == pytest.approx(
        [2.561552811859, 0.225316756334, 29.121459560753], rel=1e-6
    )


@pytest.mark.parametrize("measure", [one for one in Measure if one is not Measure.SCREENED])
def test_nobody_gives_no_figure_or_a_count_of_none(measure):
    nobody = make_cohort()
    given = {"where": Condition.parse("grade:in:1"), "column": "dose_gy"}
    found = recomputed(nobody, asked(measure, **given), FigureUnit.COUNT)

    assert found.estimate in (None, 0)
