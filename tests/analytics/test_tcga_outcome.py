"""Outcome of the imported TCGA cohort against R on an independently prepared table.

From the files through the import, the cohort and its covariates to the command, the tests and the
models of the artefacts. The definitions are those of docs/mappings/tcga_sarc.md.
"""

import json
import shutil
import subprocess
from dataclasses import replace
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.db import transaction

from analytics.artefacts.analysed import analysed
from analytics.artefacts.cox_parts import fit
from analytics.artefacts.curve_tests import fitted_tests
from analytics.artefacts.curve_tests import tests_between as between
from analytics.artefacts.curves_by_group import curves_by_group
from analytics.artefacts.fine_gray_table import fine_gray_table
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.univariate import univariate
from analytics.cohort import read_cohort
from analytics.covariates import values
from analytics.covariates.cuts import Group, Groups
from analytics.estimators import cumulative_incidence, fine_gray, gray_test, logrank
from analytics.extract import LandmarkTime
from analytics.figures import DAYS_PER_MONTH
from analytics.services.covariates import add_covariate
from registry.models import Study
from registry.protocols.vocabulary import Unit
from registry.scope import system_scope
from tests.analytics.artefacts.reading import table
from tests.analytics.estimators.cox_answers import agrees, same_answers
from tests.conftest import ROOT

R_FOLDER = Path(__file__).parents[1] / "data" / "r"
ANSWER = json.loads((R_FOLDER / "tcga_sarc_outcome.json").read_text(encoding="utf-8"))
MAPPING = ROOT / "registry" / "exchange" / "mappings" / "tcga_sarc.toml"
ENDPOINTS = ("OS", "PFS", "LC")
VARIABLES = ("size_cm", "histology_3", "margin", "had_radiotherapy")
GROUPINGS = ("margin", "had_radiotherapy", "histology_group", "histology_3")
MONTHS = (12, 36, 60)
DAYS = np.array(MONTHS) * DAYS_PER_MONTH

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def cohort(django_db_setup, django_db_blocker, shared_data):
    """The cohort after ``manage.py import_cases``, with a grouping of histology of the study's own.

    One transaction for all tests of this file, taken back at the end.
    """
    with django_db_blocker.unblock(), transaction.atomic(), system_scope():
        call_command(
            "import_cases",
            shared_data / "tcga_sarc",
            mapping=MAPPING,
            study="tcga_sarc",
            centre="TCGA",
            create_missing=True,
            stdout=StringIO(),
            stderr=StringIO(),
        )
        study = Study.objects.get(key="tcga_sarc")
        rest = (
            "fibroblastic_myofibroblastic",
            "uncertain_differentiation",
            "peripheral_nerve_sheath",
            "other",
        )
        named = {"smooth_muscle": ("smooth_muscle",), "adipocytic": ("adipocytic",), "rest": rest}
        add_covariate(
            study=study,
            cohort=read_cohort(study),
            code="histology_3",
            label="Histology in three groups",
            of="histology_group",
            cut=Groups(tuple(Group(code, code, members) for code, members in named.items())),
            by=None,
        )
        yield read_cohort(study)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def rows(cohort):
    """The rows of each endpoint with all covariates."""
    return {code: analysed(cohort, code, (*VARIABLES, *GROUPINGS)) for code in ENDPOINTS}


def cause_of(rows):
    """1 for the event, 2 for a competing one."""
    return np.where(rows.table.competing, 2, rows.table.event.astype(int))


def groups_of(rows, code, members):
    return rows.frame.loc[members, code].astype(str).to_numpy()


# ---- who is in which group and row ---------------------------------------------------------------


@pytest.mark.parametrize("code", ["margin", "had_radiotherapy", "histology_3"])
def test_patients_are_in_the_groups_that_the_files_put_them_in(cohort, code):
    found = values(cohort, code, Unit.PATIENT)
    stored = dict(ANSWER["groups"][code])

    assert found.isna().sum() == stored.pop("missing", 0)
    assert found.value_counts().to_dict() == stored


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_patients_events_and_competing_deaths_are_those_of_the_files(rows, endpoint):
    found, answer = rows[endpoint].table, ANSWER[endpoint]
    counts = (len(found.rows), found.event.sum(), found.competing.sum(), len(found.excluded))

    assert counts == tuple(answer[part] for part in ("n", "events", "competing", "excluded"))


# ---- curves --------------------------------------------------------------------------------------


@pytest.mark.services
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_command_gives_the_curve_of_r(cohort, endpoint):
    out = StringIO()
    call_command(
        "survival", study="tcga_sarc", endpoint=endpoint, at="12,36,60", format="json", stdout=out
    )
    said, answer = json.loads(out.getvalue()), ANSWER[endpoint]["curve"]

    assert (said["n"], said["events"]) == (ANSWER[endpoint]["n"], ANSWER[endpoint]["events"])
    for part in ("estimate", "lower", "upper", "n_risk", "n_event"):
        agrees([at[part] for at in said["at"]], answer[part])
    same_answers(list(said["median"].values()), answer["median"], 1e-9)
    same_answers(list(said["follow_up"].values()), answer["follow_up"], 1e-9)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_rates_and_medians_by_margin_are_those_of_r(cohort, endpoint):
    found = curves_by_group(cohort, endpoint=endpoint, group_by="margin", at_months=MONTHS)

    for line, answer in zip(table(found, 1).rows, ANSWER[endpoint]["margin"].values(), strict=True):
        median, *rates = (cell.value for cell in line.cells[2:])
        agrees(rates[::2], answer["estimate"])
        assert rates[1::2] == answer["n_risk"]
        same_answers(median, answer["median"][0], 1e-9)


@pytest.mark.parametrize("group_by", GROUPINGS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_log_rank_tests_are_those_of_r(rows, endpoint, group_by):
    own, answer = rows[endpoint], ANSWER[endpoint]["logrank"][group_by]
    known = own.known([group_by])
    test = logrank(own.table.days[known], own.table.event[known], groups_of(own, group_by, known))

    agrees([test.statistic, test.df, test.p_value], list(answer.values()))
    agrees(between(own, group_by, known).logrank, answer["p"])


# ---- models --------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [*((name,) for name in VARIABLES), VARIABLES], ids="+".join)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_cox_models_are_those_of_r(rows, endpoint, names):
    stored = ANSWER[endpoint]
    answer = stored["univariable"][names[0]] if len(names) == 1 else stored["multivariable"]
    model = fit(rows[endpoint], names, rows[endpoint].known(names))
    assert model is not None

    assert (model.n, model.events) == (answer["n"], answer["events"])
    for ours, theirs in (("coef", "coef"), ("se", "se"), ("hr", "hr"), ("p_value", "p")):
        agrees([getattr(term, ours) for term in model.terms], answer[theirs])
    agrees([term.lower for term in model.terms], answer["lower"])
    agrees([term.upper for term in model.terms], answer["upper"])
    agrees(model.loglik, answer["loglik"])
    agrees([test.p_value for test in model.variable_tests], list(answer["wald"].values()))
    agrees(model.likelihood_ratio.p_value, answer["likelihood_ratio_p"])
    agrees(model.concordance.estimate, answer["concordance"])
    agrees(model.concordance.se, answer["concordance_se"])
    assert [test.variable for test in model.zph()] == answer["zph"]["variable"]
    agrees([test.chisq for test in model.zph()], answer["zph"]["chisq"], 1e-7)
    agrees([test.p_value for test in model.zph()], answer["zph"]["p"], 1e-7)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_tables_of_the_models_hold_the_figures_of_r(cohort, endpoint):
    model = table(multivariable(cohort, endpoints=[endpoint], variables=VARIABLES))
    alone = table(univariate(cohort, endpoint=endpoint, variables=VARIABLES, at_months=MONTHS))
    adjusted, single = ANSWER[endpoint]["multivariable"], ANSWER[endpoint]["univariable"]
    # The reference lines hold a ratio of 1.
    ratio = [line.cells[4].value for line in model.rows if line.cells[4].value not in (None, 1.0)]
    p_value = [line.cells[5].value for line in model.rows if not line.indent]
    zph = [line.cells[6].value for line in model.rows if not line.indent]
    overall = [line.cells[6].value for line in alone.rows if not line.indent]

    agrees(ratio, adjusted["hr"])
    agrees(p_value, list(adjusted["wald"].values()))
    agrees(zph, adjusted["zph"]["p"][:-1], 1e-7)
    agrees(overall, [single[name]["likelihood_ratio_p"] for name in VARIABLES])


# ---- radiotherapy that begins after the diagnosis ------------------------------------------------


@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
def test_radiotherapy_as_a_state_that_begins_later_has_the_hazard_ratio_of_r(cohort, endpoint):
    answer = ANSWER[endpoint]["in_time"]
    own = analysed(cohort, endpoint, later=["radiotherapy"])
    known = own.known(["radiotherapy"])
    model = fit(own, ["radiotherapy"], known)
    assert model is not None

    assert own.count(known) == answer["patients"]
    assert (model.n, model.events) == (answer["rows"], answer["events"])
    agrees([model.terms[0].coef, model.terms[0].se], [answer["coef"], answer["se"]])


@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
def test_groups_of_radiotherapy_at_half_a_year_are_those_of_r(cohort, endpoint):
    answer = ANSWER[endpoint]["in_time"]["landmark"]
    half_a_year = replace(cohort, landmark=LandmarkTime(6))
    own = analysed(half_a_year, endpoint, ["radiotherapy"])
    known = own.known(["radiotherapy"])
    irradiated = (own.frame["radiotherapy"] == "yes").sum()
    test = fitted_tests(own, "radiotherapy", known).logrank

    assert (known.sum(), irradiated, own.events(known)) == (
        answer["n"], answer["irradiated"], answer["events"],
    )  # fmt: skip
    agrees(
        [test.statistic, test.df, test.p_value], [answer[part] for part in ("statistic", "df", "p")]
    )


# ---- local failure with competing death ----------------------------------------------------------


def incidence_agrees(days, cause, answer):
    found = cumulative_incidence(days, cause, causes=2)
    for number, of_cause in enumerate(answer.values(), start=1):
        estimate, lower, upper = found.at(DAYS, number)
        agrees(estimate, of_cause["estimate"])
        agrees(estimate, of_cause["cmprsk"])
        agrees(lower, of_cause["lower"])
        agrees(upper, of_cause["upper"])


def test_the_incidence_of_local_failure_and_of_competing_death_is_that_of_r(rows):
    own = rows["LC"]
    incidence_agrees(own.table.days, cause_of(own), ANSWER["LC"]["incidence"])


@pytest.mark.parametrize("margin", ["r0", "r1_2"])
def test_the_incidence_by_margin_is_that_of_r(rows, margin):
    own = rows["LC"]
    inside = (own.frame["margin"] == margin).to_numpy()
    answer = ANSWER["LC"]["incidence_by_margin"][margin]
    incidence_agrees(own.table.days[inside], cause_of(own)[inside], answer)


@pytest.mark.parametrize("group_by", ["margin", "had_radiotherapy", "histology_3"])
def test_gray_s_test_is_that_of_r(rows, group_by):
    own, answer = rows["LC"], ANSWER["LC"]["gray"][group_by]
    known = own.known([group_by])
    test = gray_test(own.table.days[known], cause_of(own)[known], groups_of(own, group_by, known))

    agrees(test.statistic, answer["statistic"])
    agrees(test.df, answer["df"])
    agrees(test.p_value, answer["p"])
    agrees(between(own, group_by, known).gray, answer["p"][0])


def test_fine_and_gray_s_model_is_that_of_r(cohort, rows):
    own, answer = rows["LC"], ANSWER["LC"]["fine_gray"]
    known = own.known(VARIABLES)
    model = fine_gray(
        own.table.days[known], cause_of(own)[known], own.frame.loc[known, list(VARIABLES)]
    )

    assert (model.n, model.events) == (answer["n"], answer["events"])
    for part in ("coef", "robust_se", "lower", "upper"):
        agrees([getattr(term, part) for term in model.terms], answer[part], 1e-7)
    agrees([term.p_value for term in model.terms], answer["p"], 1e-7)
    shown = table(fine_gray_table(cohort, endpoint="LC", variables=VARIABLES))
    ratio = [line.cells[2].value for line in shown.rows if line.cells[2].value not in (None, 1.0)]
    agrees(np.log(ratio), answer["coef"], 1e-7)


# ---- R again -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_stored_answer_is_what_the_script_says(shared_data):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here: the stored answer is taken as it is")
    run = subprocess.run(
        ["Rscript", str(R_FOLDER / "tcga_sarc_outcome.R"), str(shared_data / "tcga_sarc")],
        capture_output=True,
        text=True,
        check=False,
    )
    if "there is no package" in run.stderr:
        pytest.skip("R lacks a package: the stored answer is taken as it is")
    assert run.returncode == 0, run.stderr
    again = json.loads(run.stdout)
    for name in (*ENDPOINTS, "groups"):
        same_answers(again[name], ANSWER[name], 1e-9)
