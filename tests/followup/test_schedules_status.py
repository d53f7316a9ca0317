"""Status of expected visits: windows, ends, and what people say about them."""

import pytest

from followup.schedules import (
    NoteCode,
    Override,
    OverrideKind,
    VisitStatus,
    expected_visits,
)
from registry.protocols import preset
from registry.protocols.vocabulary import EndKind, Item, TimePoint
from tests.followup.schedule_examples import QUARTERLY, both, clinic, day, ending, visits


def codes(visit):
    return [note.code for note in visit.why]


@pytest.mark.parametrize(
    ("today", "status"),
    [
        ("2024-01-15", VisitStatus.PLANNED),
        ("2024-03-31", VisitStatus.PLANNED),
        ("2024-04-01", VisitStatus.DUE),
        ("2024-04-15", VisitStatus.DUE),
        ("2024-04-29", VisitStatus.DUE),
        ("2024-04-30", VisitStatus.OVERDUE),
        ("2026-04-30", VisitStatus.OVERDUE),
    ],
)
def test_a_visit_is_due_from_the_first_to_the_last_day_of_its_window(today, status):
    assert visits(today=today)["m03"].status is status


@pytest.mark.parametrize("kind", EndKind)
def test_an_end_cancels_what_is_ahead_and_says_why(kind):
    found = visits(ending(kind, "2024-06-01"), today="2024-08-01")
    assert found["m03"].status is VisitStatus.OVERDUE
    for key in ("m06", "m09", "m12"):
        assert found[key].status is VisitStatus.CANCELLED
        assert codes(found[key]) == [NoteCode.ENDED]
    assert found["m06"].why[0].on is not None
    assert str(found["m06"].why[0].on) == "2024-06-01"


def test_the_reason_of_a_cancelled_visit_reads_as_words():
    found = visits(ending(EndKind.DEATH, "2024-06-01"), today="2024-08-01")
    assert found["m06"].why[0].text() == "follow-up ended on 2024-06-01: death"


def test_reasons_are_translated_and_dates_written_as_the_page_wants():
    found = visits(ending(EndKind.DEATH, "2024-06-01"), today="2024-08-01")
    words = {"follow-up ended on %(on)s: %(about)s": "Ende am %(on)s: %(about)s", "death": "Tod"}
    text = found["m06"].why[0].text(words.__getitem__, lambda date: f"1.6.{date.year}")
    assert text == "Ende am 1.6.2024: Tod"


@pytest.mark.parametrize(
    ("on", "status"),
    [
        ("2024-04-29", VisitStatus.CANCELLED),
        ("2024-04-30", VisitStatus.OVERDUE),
    ],
)
def test_an_end_within_the_window_cancels_the_visit_and_a_later_one_leaves_it(on, status):
    found = visits(ending(EndKind.DEATH, on), today="2024-08-01")
    assert found["m03"].status is status


def test_a_death_entered_late_cancels_back_to_its_date():
    assert visits(today="2025-06-01")["m06"].status is VisitStatus.OVERDUE
    found = visits(ending(EndKind.DEATH, "2024-05-20"), today="2025-06-01")
    assert found["m06"].status is VisitStatus.CANCELLED


def test_an_end_in_a_month_without_a_day_counts_from_its_first_day():
    found = visits(ending(EndKind.DEATH, "2024-07"), today="2025-06-01")
    assert found["m06"].status is VisitStatus.CANCELLED
    assert found["m06"].why[0].text() == "follow-up ended on 2024-07: death"


def test_the_earliest_end_counts():
    found = visits(
        ending(EndKind.DEATH, "2024-11-01"),
        ending(EndKind.PROGRESSION, "2024-06-01"),
        today="2025-06-01",
    )
    assert found["m09"].why[0].about == (EndKind.PROGRESSION,)


def test_progression_does_not_end_a_schedule_that_goes_on_after_it():
    cnao = preset("cnao").schedule
    assert cnao is not None
    found = visits(ending(EndKind.PROGRESSION, "2024-06-01"), today="2024-06-02", of=cnao)
    assert found["m06"].status is VisitStatus.PLANNED


def test_progression_ends_the_schedule_of_jinling():
    jinling = preset("jinling").schedule
    assert jinling is not None
    found = visits(ending(EndKind.PROGRESSION, "2024-06-01"), today="2024-06-02", of=jinling)
    assert found["m06"].status is VisitStatus.CANCELLED


def test_the_visit_at_which_the_end_was_found_is_done():
    found = visits(
        both("2024-07-15"), ending(EndKind.PROGRESSION, "2024-07-15"), today="2024-08-01"
    )
    assert found["m06"].status is VisitStatus.DONE
    assert found["m09"].status is VisitStatus.CANCELLED


def test_a_visit_that_took_place_after_the_end_stays_done():
    found = visits(
        both("2024-10-15"), ending(EndKind.PROGRESSION, "2024-07-01"), today="2024-11-01"
    )
    assert found["m09"].status is VisitStatus.DONE


def test_an_end_stops_the_wait_for_a_date():
    (visit,) = expected_visits(
        QUARTERLY,
        {TimePoint.LAST_RT_DAY: None},
        [ending(EndKind.WITHDRAWAL, "2024-02")],
        today=day("2024-05-01"),
    )
    assert visit.status is VisitStatus.CANCELLED
    assert visit.why[0].text() == "follow-up ended on 2024-02: withdrawal"


def test_a_missed_visit_carries_its_reason():
    missed = Override("last_rt_day-m03", OverrideKind.MISSED, "abroad")
    found = visits(today="2024-06-01", overrides=(missed,))
    assert found["m03"].status is VisitStatus.MISSED
    assert found["m03"].why[0].text() == "missed: abroad"


def test_a_visit_that_is_not_applicable_is_cancelled_with_the_reason():
    override = Override("last_rt_day-m03", OverrideKind.NOT_APPLICABLE, "limb amputated")
    found = visits(today="2024-06-01", overrides=(override,))
    assert found["m03"].status is VisitStatus.CANCELLED
    assert found["m03"].why[0].text() == "not applicable: limb amputated"


def test_a_wait_can_be_closed_as_not_applicable():
    preop = preset("preop").schedule
    assert preop is not None
    overrides = (
        Override("step-surgery", OverrideKind.NOT_APPLICABLE, "progression during RT"),
        Override("surgery-waiting", OverrideKind.NOT_APPLICABLE, "no surgery"),
    )
    found = visits(today="2024-06-01", overrides=overrides, of=preop)
    assert {visit.status for visit in found.values()} == {VisitStatus.CANCELLED}


def test_a_postponed_visit_keeps_its_name_and_the_width_of_its_window():
    postponed = Override(
        "last_rt_day-m03", OverrideKind.POSTPONED, "chemotherapy first", to=day("2024-05-10")
    )
    found = visits(today="2024-05-20", overrides=(postponed,))
    visit = found["m03"]
    assert (visit.window_start, visit.target, visit.window_end) == (
        day("2024-04-26"),
        day("2024-05-10"),
        day("2024-05-24"),
    )
    assert visit.status is VisitStatus.DUE
    assert visit.why[0].text() == "postponed from 2024-04-15: chemotherapy first"


def test_a_missed_visit_that_took_place_after_all_is_done():
    missed = Override("last_rt_day-m03", OverrideKind.MISSED, "abroad")
    found = visits(both("2024-04-16"), today="2024-06-01", overrides=(missed,))
    assert found["m03"].status is VisitStatus.DONE
    assert found["m03"].why == ()


def test_what_was_provided_counts_when_the_rest_is_missed():
    missed = Override("last_rt_day-m03", OverrideKind.MISSED, "scanner broken")
    found = visits(clinic("2024-04-16"), today="2024-06-01", overrides=(missed,))
    assert found["m03"].status is VisitStatus.DONE
    assert found["m03"].outstanding == {Item.LOCAL_IMAGING}
    assert [note.text() for note in found["m03"].why] == [
        "not provided: local imaging",
        "missed: scanner broken",
    ]


def test_an_override_of_a_visit_that_is_not_planned_is_without_effect():
    stray = Override("last_rt_day-m48", OverrideKind.MISSED, "abroad")
    assert visits(today="2024-06-01", overrides=(stray,)) == visits(today="2024-06-01")


def test_two_overrides_of_one_visit_are_refused():
    missed = Override("last_rt_day-m03", OverrideKind.MISSED, "abroad")
    with pytest.raises(ValueError, match="last_rt_day-m03 has two overrides"):
        visits(today="2024-06-01", overrides=(missed, missed))


def test_an_override_needs_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        Override("last_rt_day-m03", OverrideKind.MISSED, "  ")


@pytest.mark.parametrize(
    ("kind", "to"),
    [(OverrideKind.POSTPONED, None), (OverrideKind.MISSED, day("2024-05-10"))],
)
def test_a_new_date_belongs_to_a_postponed_visit_only(kind, to):
    with pytest.raises(ValueError, match="a new date belongs to a postponed visit"):
        Override("last_rt_day-m03", kind, "why", to=to)
