"""After some events less is asked for; the reason stands beside what is left and what is not."""

from dataclasses import replace

import pytest

from followup.schedules import Gap, NoteCode, VisitStatus
from registry.protocols.schedule import Schedule, Thinning
from registry.protocols.vocabulary import ALWAYS_END, EndKind, Item
from tests.followup.schedule_examples import both, clinic, clock, day, ending, schedule, visits

CLINIC_AND_IMAGING = schedule(clock(Item.CLINIC, Item.LOCAL_IMAGING))
DEATH_ONLY = frozenset({EndKind.DEATH})


def thinned(kind: EndKind, *items: Item, every: int | None = None) -> Schedule:
    rule = Thinning(frozenset(items), every)
    return replace(CLINIC_AND_IMAGING, ends_on=DEATH_ONLY, thinned=((kind, rule),))


def asked(found):
    return {key: sorted(visit.requirements) for key, visit in found.items()}


def test_what_the_rule_does_not_name_is_not_asked_for_after_the_event():
    of = thinned(EndKind.PROGRESSION, Item.CLINIC)
    found = visits(ending(EndKind.PROGRESSION, "2024-05-01"), today="2024-05-02", of=of)
    assert asked(found) == {
        "m03": ["clinic", "local_imaging"],
        "m06": ["clinic"],
        "m09": ["clinic"],
        "m12": ["clinic"],
    }
    assert found["m06"].status is VisitStatus.PLANNED
    (note,) = found["m06"].why
    assert note.text() == "less is asked for since 2024-05-01: progression"


def test_a_visit_of_which_nothing_is_left_is_cancelled_with_the_reason():
    of = thinned(EndKind.PROGRESSION, Item.SYSTEMIC_IMAGING)
    found = visits(ending(EndKind.PROGRESSION, "2024-05-01"), today="2024-05-02", of=of)
    assert found["m03"].status is VisitStatus.OVERDUE
    assert found["m06"].status is VisitStatus.CANCELLED
    assert found["m06"].why[0].text() == "not asked for since 2024-05-01: progression"


def test_visits_may_become_rarer():
    of = thinned(EndKind.PROGRESSION, Item.CLINIC, every=6)
    found = visits(ending(EndKind.PROGRESSION, "2024-01-20"), today="2024-01-21", of=of)
    assert {key: visit.status.value for key, visit in found.items()} == {
        "m03": "cancelled",
        "m06": "planned",
        "m09": "cancelled",
        "m12": "planned",
    }


def test_vital_status_may_stand_for_a_visit_and_a_telephone_call_gives_it():
    of = thinned(EndKind.WITHDRAWAL, Item.VITAL_STATUS, every=6)
    call = replace(clinic("2024-07-10"), provides=frozenset({Item.VITAL_STATUS}))
    found = visits(ending(EndKind.WITHDRAWAL, "2024-02-01"), call, today="2024-09-01", of=of)
    assert asked(found)["m12"] == ["vital_status"]
    assert found["m06"].status is VisitStatus.DONE
    assert found["m09"].status is VisitStatus.CANCELLED


def test_the_first_event_of_a_kind_counts_and_an_end_is_stronger():
    of = thinned(EndKind.PROGRESSION, Item.CLINIC)
    events = [
        ending(EndKind.PROGRESSION, "2024-08-01"),
        ending(EndKind.PROGRESSION, "2024-05-01"),
        ending(EndKind.DEATH, "2024-09-01"),
    ]
    found = visits(*events, today="2024-10-01", of=of)
    assert asked(found)["m06"] == ["clinic"]
    assert found["m09"].status is VisitStatus.CANCELLED
    assert found["m09"].why[-1].code is NoteCode.ENDED


def test_rules_of_two_events_leave_what_both_leave():
    rules = (
        (EndKind.PROGRESSION, Thinning(frozenset({Item.CLINIC, Item.LOCAL_IMAGING}), 6)),
        (EndKind.TRANSFER, Thinning(frozenset({Item.CLINIC}))),
    )
    of = replace(CLINIC_AND_IMAGING, ends_on=DEATH_ONLY, thinned=rules)
    found = visits(
        ending(EndKind.PROGRESSION, "2024-02-01"),
        ending(EndKind.TRANSFER, "2024-08-01"),
        today="2024-09-01",
        of=of,
    )
    assert found["m03"].status is VisitStatus.CANCELLED
    assert asked(found)["m06"] == ["clinic", "local_imaging"]
    assert found["m09"].status is VisitStatus.CANCELLED
    assert asked(found)["m12"] == ["clinic"]


@pytest.mark.parametrize("kind", sorted(set(EndKind) - ALWAYS_END))
def test_an_event_that_the_protocol_does_not_name_changes_nothing(kind):
    of = replace(CLINIC_AND_IMAGING, ends_on=DEATH_ONLY)
    seen = both("2024-04-10")
    without = visits(seen, today="2024-08-01", of=of)
    assert visits(seen, ending(kind, "2024-05-01"), today="2024-08-01", of=of) == without


@pytest.mark.parametrize("kind", sorted(ALWAYS_END))
def test_death_withdrawal_from_all_and_the_end_of_the_study_end_every_schedule(kind):
    of = replace(CLINIC_AND_IMAGING, ends_on=DEATH_ONLY)
    found = visits(ending(kind, "2024-05-01"), today="2024-08-01", of=of)
    assert found["m06"].status is VisitStatus.CANCELLED


# Lost from 1 May to 1 August 2024. Month 6 closed on 29 July, month 9 is on 15 October.
LOST = Gap(day("2024-05-01"), day("2024-08-01"))


def test_visits_that_closed_while_the_patient_was_lost_are_missed_and_the_next_are_expected():
    found = visits(LOST, today="2024-11-15")
    assert [found[key].status.value for key in ("m03", "m06", "m09", "m12")] == [
        "overdue",
        "missed",
        "overdue",
        "planned",
    ]
    assert found["m06"].why[0].text() == "lost to follow-up until 2024-08-01"


def test_what_was_provided_while_the_patient_counted_as_lost_is_done():
    assert visits(LOST, both("2024-07-12"), today="2024-11-15")["m06"].status is VisitStatus.DONE


def test_a_visit_still_open_on_the_day_of_finding_is_expected():
    found = visits(Gap(day("2024-05-01"), day("2024-07-29")), today="2024-08-15")
    assert found["m06"].status is VisitStatus.OVERDUE
