"""Everything of a study's paper: which artefacts, in which order, and what a fault in one does."""

import logging
from dataclasses import replace

import pytest

from analytics.artefacts import study_set
from analytics.artefacts.study_set import Section, study_artefacts, study_items
from analytics.extract.table import table_of
from registry.protocols.types import Endpoint
from tests.analytics.artefacts.survival_cohort import followed
from tests.analytics.cohorts import make_cohort

PROTOCOLS = ("miyakojima", "jinling", "cnao", "cams", "preop", "sts_mcgill")


@pytest.fixture(scope="module")
def jinling():
    days = [100, 200, 300, 400, 500, 600, 700, 800]
    values = [
        {"grade": grade, "sex": sex} for grade, sex in zip("12312312", "mfmfmfmf", strict=True)
    ]
    return followed(days, [1, 0, 1, 0, 1, 1, 0, 1], values)


def test_they_come_in_the_order_of_the_papers_with_the_groups_of_its_figures(jinling):
    assert [item.name for item in study_items(jinling)] == [
        "characteristics", "treatment-summary", "bed-bins", "dose-patterns", "flow-chart",
        "curves",
        # Figures 2 to 4 of the paper.
        "curves-os-by-grade-2-3", "curves-os-by-lesions-2", "curves-os-by-relapse",
        "curves-pfs-by-grade-2-3", "curves-pfs-by-lesions-2", "curves-pfs-by-relapse",
        "curves-lc-by-grade-2-3", "curves-lc-by-lesion-size-5",
        # Tables 3 to 5.
        "univariate-os", "univariate-pfs", "univariate-lc", "p-values", "multivariable",
        "nested-models-lc-grade-2-3", "stepwise-os",
        "follow-up", "toxicity", "toxicity-over-time", "dose-volume", "constraints",
        "published", "paper", "lost-and-complete", "failure-pattern",
    ]  # fmt: skip


def test_the_steps_are_those_of_the_paper_that_has_them():
    names = {item.name for item in study_items(make_cohort(protocol="cams"))}
    assert {"stepwise-lc", "stepwise-os", "curves-lc-by-margin", "curves-os-by-size-5"} <= names


def test_each_is_made_and_named_as_promised(jinling):
    made = list(study_artefacts(jinling))
    promised = {item.name: item for item in study_items(jinling)}
    assert [name for name, _artefact in made] == list(promised)
    for name, artefact in made:
        assert bool(artefact.parts) != bool(artefact.reason), name
    keys = [part.key for _name, artefact in made for part in artefact.parts]
    assert len(keys) == len(set(keys)), "parts are files and need names of their own"


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("patients", [(), ({"sex": "female"},)], ids=["nobody", "one patient"])
def test_no_study_is_too_small(protocol, patients, caplog):
    made = dict(study_artefacts(make_cohort(protocol=protocol, patients=patients)))
    assert len(made) >= 15
    assert not caplog.records, "an artefact could not be made"


def test_one_that_cannot_be_made_says_so_and_the_others_are_made(jinling, monkeypatch, caplog):
    def broken(cohort):
        raise KeyError(f"no such patient {cohort.patients['USUBJID'].iloc[0]}")

    monkeypatch.setattr(study_set, "bed_bins", broken)
    with caplog.at_level(logging.ERROR):
        made = dict(study_artefacts(jinling))
    assert made["bed-bins"].reason == "It could not be made; the error is in the log of the server."
    assert made["bed-bins"].title == "Treated lesions by BED"
    assert made["curves"].parts
    (record,) = caplog.records
    assert "bed-bins could not be made: KeyError" in record.getMessage()
    # Nothing of the patient, neither in the line nor in a trace beside it.
    assert "P1" not in record.getMessage()
    assert record.exc_info is None


def test_every_section_has_some_and_each_stands_in_one(jinling):
    assert {item.section for item in study_items(jinling)} == set(Section)


def test_the_rows_of_an_endpoint_are_made_once_for_all(jinling, monkeypatch):
    asked: list[Endpoint] = []

    def counted(facts, endpoint):
        asked.append(endpoint)
        return table_of(facts, endpoint)

    monkeypatch.setattr("analytics.cohort.cohort.table_of", counted)
    list(study_artefacts(replace(jinling)))
    assert len(asked) == len(set(asked))
    assert {"OS", "PFS", "LC"} <= {endpoint.code for endpoint in asked}
