"""``manage.py survival``: the table, the JSON, and what it says of wrong arguments."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Patient
from registry.scope import system_scope
from tests.analytics.extract.cohort import after, enrol, follow, irradiate, study_of
from tests.analytics.management.commands.ten_patients import ten_patients
from tests.factories import ProgressionFactory, StudyFactory

pytestmark = pytest.mark.django_db


def run(*arguments, **options):
    out = StringIO()
    call_command("survival", *arguments, **options, stdout=out)
    return out.getvalue()


def as_json(endpoint="OS", **options):
    return json.loads(
        run(study="cnao", endpoint=endpoint, format="json", **options),
        parse_constant=lambda name: pytest.fail(f"{name} is not JSON"),
    )


@pytest.fixture
def study():
    """Of four patients two die, on days 200 and 500; the others are seen to days 400 and 800."""
    study = study_of("cnao")
    follow(study, "P-1", 200, died=True, centre="A")
    follow(study, "P-2", 400, died=False, centre="B")
    follow(study, "P-3", 500, died=True, centre="B")
    follow(study, "P-4", 800, died=False, centre="A")
    irradiate(enrol(study, "P-5", centre="A"))
    return study


def test_the_json_has_exactly_these_keys(study):
    found = as_json()
    assert list(found) == [
        "study", "endpoint", "unit", "n", "events", "data_cut", "conf_type", "median", "at",
        "follow_up",
    ]  # fmt: skip
    assert list(found["median"]) == ["estimate", "lower", "upper"]
    assert list(found["follow_up"]) == ["median", "lower", "upper"]
    assert [list(rate) for rate in found["at"]] == [
        ["months", "estimate", "lower", "upper", "n_risk", "n_event"]
    ] * 4


def test_the_json_carries_full_figures_and_null_where_there_are_none(study):
    found = as_json()
    assert [found[key] for key in ("study", "endpoint", "unit", "n", "events")] == [
        "cnao", "OS", "patient", 4, 2,
    ]  # fmt: skip
    assert (found["data_cut"], found["conf_type"]) == (None, "log-log")
    # 3/4 after day 200, 3/8 after day 500: the median is day 500, no upper limit is reached.
    assert found["median"]["estimate"] == pytest.approx(500 / 30.4375, rel=1e-15)
    assert found["median"]["upper"] is None
    # Reverse: 2/3 after day 400, 0 after day 800.
    assert found["follow_up"]["median"] == pytest.approx(800 / 30.4375, rel=1e-15)
    at = {rate.pop("months"): rate for rate in found["at"]}
    assert list(at) == [12, 24, 36, 60]
    assert (at[12]["estimate"], at[12]["n_risk"], at[12]["n_event"]) == (0.75, 3, 1)
    assert (at[24]["estimate"], at[24]["n_risk"], at[24]["n_event"]) == (0.375, 1, 1)
    assert at[36] == {"estimate": None, "lower": None, "upper": None, "n_risk": 0, "n_event": 0}


def test_times_may_be_chosen_and_come_in_order(study):
    found = as_json(at="24, 6,1.5")
    assert [rate["months"] for rate in found["at"]] == [1.5, 6, 24]


def test_a_data_cut_leaves_out_what_came_later(study):
    # Day 300 is 10 November 2020: P-1 had died, nobody else had been seen.
    found = as_json(data_cut="2020-11-10")
    assert (found["data_cut"], found["n"], found["events"]) == ("2020-11-10", 1, 1)


def test_the_limits_may_be_on_another_scale(study):
    plain = as_json(conf_type="plain", at="12")
    assert plain["conf_type"] == "plain"
    # Greenwood: 0.75 ± 1.96 · 0.75 · √(1 / (4 · 3)).
    assert plain["at"][0]["lower"] == pytest.approx(0.75 - 1.959964 * 0.75 / 12**0.5, abs=1e-6)


def test_a_study_without_anybody_gives_null_throughout():
    study_of("cnao")
    found = as_json(at="12")
    assert (found["n"], found["events"]) == (0, 0)
    assert found["median"] == {"estimate": None, "lower": None, "upper": None}
    assert found["at"] == [
        {
            "months": 12,
            "estimate": None,
            "lower": None,
            "upper": None,
            "n_risk": 0,
            "n_event": 0,
        }
    ]


def test_the_table_is_for_reading(study):
    ProgressionFactory.create(
        patient=enrol(study, "P-6", centre="A"), occurred_on=after(50), number=1
    )
    lines = run(study="cnao", endpoint="OS", at="12,24,36").splitlines()
    # Limits are those that R's survfit gives for these four patients.
    assert lines == [
        "Overall survival (OS), study cnao: Study cnao",
        "Time from the first day of radiotherapy to death from any cause; patients alive are "
        "censored at the last follow-up.",
        "",
        "Unit: patient. N: 4, events: 2.",
        "Data cut: none, all facts on file. Protocol version: 1.",
        "Median: 16.4 months (95 % CI 6.6 to –). "
        "Median follow-up (reverse Kaplan-Meier): 26.3 months (95 % CI 13.1 to –).",
        "",
        "Months  Rate %       95 % CI  At risk  Events",
        "    12    75.0  12.8 to 96.1        3       1",
        "    24    37.5   1.1 to 80.8        1       1",
        "    36       –        – to –        0       0",
        "Confidence limits: log-log. Events: since the time before.",
        "Not in the curve, no follow-up of the kind that the endpoint asks for: 1 (P-5).",
        "Not in the curve, day of the time origin not known: 1 (P-6).",
    ]


def test_the_table_tells_of_competing_events_and_of_events_before_the_origin(study):
    patient = enrol(study, "P-7")
    irradiate(patient)
    ProgressionFactory.create(patient=patient, occurred_on=after(-50), number=1)
    ProgressionFactory.create(patient=patient, occurred_on=after(250), number=2)
    text = run(study="cnao", endpoint="LC")
    assert "N: 5, events: 1, competing events: 2." in text
    assert "Events before the time origin, not counted: 1." in text


def test_of_many_who_are_left_out_the_first_ten_are_named(study):
    for number in range(20, 33):
        enrol(study, f"P-{number}")
    text = run(study="cnao", endpoint="OS")
    assert (
        "not known: 13 (P-20, P-21, P-22, P-23, P-24, P-25, P-26, P-27, P-28, P-29 and 3 more)."
        in text
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"study": "cano"}, "there is no study 'cano'; studies: cnao"),
        ({"endpoint": "PFS"}, "no endpoint PFS; it has LC, DPFS, OS"),
        ({"endpoint": "lc"}, "no endpoint lc; it has LC, DPFS, OS"),
        ({"at": "12,two"}, "--at: 'two' is not a number of months"),
        ({"at": ""}, "--at: '' is not a number of months"),
        ({"at": "12,-3"}, "months from 0 on, got -3"),
        ({"at": "nan"}, "months from 0 on, got nan"),
        ({"data_cut": "2024-02-30"}, "--data-cut: '2024-02-30' is not a day of the calendar"),
        ({"data_cut": "yesterday"}, "--data-cut: 'yesterday' is not a day"),
    ],
)
def test_a_wrong_argument_is_named_with_what_would_be_right(study, options, message):
    with pytest.raises(CommandError, match=message):
        run(**{"study": "cnao", "endpoint": "OS", **options})


def test_without_any_study_it_says_so():
    with pytest.raises(CommandError, match="there is no study 'cnao'; studies: none"):
        run(study="cnao", endpoint="OS")


def test_a_study_without_a_protocol_is_named():
    StudyFactory.create(key="bare")
    with pytest.raises(CommandError, match="study bare has no protocol yet"):
        run(study="bare", endpoint="OS")


def test_a_data_cut_of_relative_dates_is_refused(study):
    study.dates_are_relative = True
    study.save()
    with pytest.raises(CommandError, match="the dates of study cnao are relative"):
        run(study="cnao", endpoint="OS", data_cut="2024-01-01")


def test_study_and_endpoint_are_needed():
    with pytest.raises(CommandError, match="--study, --endpoint"):
        run()


def test_groups_add_keys_and_leave_those_that_there_were(db):
    ten_patients()
    alone, grouped = as_json(), as_json(group_by="sex")
    assert {key: grouped[key] for key in alone} == alone
    assert list(grouped)[len(alone) :] == ["group_by", "not_known", "groups", "logrank"]
    female, male = grouped["groups"]
    # survfit(Surv(days, died) ~ sex, d, conf.type = "log-log") at 12 months.
    assert (female["value"], female["label"], female["n"]) == ("female", "Female", 5)
    at = female["at"][0]
    assert (at["estimate"], at["lower"], at["upper"]) == pytest.approx(
        (0.8, 0.20380926327, 0.96917978887), rel=1e-9
    )
    assert male["at"][0]["estimate"] == pytest.approx(0.533333333333, rel=1e-9)
    # survdiff(Surv(days, died) ~ sex, d)
    test = grouped["logrank"]["plain"]
    assert (test["chisq"], test["df"], test["p"]) == pytest.approx(
        (0.0347694646260782, 1, 0.852079559094165), rel=1e-9
    )
    assert list(grouped["logrank"]) == ["plain"]


def test_a_condition_keeps_the_keys_and_leaves_only_those_who_fulfil_it(db):
    ten_patients()
    found = as_json(where=["sex:in:male", "size_cm:ge:8"])
    assert list(found) == list(as_json())
    assert (found["n"], found["events"]) == (3, 3)


def test_the_table_of_groups_is_for_people(db):
    ten_patients()
    text = run(study="cnao", endpoint="OS", group_by="sex")
    assert "By Sex (sex)" in text
    assert "Female  5       3" in text
    assert "Log-rank test: chi square 0.035, P 0.8521." in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"group_by": "sexes"}, "--group-by: There is no covariate sexes"),
        ({"group_by": "size_cm"}, "--group-by: size_cm is a number"),
        ({"where": ["sex:gt:3"]}, "--where: Condition “sex:gt:3”"),
    ],
)
def test_a_wrong_group_or_condition_is_named(study, options, said):
    with pytest.raises(CommandError) as error:
        as_json(**options)
    assert said in str(error.value)


@pytest.fixture
def progressed(study):
    """P-2 progresses on day 100, P-4 on day 300; month 6 is day 182."""
    for pseudonym, day in (("P-2", 100), ("P-4", 300)):
        with system_scope():
            patient = Patient.objects.get(pseudonym=pseudonym)
        ProgressionFactory.create(patient=patient, occurred_on=after(day), kind="distant")
    return study


def test_a_landmark_adds_its_day_and_who_is_left_out(study):
    found = as_json(landmark="8", at="12")
    # Month 8 is day 243: P-1 died before. P-3 dies on day 257 from there, P-4 is seen to day 557.
    assert found["landmark"] == {
        "months": 8,
        "day": 243,
        "left_out": {
            "event_before_landmark": 1,
            "competing_before_landmark": 0,
            "censored_before_landmark": 0,
        },
    }
    assert (found["n"], found["events"]) == (3, 1)
    assert found["median"]["estimate"] == pytest.approx((257 + 557) / 2 / 30.4375, rel=1e-15)
    assert found["at"][0]["estimate"] == 0.5
    assert list(found)[:-1] == list(as_json())


def test_groups_at_a_landmark_are_by_what_had_begun_by_then(progressed):
    found = as_json(endpoint="OS", landmark="6", group_by="distant_progression")
    assert [(group["value"], group["n"], group["events"]) for group in found["groups"]] == [
        ("no", 3, 2), ("yes", 1, 0),
    ]  # fmt: skip
    later = as_json(endpoint="OS", landmark="12", group_by="distant_progression")
    assert [(group["value"], group["n"]) for group in later["groups"]] == [("no", 1), ("yes", 2)]


def test_the_table_at_a_landmark_says_from_where_it_counts(progressed):
    text = run(study="cnao", endpoint="OS", landmark="8", group_by="distant_progression")
    assert (
        "Landmark at 8 months (day 243) after first day of radiotherapy: time counts from there, "
        "among those still under observation after that day." in text
    )
    assert "Not in the curve, event up to the landmark: 1 (P-1)." in text
    assert "By Distant progression up to month 8 (distant_progression)" in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"landmark": "soon"}, "--landmark: Landmark: soon is no number of months above 0"),
        ({"landmark": "0"}, "--landmark: Landmark: 0 is no number of months above 0"),
        (
            {"group_by": "distant_progression"},
            "--group-by: distant_progression becomes known only after the time origin.",
        ),
        (
            {"group_by": "distant_progression"},
            "--landmark 12 or --later distant_progression in a command",
        ),
        (
            {"group_by": "distant_progression", "landmark": "6", "endpoint": "DPFS"},
            "--group-by: Distant progression cannot be a later state for DPFS",
        ),
        (
            {"where": ["distant_progression:in:yes"], "landmark": "6"},
            "--where: distant_progression becomes known only after",
        ),
    ],
)
def test_a_landmark_that_cannot_be_made_is_refused(study, options, said):
    with pytest.raises(CommandError) as error:
        run(**{"study": "cnao", "endpoint": "OS", **options})
    assert said in str(error.value)
