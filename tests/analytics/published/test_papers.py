"""The papers' own figures: what the files hold, and what a file may not hold."""

import pytest

from analytics.covariates.catalogue import covariate
from analytics.published.figures import Measure
from analytics.published.paper_reader import paper, read_paper
from registry.protocols import preset
from registry.protocols.section import ProtocolError
from registry.terminology.hints import terms_of
from tests.analytics.cohorts import make_cohort

KEYS = ("miyakojima", "jinling", "cnao", "cams", "preop")
GOOD = """
[[groups]]
title = "Survival"
[[groups.figures]]
name = "Overall survival at 12 months"
value = 75.8
unit = "%"
reference = "Abstract"
recompute = { measure = "rate", endpoint = "OS", months = 12 }
"""


def figures(key):
    found = paper(key)
    assert found is not None
    return [figure for group in found.groups for figure in group.figures]


def rates(key, endpoint):
    """Months → percent of all patients or lesions."""
    return {
        figure.recompute.months: figure.value
        for figure in figures(key)
        if figure.recompute
        and figure.recompute.measure is Measure.RATE
        and figure.recompute.endpoint == endpoint
        and figure.recompute.where is None
    }


@pytest.mark.parametrize(
    ("key", "endpoint", "published"),
    [
        ("miyakojima", "PFS", {12: 96.8}),
        ("miyakojima", "OS", {12: 75.8, 36: 30.2}),
        ("jinling", "LC", {12: 80.2, 24: 58.3, 36: 46.6}),
        ("jinling", "OS", {12: 71.5, 24: 40.0, 36: 29.1}),
        ("jinling", "PFS", {12: 43.6, 24: 26.8, 36: 18.4}),
        ("cnao", "LC", {12: 84.8, 24: 67.4, 36: 67.4}),
        ("cnao", "DPFS", {12: 97.5, 24: 92.2, 36: 92.2}),
        ("cnao", "OS", {12: 87.1, 24: 75.4, 36: 64}),
        ("cams", "LC", {36: 92.9, 60: 88.1}),
        ("cams", "OS", {36: 87.4, 60: 83.6}),
        ("cams", "DFS", {36: 77.3, 60: 72.6}),
        ("cams", "DMFS", {36: 81.2, 60: 75.2}),
    ],
)
def test_the_rates_are_those_that_the_paper_printed(key, endpoint, published):
    assert rates(key, endpoint) == published


@pytest.mark.parametrize(
    ("key", "name", "printed"),
    [
        ("miyakojima", "BED3", (168.8, 93.3, 277.3)),
        ("miyakojima", "Single against multiple sites, overall survival, HR", (0.29, 0.15, 0.84)),
        ("jinling", "Median overall survival", (24.0, 13.0, 28.0)),
        ("jinling", "Coverage of the PTV, %", (86.12, 47.81, 99.75)),
        ("cnao", "Time to local failure", (13, 3, 35)),
        ("cams", "Positive against negative margin, local control, HR", (5.33, 1.19, 23.86)),
    ],
)
def test_figures_stand_with_the_limits_that_the_paper_printed(key, name, printed):
    (found,) = [figure for figure in figures(key) if figure.name == name]

    assert (found.value, found.lower, found.upper) == printed


@pytest.mark.parametrize("key", KEYS)
def test_endpoints_columns_and_concepts_are_known_to_the_registry(key):
    cohort = make_cohort(protocol=key)
    release = cohort.protocol.toxicity.release
    assert release is not None
    codes = {endpoint.code for endpoint in preset(key).endpoints} | {""}
    for recompute in (figure.recompute for figure in figures(key) if figure.recompute):
        assert recompute.endpoint in codes
        columns = set(getattr(cohort, recompute.frame.value).columns)
        assert recompute.column in columns | {""}
        if recompute.where is not None:
            recompute.where.check(covariate(cohort, recompute.where.covariate))
        assert all(terms_of(concept, release) for concept in recompute.concepts)


def test_no_name_stands_twice_in_a_paper():
    for key in KEYS:
        names = [figure.name for figure in figures(key)]
        assert len(names) == len(set(names))


def test_a_protocol_without_a_paper_has_no_figures():
    assert paper("tcga_sarc") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("value = 75.8", ""), r"own.toml: groups\[1\].figures\[1\].value: is missing"),
        (('"%"', '"months"'), r"unit: must be one of % here"),
        ((", months = 12 }", " }"), r"months: is missing: rate needs endpoint, months"),
        (
            ('recompute = { measure = "rate", endpoint = "OS", months = 12 }', ""),
            r"recompute: is missing: then the remark must say why",
        ),
        (("months = 12 }", 'months = 12, where = "grade" }'), r"where: Condition “grade”"),
        (('"rate"', '"guess"'), r"measure: must be one of"),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_place(change, message):
    with pytest.raises(ProtocolError, match=message):
        read_paper(GOOD.replace(*change), "own")
