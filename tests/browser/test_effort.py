"""What common tasks cost a data manager, and that the table of the users' guide says the same."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from registry.models import Assessment, Death, ImagingStudy, ToxicityEvent
from registry.scope import system_scope
from tests.browser.case_entry import (
    CASES,
    enter_baseline,
    enter_course,
    enter_disease,
    enter_lesion,
    enter_toxicity,
    enter_treatment,
    expect_saved,
    only_patient,
    save,
    screen_and_enrol,
    sign_in,
)
from tests.browser.typist import Effort, Typist
from tests.conftest import ROOT
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    data_manager,
)

pytestmark = pytest.mark.browser

GUIDE = ROOT / "docs" / "users" / "effort.md"
TODAY = dt.datetime(2024, 4, 22, 9, 0, tzinfo=dt.UTC)


def test_the_users_guide_states_what_tasks_cost(hands: Typist):
    version = ProtocolVersionFactory.create(study__key="jinling")
    centre = CentreFactory.create(code="A", name="Centre A")
    ParticipationFactory.create(study=version.study, centre=centre)
    manager = data_manager(centre)
    with time_machine.travel(TODAY, tick=True):
        sign_in(hands, manager.username)
        hands.reset()
        measured = {
            "New patient with one lesion and one course": new_patient(hands),
            "Follow-up visit with two imaging studies and no event": visit(hands),
            "Toxicity": toxicity(hands),
            "Death": death(hands),
        }
    with system_scope():
        assert ImagingStudy.objects.filter(assessment=Assessment.objects.get()).count() == 2
        assert ToxicityEvent.objects.count() == Death.objects.count() == 1
    assert measured["Follow-up visit with two imaging studies and no event"].inputs < 20
    rows = {task: row(task, effort) for task, effort in measured.items()}
    assert GUIDE.exists(), "\n".join(rows.values())
    stated = GUIDE.read_text(encoding="utf-8")
    assert [line for line in rows.values() if line not in stated] == []


def row(task: str, effort: Effort) -> str:
    """The line of the guide: a mouse needs a click for every input and every button."""
    clicks = effort.inputs + effort.buttons
    return f"| {task} | {effort.loads} | {effort.inputs} | {effort.keys} | {clicks} |"


def new_patient(hands: Typist) -> Effort:
    """From the worklist to the saved course, with baseline, disease and treatment history."""
    case = CASES[0]
    screen_and_enrol(hands)
    enter_baseline(hands, case)
    enter_disease(hands, case)
    enter_treatment(hands, case)
    enter_lesion(hands, case)
    enter_course(hands, case)
    return hands.reset()


def visit(hands: Typist) -> Effort:
    """The visit of month 3, from its line on the worklist; imaging is asked for as required."""
    hands.page.goto("/")
    hands.reset()
    hands.press("Month 3")
    hands.type("Assessed on", "2024-04-19")
    hands.choose("Toxicity assessed", "Yes")
    hands.choose("Disease status", "Alive with disease")
    hands.type("Performed on", "2024-04-18")
    hands.type("Performed on", "2024-04-18")
    hands.type("Longest diameter (cm)", "2.4")
    hands.choose("Response", "Stable disease")
    save(hands)
    return hands.reset()


def toxicity(hands: Typist) -> Effort:
    """An acute toxicity of grade 3, on its form."""
    enter_toxicity(hands, only_patient().pseudonym, onset="2024-04-20", told="Acute")
    return hands.reset()


def death(hands: Typist) -> Effort:
    """Date and cause, on its form."""
    hands.page.goto(f"/enter/death/1/{only_patient().pseudonym}/")
    hands.type("Died on", "2024-04-21")
    hands.choose("Cause", "Sarcoma")
    hands.save()
    expect_saved(hands)
    return hands.reset()
