"""``manage.py cox``: figures of R, selection, strata, parts of a study, and wrong arguments."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from registry.models import Patient
from registry.scope import system_scope
from tests.analytics.extract.cohort import after
from tests.analytics.management.commands.ten_patients import ten_patients
from tests.factories import ProgressionFactory

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    given = {"study": "cnao", "endpoint": "OS", "covariates": "sex,size_cm"} | options
    call_command("cox", **given, stdout=out)
    return out.getvalue()


def as_json(**options):
    return json.loads(
        run(format="json", **options),
        parse_constant=lambda name: pytest.fail(f"{name} is not JSON"),
    )


@pytest.fixture
def study(db):
    return ten_patients()


def test_the_model_is_that_of_r(study):
    # coxph(Surv(days, died) ~ sex + size, d)
    found = as_json()
    assert [found[key] for key in ("study", "endpoint", "unit", "n", "events", "left_out")] == [
        "cnao", "OS", "patient", 10, 6, 0,
    ]  # fmt: skip
    sex, size = found["model"]["terms"]
    assert (sex["variable"], sex["level"], sex["reference"]) == ("sex", "male", "female")
    assert (sex["hr"], sex["lower"], sex["upper"]) == pytest.approx(
        (0.30972632099882, 0.0256159121462787, 3.74495326856437), rel=1e-7
    )
    assert (size["variable"], size["level"]) == ("size_cm", None)
    assert (size["hr"], size["lower"], size["upper"]) == pytest.approx(
        (2.68374654926520, 1.0125115229502122, 7.11349488616833), rel=1e-7
    )
    assert size["p"] == pytest.approx(0.047148421539351, rel=1e-6)
    test = found["model"]["likelihood_ratio"]
    assert (test["chisq"], test["df"]) == (pytest.approx(10.449524058671632, rel=1e-8), 2)
    assert found["model"]["aic"] == pytest.approx(13.8196744883267, rel=1e-8)
    assert found["model"]["concordance"] == pytest.approx(0.9032258064516129, rel=1e-12)


def test_strata_have_a_baseline_hazard_each(study):
    # coxph(Surv(days, died) ~ size + strata(sex), d)
    found = as_json(covariates="size_cm", strata="sex")
    (size,) = found["model"]["terms"]
    assert found["strata"] == "sex"
    assert size["hr"] == pytest.approx(2.28488537147908, rel=1e-7)


def test_a_condition_leaves_only_those_who_fulfil_it(study):
    # coxph(Surv(days, died) ~ size, d[d$sex == "female", ])
    found = as_json(covariates="size_cm", where=["sex:in:female"])
    assert (found["n"], found["where"]) == (5, ["Sex is Female"])
    assert found["model"]["terms"][0]["hr"] == pytest.approx(1.69402738106476, rel=1e-7)


def test_backward_steps_take_out_what_tells_least(study):
    # drop1(f, test = "Chisq"): sex has P 0.331; then size has P 0.002 and stays.
    found = as_json(stepwise="backward", criterion="lr")
    first, last = found["steps"]
    assert (first["action"], first["variable"]) == ("remove", "sex")
    assert (first["chisq"], first["p"]) == pytest.approx((0.945553634291, 0.3308537), rel=1e-6)
    assert (last["action"], last["aic_before"]) == (None, pytest.approx(12.76522812262, rel=1e-8))
    assert found["selected"] == ["size_cm"]


def test_the_table_is_for_people(study):
    text = run(stepwise="backward")
    assert "Overall survival (OS), study cnao" in text
    assert "Step 1: remove sex" in text
    assert "10 patients with 6 events." in text
    # coxph(Surv(days, died) ~ size, d)
    (line,) = [line for line in text.splitlines() if line.startswith("Size")]
    assert line.split()[-4:] == ["6", "2.13", "(1.10–4.14)", "0.025"]


def test_nobody_is_no_model(study):
    found = as_json(where=["size_cm:gt:100"])
    assert (found["n"], found["model"]) == (0, None)
    assert "No model" in run(where=["size_cm:gt:100"])


def progress(**days):
    """Distant progression of patients, by number, so many days after radiotherapy."""
    for number, day in days.items():
        with system_scope():
            patient = Patient.objects.get(pseudonym=f"P-{number.removeprefix('p')}")
        ProgressionFactory.create(patient=patient, occurred_on=after(day), kind="distant")


def test_a_state_that_begins_later_is_a_time_dependent_covariate_as_in_r(study):
    """In R::

    d$begins <- c(NA, 100, 150, NA, 0, 400, 200, NA, 650, 900); d$id <- 1:10
    p <- tmerge(d, d, id = id, tstart = -1, tstop = days, died2 = event(days, died))
    p <- tmerge(p, d, id = id, s = tdc(begins))
    coxph(Surv(tstart, tstop, died2) ~ size + s, p)
    """
    progress(p1=100, p2=150, p4=0, p5=400, p6=200, p8=650, p9=900)
    found = as_json(covariates="size_cm", later=["distant_progression"])
    size, state = found["model"]["terms"]
    assert found["later"] == ["distant_progression"]
    assert (found["n"], found["events"]) == (10, 6)
    assert (state["variable"], state["level"], state["reference"]) == (
        "distant_progression", "yes", "no",
    )  # fmt: skip
    assert (state["n"], state["events"]) == (5, 3)
    assert (size["hr"], size["lower"], size["upper"]) == pytest.approx(
        (2.092586277157411, 1.0706053608876596, 4.090132076040481), rel=1e-7
    )
    assert (state["hr"], state["lower"], state["upper"]) == pytest.approx(
        (1.502047307641495, 0.1908938787825616, 11.818849974560656), rel=1e-7
    )
    text = run(covariates="size_cm", later=["distant_progression"])
    assert "Distant progression (time-dependent)" in text
    assert "the hazard ratio compares, on each day, those in the state" in text


def test_a_landmark_leaves_out_who_ended_by_then(study):
    """In R, with the days of the test above::

    e <- d[d$days > 182, ]; e$days <- e$days - 182
    e$s <- !is.na(e$begins) & e$begins <= 182; coxph(Surv(days, died) ~ size + s, e)
    """
    progress(p1=100, p2=150, p4=0, p5=400, p6=200, p8=650, p9=900)
    found = as_json(covariates="size_cm,distant_progression", landmark="6")
    size, state = found["model"]["terms"]
    assert found["landmark"]["day"] == 182
    assert found["landmark"]["left_out"]["event_before_landmark"] == 2
    assert (found["n"], found["events"]) == (8, 4)
    assert size["hr"] == pytest.approx(1.833593293714441, rel=1e-7)
    assert (state["n"], state["events"]) == (2, 0)
    assert state["hr"] is None
    assert "no event in level 'yes'" in " ".join(found["model"]["warnings"])


def test_a_state_alone_makes_a_model(study):
    progress(p1=100, p6=200)
    found = as_json(covariates="", later=["distant_progression"])
    assert [term["variable"] for term in found["model"]["terms"]] == ["distant_progression"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"study": "none"}, "there is no study 'none'; studies: cnao"),
        ({"endpoint": "XX"}, "--endpoint: protocol cnao has no endpoint XX; it has LC"),
        ({"covariates": "sexes"}, "--covariates: There is no covariate sexes"),
        ({"covariates": " , "}, "--covariates: At least one covariate is needed."),
        ({"strata": "size_cm"}, "--strata: size_cm is a number"),
        ({"strata": "sex"}, "--covariates: sex cannot be both covariate and strata."),
        ({"where": ["sex"]}, "--where: Condition “sex”: write covariate:operator:values."),
        ({"data_cut": "May"}, "--data-cut: 'May' is not a day of the calendar"),
        ({"criterion": "aic"}, "--criterion: it is that of --stepwise"),
        ({"covariates": "lesion_size_5"}, "--covariates: lesion_size_5 is a value of lesions"),
        ({"landmark": "-1"}, "--landmark: Landmark: -1 is no number of months above 0"),
        ({"later": ["sex"]}, "--later: sex is no state that begins later; there are local_prog"),
        ({"later": ["radiotherapy"]}, "--later: Radiotherapy begun cannot come after the time"),
        (
            {"later": ["distant_progression"], "endpoint": "DPFS"},
            "--later: Distant progression cannot be a later state for DPFS",
        ),
        (
            {"later": ["distant_progression"], "stepwise": "both"},
            "--later: time-dependent states are not chosen by --stepwise",
        ),
        (
            {"covariates": "distant_progression"},
            "--covariates: distant_progression becomes known only after the time origin.",
        ),
    ],
)
def test_a_wrong_argument_is_named(study, options, said):
    with pytest.raises(CommandError, match=r".") as error:
        run(**options)
    assert said in str(error.value)
