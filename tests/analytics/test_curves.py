"""The curve of an endpoint: R's figures on patients in the database, and what is said beside."""

import datetime as dt
import json
import math
import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from analytics import observed
from analytics.curves import survival_result, survival_results
from registry.models import ProtocolVersion, TemporaryAccess
from registry.scope import ScopeError, scoped_to, system_scope
from tests.analytics.extract.cohort import (
    FIRST_DAY,
    add_lesion,
    after,
    die,
    enrol,
    follow,
    irradiate,
    see,
    study_of,
)
from tests.factories import ProgressionFactory, StudyFactory, coordinator, data_manager

pytestmark = pytest.mark.django_db

R_SCRIPT = Path(__file__).parents[1] / "data" / "r" / "survival_result.R"
R = json.loads(R_SCRIPT.with_suffix(".json").read_text(encoding="utf-8"))
MONTH = 30.4375


def fill(study):
    """The fourteen patients of the R script: 0 last seen, 1 local failure, 2 death without it."""
    for number, (days, status) in enumerate(zip(R["days"], R["status"], strict=True), start=10):
        patient = enrol(study, f"P-{number}")
        irradiate(patient)
        see(patient, days - 30)
        if status == 0:
            see(patient, days)
        elif status == 1:
            ProgressionFactory.create(patient=patient, occurred_on=after(days))
        else:
            die(patient, days)


@pytest.fixture
def study():
    return study_of("cnao")


@pytest.fixture
def cohort(study):
    fill(study)
    return study


def result_of(study, code, **keywords):
    with system_scope():
        return survival_result(study, code, **keywords)


def figures(estimate):
    return {
        "estimate": estimate.estimate,
        "lower": estimate.lower,
        "upper": estimate.upper,
    }


def agrees(ours, answer):
    assert {name: value is None for name, value in ours.items()} == {
        name: value is None for name, value in answer.items()
    }
    known = {name: value for name, value in ours.items() if value is not None}
    assert known == pytest.approx({name: answer[name] for name in known}, rel=1e-12)


@pytest.mark.parametrize("conf_type", R["answers"])
def test_rates_medians_and_numbers_are_those_of_r(cohort, conf_type):
    result, answer = result_of(cohort, "LC", conf_type=conf_type), R["answers"][conf_type]
    assert (result.n, result.events, result.numbers.competing_events) == (14, 6, 3)
    for place, rate in enumerate(result.rates[:3]):
        agrees(
            figures(rate.survival),
            {name: answer[name][place] for name in ("estimate", "lower", "upper")},
        )
    assert [rate.months for rate in result.rates] == [12, 24, 36, 60]
    assert [rate.n_risk for rate in result.rates] == answer["n_risk"]
    assert [rate.n_event for rate in result.rates] == answer["n_event"]
    agrees(figures(result.median), answer["median"])
    agrees(figures(result.follow_up), answer["follow_up"])


def test_past_the_last_day_of_the_data_nothing_is_said(cohort):
    # The last patient was seen on day 1800; 60 months are 1826.25 days.
    last = result_of(cohort, "LC").rates[-1]
    assert figures(last.survival) == {"estimate": None, "lower": None, "upper": None}
    assert (last.n_risk, last.n_event) == (0, 1)


def test_events_are_counted_since_the_time_before(cohort):
    # Failures on days 95, 180, 365, 512, 731 and 1500; a year is day 365.25.
    result = result_of(cohort, "LC", at_months=[3, 6, 12, 13])
    assert [rate.n_event for rate in result.rates] == [0, 2, 1, 0]
    assert [rate.n_risk for rate in result.rates] == [14, 11, 8, 8]


def test_times_come_back_ascending_and_once(cohort):
    result = result_of(cohort, "OS", at_months=[24, 12, 24.0, 1.5])
    assert [rate.months for rate in result.rates] == [1.5, 12, 24]


def test_a_time_on_the_day_of_an_event_includes_it(cohort):
    before, on_the_day = result_of(cohort, "LC", at_months=[364 / MONTH, 365 / MONTH]).rates
    # At risk: 14 on day 95, 13 on day 180, 10 on day 365.
    assert before.survival.estimate == pytest.approx(13 / 14 * 12 / 13)
    assert on_the_day.survival.estimate == pytest.approx(13 / 14 * 12 / 13 * 9 / 10)


def test_deaths_are_no_end_of_follow_up():
    # Followed 100, 200 and 300 days by those alive; the two who died would have gone on.
    study = study_of("cnao")
    for number, (days, died) in enumerate([(100, False), (200, False), (300, False), (50, True),
                                           (200, True)]):  # fmt: skip
        follow(study, f"P-{number}", days, died=died)
    for code in ("OS", "LC"):
        # Reverse curve: 3/4 from day 100 on; on day 200 the death leaves first, so 3/8 then.
        assert result_of(study, code).follow_up.estimate == pytest.approx(200 / MONTH)


def test_a_cut_is_part_of_the_result(cohort):
    cut = FIRST_DAY + dt.timedelta(days=365)
    result = result_of(cohort, "LC", data_cut=cut)
    assert result.data_cut == cut
    # Known by day 365: failures on days 95, 180 and 365, deaths on 240 and 365, a visit on 180. The
    # others were first seen 30 days before they were last seen, that is after the cut.
    assert (result.n, result.events, result.numbers.competing_events) == (6, 3, 2)
    assert result.numbers.excluded == {"no_follow_up": 8}


def test_the_definition_and_the_version_are_those_of_the_newest_protocol(cohort):
    version = cohort.protocol_version()
    ProtocolVersion.objects.create(
        study=cohort,
        number=2,
        effective_on=dt.date(2024, 1, 1),
        source=version.source.replace("within the planning target volume", "within the PTV"),
    )
    result = result_of(cohort, "LC")
    assert result.protocol_version == 2
    assert "within the PTV" in result.endpoint.definition


def test_lesions_are_counted_one_by_one():
    study = study_of("jinling")
    patient = enrol(study, "P-1")
    first, second = add_lesion(patient, 1), add_lesion(patient, 2)
    irradiate(patient, lesions=[first, second])
    ProgressionFactory.create(patient=patient, lesion=second, occurred_on=after(100))
    see(patient, 500)
    result = result_of(study, "LC", at_months=[12])
    assert (result.endpoint.unit, result.n, result.events) == ("lesion", 2, 1)
    assert result.rates[0].survival.estimate == 0.5


# Patient -> last visit, days of the failures of its lesions (None: without failure).
LESIONS: dict[str, tuple[int, list[int | None]]] = {
    "P-1": (500, [100, None, None]),
    "P-2": (400, [300, 400, None]),
    "P-3": (700, [None]),
    "P-4": (800, [650, None]),
}


@pytest.fixture
def lesions():
    study = study_of("jinling")
    for pseudonym, (last_visit, failures) in LESIONS.items():
        patient = enrol(study, pseudonym)
        there = [add_lesion(patient, number) for number in range(1, len(failures) + 1)]
        irradiate(patient, lesions=there)
        for lesion, days in zip(there, failures, strict=True):
            if days is not None:
                ProgressionFactory.create(patient=patient, lesion=lesion, occurred_on=after(days))
        see(patient, last_visit)
    return study


def test_limits_of_lesions_are_clustered_by_patient(lesions):
    result = result_of(lesions, "LC", at_months=[12, 18])
    # summary(survfit(Surv(days, event) ~ 1, cluster = patient, conf.type = "log-log")) of R.
    answers = [
        (0.777777777777778, 0.583302962296511, 0.889436251403297),
        (0.666666666666667, 0.330387790831971, 0.862046741732232),
    ]
    assert result.is_clustered
    for rate, (estimate, lower, upper) in zip(result.rates, answers, strict=True):
        agrees(figures(rate.survival), {"estimate": estimate, "lower": lower, "upper": upper})


def test_of_very_many_lesions_limits_are_not_clustered(lesions, monkeypatch):
    monkeypatch.setattr(observed, "MOST_CLUSTERED", 8)
    result = result_of(lesions, "LC", at_months=[12])
    assert (result.n, result.is_clustered) == (9, False)
    # The same of R without cluster.
    agrees(
        figures(result.rates[0].survival),
        {"estimate": 0.777777777777778, "lower": 0.364751231165474, "upper": 0.939296442486602},
    )


def test_without_anybody_there_are_no_figures_and_no_error(study):
    enrol(study, "P-1")
    result = result_of(study, "LC", at_months=[12])
    nothing = {"estimate": None, "lower": None, "upper": None}
    assert (result.n, result.events, result.km, result.reverse_km) == (0, 0, None, None)
    assert figures(result.median) == figures(result.follow_up) == nothing
    assert figures(result.rates[0].survival) == nothing
    assert result.numbers.excluded == {"no_origin": 1}


def test_several_endpoints_come_in_the_order_asked_for(cohort):
    with system_scope():
        both = survival_results(cohort, ["OS", "LC"])
        assert [result.endpoint.code for result in both] == ["OS", "LC"]
        assert [result.events for result in both] == [3, 6]


def test_each_reader_gets_the_curve_of_the_patients_they_see(study):
    here = follow(study, "P-1", 100, died=True, centre="A").centre
    follow(study, "P-2", 200, died=False, centre="B")
    with scoped_to(data_manager(here)):
        assert survival_result(study, "OS").n == 1
    with scoped_to(coordinator(study)):
        assert survival_result(study, "OS").n == 2
    with pytest.raises(ScopeError):
        survival_result(study, "OS")


def test_a_case_that_is_read_as_a_guest_is_no_part_of_the_own_centres_curve(study):
    here = follow(study, "P-1", 100, died=True, centre="A").centre
    elsewhere = follow(study, "P-2", 200, died=False, centre="B")
    guest = data_manager(here)
    now = timezone.now()
    TemporaryAccess._base_manager.create(
        patient=elsewhere,
        user=guest,
        reason="second opinion",
        given_by=coordinator(study),
        given_at=now,
        ends_at=now + dt.timedelta(days=7),
    )
    with scoped_to(guest):
        assert survival_result(study, "OS").n == 1


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"at_months": [12, -1]}, "at_months must be months from 0 on, got -1"),
        ({"at_months": [math.nan]}, "at_months must be months from 0 on, got nan"),
        ({"conf_type": "logit"}, "conf_type must be one of"),
    ],
)
def test_bad_arguments_are_named(study, keywords, message):
    with pytest.raises(ValueError, match=message):
        result_of(study, "OS", **keywords)


def test_an_unknown_endpoint_names_those_that_there_are(study):
    with pytest.raises(LookupError, match="no endpoint PFS; it has LC, DPFS, OS"):
        result_of(study, "PFS")


def test_a_study_without_a_protocol_has_no_endpoints():
    with pytest.raises(ProtocolVersion.DoesNotExist):
        result_of(StudyFactory.create(key="bare"), "OS")


def test_the_stored_answers_are_those_of_the_script():
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here: the stored answers are taken as they are")
    run = subprocess.run(["Rscript", str(R_SCRIPT)], capture_output=True, text=True)
    if "there is no package" in run.stderr:
        pytest.skip("R has no package survival: the stored answers are taken as they are")
    assert run.returncode == 0, run.stderr
    again = json.loads(run.stdout)
    assert again["days"] == R["days"]
    for conf_type, answer in again["answers"].items():
        stored = R["answers"][conf_type]
        for name in ("estimate", "lower", "upper", "n_risk", "n_event"):
            assert answer[name] == pytest.approx(stored[name], rel=1e-12)
