"""The analysis plan tells of the endpoints, groups and reasons that there are."""

import re

import pytest

from analytics.covariates import catalogue
from analytics.extract.audit import Doubt
from analytics.extract.words import EVENT_WORDS, Reason
from analytics.later.states import STATES
from registry.protocols import PRESETS, preset
from registry.protocols.vocabulary import label
from tests.analytics.cohorts import make_cohort
from tests.conftest import ROOT

PLAN = (ROOT / "docs" / "analysis-plan.md").read_text(encoding="utf-8")


def lines(heading):
    """Cells of the first table under a heading, without its head."""
    section = PLAN.split(f"# {heading}\n", 1)[1]
    table = re.search(r"(?:^\|.*\n)+", section, re.MULTILINE)
    assert table is not None
    rows = [line.strip("|\n").split("|") for line in table.group().splitlines()[2:]]
    return [[cell.strip().strip("`") for cell in row] for row in rows]


def test_every_endpoint_of_the_shipped_protocols_has_its_line():
    told = {(row[0], row[1]): row[2:] for row in lines("Endpoints of the shipped protocols")}
    there = {
        (key, endpoint.code): endpoint for key in PRESETS for endpoint in preset(key).endpoints
    }
    assert set(told) == set(there)
    for place, endpoint in there.items():
        counts, origin, events, competing = told[place]
        assert counts.startswith(f"{endpoint.unit.value}s")
        assert origin == label(endpoint.origin)
        assert events.split(" within ")[0].split(" or ")[0] in {
            EVENT_WORDS[kind].split(" or ")[0] for kind in endpoint.events
        }
        assert (competing == "–") == (not endpoint.competing)


def test_every_group_of_the_papers_has_its_line():
    there = {one.code: one for one in catalogue(make_cohort(protocol="cams")).values() if one.of}
    told = {row[0]: row[1:] for row in lines("Groups")}
    assert set(told) == set(there)
    for code, (of, categories, paper) in told.items():
        assert of == there[code].of
        assert categories.split("; ") == [words for _code, words in there[code].categories]
        assert f"({paper})" in there[code].source


def test_every_later_state_has_its_line():
    told = {row[0]: row[1] for row in lines("Later states")}
    assert told == {state.code: str(state.label) for state in STATES.values()}


@pytest.mark.parametrize("word", [*Reason, *Doubt])
def test_every_reason_and_every_doubt_is_explained(word):
    assert str(word.label) in PLAN
