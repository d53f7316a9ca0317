"""An amended schedule governs the targets from its day on; what lies before stays as it was."""

from dataclasses import replace

from followup.schedules import Amendment, NoteCode, VisitStatus
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import EndKind, Item
from tests.followup.schedule_examples import (
    both,
    clinic,
    clock,
    day,
    ending,
    live,
    schedule,
    visits,
)

# Counted from 15 January 2024.
HALF_YEARLY = schedule(clock(Item.CLINIC, Item.LOCAL_IMAGING, every=6, first=6, last=24))
QUARTERLY = schedule(clock(Item.CLINIC, every=3, last=24))


def amended(*events, from_day: str, to: Schedule = QUARTERLY, today="2024-08-01", of=HALF_YEARLY):
    return visits(*events, today=today, of=of, amendments=(Amendment(to, day(from_day)),))


def test_targets_before_the_day_stay_under_the_old_version_and_later_ones_follow_the_new():
    assert live(amended(from_day="2024-09-01")) == {
        "m06": "2024-07-15",
        "m09": "2024-10-15",
        "m12": "2025-01-15",
        "m15": "2025-04-15",
        "m18": "2025-07-15",
        "m21": "2025-10-15",
        "m24": "2026-01-15",
    }


def test_a_target_on_the_day_itself_follows_the_new_version():
    found = amended(from_day="2025-01-15")
    assert "m09" not in found
    assert found["m12"].requirements == {Item.CLINIC}


def test_no_visit_of_the_past_is_asked_for_anew():
    found = amended(from_day="2024-09-01", today="2024-09-02")
    assert "m03" not in found
    overdue = [key for key, visit in found.items() if visit.status is VisitStatus.OVERDUE]
    assert overdue == ["m06"]


def test_what_was_done_under_the_old_version_stays_as_it_was():
    before = visits(both("2024-07-10"), today="2024-08-01", of=HALF_YEARLY)
    found = amended(both("2024-07-10"), from_day="2024-09-01")
    assert found["m06"] == before["m06"]


def test_each_version_ends_as_it_says_for_its_own_targets():
    stops = replace(QUARTERLY, ends_on=frozenset({EndKind.DEATH, EndKind.PROGRESSION}))
    goes_on = replace(HALF_YEARLY, ends_on=frozenset({EndKind.DEATH}))
    found = amended(
        ending(EndKind.PROGRESSION, "2024-05-01"), of=goes_on, to=stops, from_day="2024-09-01"
    )
    assert found["m06"].status is VisitStatus.OVERDUE
    assert found["m09"].status is VisitStatus.CANCELLED
    assert found["m09"].why[0].code is NoteCode.ENDED


def test_what_the_old_version_asked_for_just_before_is_not_asked_for_again():
    # Month 6 of the old version is 15 July, month 7 of the new one 31 days later.
    shifted = schedule(clock(Item.CLINIC, Item.SYSTEMIC_IMAGING, every=6, first=7, last=19))
    found = amended(to=shifted, from_day="2024-07-20")
    assert found["m07"].requirements == {Item.CLINIC, Item.SYSTEMIC_IMAGING}
    found = amended(to=replace(shifted, merge_days=31), from_day="2024-07-20")
    assert found["m07"].requirements == {Item.SYSTEMIC_IMAGING}


def test_a_later_amendment_follows_an_earlier_one_whatever_their_order():
    yearly = schedule(clock(Item.CLINIC, every=12, first=12, last=36))
    first = Amendment(QUARTERLY, day("2024-09-01"))
    second = Amendment(yearly, day("2025-02-01"))
    found = visits(today="2024-08-01", of=HALF_YEARLY, amendments=(second, first))
    assert live(found) == {
        "m06": "2024-07-15",
        "m09": "2024-10-15",
        "m12": "2025-01-15",
        "m24": "2026-01-15",
        "m36": "2027-01-15",
    }
    assert found == visits(today="2024-08-01", of=HALF_YEARLY, amendments=(first, second))


def test_an_assessment_counts_for_one_visit_over_all_versions():
    found = amended(clinic("2024-09-10"), from_day="2024-09-01", today="2024-10-01")
    used = [key for key, visit in found.items() if visit.done_by]
    assert used == ["m09"]
