"""Facts of patients for cohorts typed by hand, all irradiated from 10 January 2024 on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from analytics.extract.facts import PatientFacts, StudyFacts
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract import by_hand

CUT = dt.date(2026, 7, 10)
"""912 days after the first day of radiotherapy."""


def person(pseudonym: str, *, centre: str = "A", **facts: Any) -> PatientFacts:
    """A patient who lives and was last seen after 731 days, if nothing else is said."""
    made = by_hand.patient(cut=CUT, **facts)
    made.pseudonym, made.centre = pseudonym, centre
    return made


def cohort_of(*people: PatientFacts, cut: dt.date | None = CUT, **frames: Any) -> Any:
    """A cohort of these patients; frames as for `make_cohort`."""
    patients = [{"USUBJID": one.pseudonym, "SITEID": one.centre} for one in people]
    protocol = frames.get("protocol", "jinling")
    facts = StudyFacts(protocol, cut, people)
    return make_cohort(**{"patients": patients, "facts": facts, "data_cut": cut, **frames})
