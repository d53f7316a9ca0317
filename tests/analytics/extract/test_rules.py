"""From the facts of a patient to AVAL and CNSR: every rule with days counted by hand.

The patient of these tests is irradiated from 10 January 2024 on and was last seen alive on
10 January 2026: 731 days later, for 2024 was a leap year.
"""

import pytest

from analytics.extract.rules import Observation, observe
from analytics.extract.words import Reason
from registry.protocols.vocabulary import Censoring, EventKind, Population, TimePoint, Unit
from tests.analytics.extract.by_hand import (
    baseline,
    course,
    death,
    endpoint,
    lesions,
    on,
    patient,
    progression,
    surgery,
    toxicity,
)

LC = endpoint(competing=[EventKind.DEATH_ANY])
OS = endpoint([EventKind.DEATH_ANY])
LATE = endpoint([EventKind.LATE_TOXICITY_GRADE_2], [EventKind.DEATH_ANY])
PFS = endpoint([EventKind.ANY_PROGRESSION, EventKind.DEATH_ANY])


def outcome(rule, facts, lesion=None):
    """(AVAL, CNSR), or the reason why there is neither."""
    found = observe(rule, facts, lesion)
    return found if isinstance(found, Reason) else (found.days, found.status)


def seen(rule, facts, lesion=None):
    """The observation, where there is one."""
    found = observe(rule, facts, lesion)
    assert isinstance(found, Observation)
    return found


def words(rule, facts):
    found = seen(rule, facts)
    return found.event_words, found.censoring_words


# ---- events, competing events, censoring ---------------------------------------------------------


def test_without_an_event_time_ends_at_the_last_follow_up():
    assert outcome(LC, patient()) == (731, 1)
    assert words(LC, patient()) == ("censored", "last follow-up")


def test_an_event_ends_the_time_on_its_day():
    facts = patient(progressions=[progression("2024-03-01")])
    assert outcome(LC, facts) == (51, 0)
    assert words(LC, facts) == ("local progression", "")


def test_the_first_of_several_events_counts():
    facts = patient(
        progressions=[progression("2024-05-01", "distant"), progression("2024-03-01")],
        death=death("2025-01-10"),
    )
    assert outcome(PFS, facts) == (51, 0)
    assert words(PFS, facts) == ("progression", "")


def test_an_event_counts_even_when_it_was_found_after_the_last_contact():
    facts = patient(last_contact="2024-02-10", progressions=[progression("2024-03-01")])
    assert outcome(LC, facts) == (51, 0)


def test_an_event_on_the_day_of_the_last_follow_up_is_an_event():
    facts = patient(last_contact="2024-03-01", progressions=[progression("2024-03-01")])
    assert outcome(LC, facts) == (51, 0)


def test_an_event_needs_no_follow_up_beside_it():
    assert outcome(OS, patient(last_contact=None, death=death("2025-01-09"))) == (365, 0)


def test_a_death_without_the_event_is_a_competing_event():
    facts = patient(death=death("2025-01-09"))
    assert outcome(LC, facts) == (365, 2)
    assert words(LC, facts) == ("death", "competing event")


def test_after_a_competing_event_nothing_counts():
    facts = patient(death=death("2025-01-09"), progressions=[progression("2025-01-20")])
    assert outcome(LC, facts) == (365, 2)


def test_an_event_on_the_day_of_a_competing_event_is_an_event():
    facts = patient(death=death("2025-01-09"), progressions=[progression("2025-01-09")])
    assert outcome(LC, facts) == (365, 0)


def test_a_death_that_is_neither_event_nor_competing_ends_the_follow_up():
    facts = patient(death=death("2025-01-09", "other"))
    of_disease = endpoint([EventKind.DEATH_DISEASE])
    assert outcome(of_disease, facts) == (365, 1)
    assert words(of_disease, facts) == ("censored", "death")
    assert outcome(endpoint(), facts) == (365, 1)


def test_an_event_on_the_day_of_the_origin_takes_no_time():
    assert outcome(LC, patient(progressions=[progression("2024-01-10")])) == (0, 0)
    assert outcome(LC, patient(last_contact="2024-01-10")) == (0, 1)


def test_events_before_the_origin_do_not_count_but_are_counted():
    facts = patient(
        progressions=[
            progression("2023-05-01"),
            progression("2024-01-09"),
            progression("2024-03-01"),
        ]
    )
    found = seen(LC, facts)
    assert (found.days, found.status, found.events_before_origin) == (51, 0, 2)


@pytest.mark.parametrize(
    ("origin", "days"),
    [
        (TimePoint.FIRST_RT_DAY, 51),  # 10 January
        (TimePoint.LAST_RT_DAY, 37),  # 24 January
        (TimePoint.SURGERY, 60),  # 1 January
        (TimePoint.DIAGNOSIS, 91),  # 1 December
        (TimePoint.ENROLMENT, 71),  # 21 December
    ],
)
def test_the_same_event_is_counted_from_each_origin(origin, days):
    facts = patient(
        diagnosed="2023-12-01",
        enrolled="2023-12-21",
        surgeries=[surgery("2024-01-01")],
        progressions=[progression("2024-03-01")],
    )
    assert outcome(endpoint(origin=origin), facts) == (days, 0)


# ---- censoring rules -----------------------------------------------------------------------------

IMAGED = {"last_imaging": "2025-07-10", "last_local_imaging": "2025-01-10"}


@pytest.mark.parametrize(
    ("rule", "days", "why"),
    [
        (Censoring.LAST_FOLLOW_UP, 731, "last follow-up"),
        (Censoring.LAST_IMAGING, 547, "last imaging"),
        (Censoring.LAST_LOCAL_IMAGING, 366, "last imaging of the treated site"),
    ],
)
def test_the_censoring_rule_says_up_to_when_there_was_no_event(rule, days, why):
    by_rule = endpoint(censoring=rule)
    assert outcome(by_rule, patient(**IMAGED)) == (days, 1)
    assert words(by_rule, patient(**IMAGED)) == ("censored", why)


def test_by_imaging_the_dead_are_censored_at_their_last_imaging_unless_death_competes():
    facts = patient(**IMAGED, death=death("2025-12-01"))
    by_imaging = endpoint(censoring=Censoring.LAST_LOCAL_IMAGING)
    assert outcome(by_imaging, facts) == (366, 1)
    competing = endpoint(competing=[EventKind.DEATH_ANY], censoring=Censoring.LAST_LOCAL_IMAGING)
    assert outcome(competing, facts) == (691, 2)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"progressions": [progression("2024-05-09")]}, (120, 0)),
        ({"progressions": [progression("2024-05-10")]}, (120, 1)),
        ({"last_contact": "2024-04-01"}, (82, 1)),
        ({"death": death("2024-06-01")}, (120, 1)),
        ({"death": death("2024-05-09")}, (120, 2)),
    ],
)
def test_an_endpoint_with_a_horizon_ends_there(facts, expected):
    within_120_days = endpoint(competing=[EventKind.DEATH_ANY], horizon_days=120)
    assert outcome(within_120_days, patient(**facts)) == expected


def test_at_the_horizon_the_row_says_so():
    found = seen(endpoint(horizon_days=120), patient())
    assert found.censoring_words == "end of the period of the endpoint"
    assert found.end.day.isoformat() == "2024-05-09"


# ---- partial dates -------------------------------------------------------------------------------


def test_a_partial_event_date_counts_by_its_middle_and_is_flagged():
    found = seen(LC, patient(progressions=[progression("2024-03")]))
    assert (found.days, found.end.flag) == (65, "D")  # 15 March
    found = seen(LC, patient(progressions=[progression("2025")]))
    assert (found.days, found.end.flag) == (538, "M")  # 1 July 2025


def test_a_partial_origin_is_flagged():
    facts = patient(courses=[course(1, "2024-01")], progressions=[progression("2024-03-01")])
    found = seen(LC, facts)
    assert (found.days, found.start.flag) == (46, "D")  # from 15 January


def test_an_imputed_event_is_not_before_the_origin():
    facts = patient(courses=[course(1, "2024-01-20")], progressions=[progression("2024-01")])
    assert outcome(LC, facts) == (0, 0)
    facts = patient(courses=[course(1, "2024-01-20")], progressions=[progression("2023-12")])
    assert outcome(LC, facts) == (721, 1)


def test_an_imputed_event_is_not_after_death_nor_after_the_last_contact():
    facts = patient(progressions=[progression("2024-03")], death=death("2024-03-04"))
    assert outcome(LC, facts) == (54, 0)
    facts = patient(progressions=[progression("2024-03")], last_contact="2024-03-07")
    assert outcome(LC, facts) == (57, 0)


def test_an_imputed_death_is_not_before_the_last_contact():
    facts = patient(last_contact="2024-03-28", death=death("2024-03"))
    assert outcome(OS, facts) == (78, 0)
    assert outcome(OS, patient(last_contact="2024-02-01", death=death("2024-03"))) == (65, 0)


def test_an_imputed_last_contact_is_not_before_the_origin():
    facts = patient(courses=[course(1, "2024-01-20")], last_contact="2024-01")
    assert outcome(OS, facts) == (0, 1)


# ---- who is not in the table ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "facts", "reason"),
    [
        (LC, {"courses": []}, Reason.NO_ORIGIN),
        (LC, {"last_contact": None}, Reason.NO_FOLLOW_UP),
        (LC, {"last_contact": "2024-01-09"}, Reason.FOLLOW_UP_BEFORE_ORIGIN),
        (LC, {"death": death("2024-01-09")}, Reason.DEATH_BEFORE_ORIGIN),
        (LC, {"progressions": [progression(None)]}, Reason.UNDATED_EVENT),
        (LC, {"progressions": [progression(None)], "death": death("2025-01-09")},
         Reason.UNDATED_EVENT),
        (OS, {"death": death(None)}, Reason.UNDATED_EVENT),
        (LATE, {"toxicities": [toxicity("2024-04", 2, "")]}, Reason.MAYBE_LATE),
        (endpoint(censoring=Censoring.LAST_IMAGING), {}, Reason.NO_FOLLOW_UP),
    ],
)  # fmt: skip
def test_what_cannot_be_observed_is_left_out_for_a_reason(rule, facts, reason):
    assert outcome(rule, patient(**facts)) == reason


def test_a_dated_event_counts_beside_one_without_a_date():
    facts = patient(progressions=[progression(None), progression("2024-03-01")])
    assert outcome(LC, facts) == (51, 0)


def test_a_competing_event_without_a_date_leaves_the_last_follow_up():
    assert outcome(LC, patient(death=death(None))) == (731, 1)


def test_an_event_of_another_kind_without_a_date_does_not_matter():
    assert outcome(LC, patient(progressions=[progression(None, "distant")])) == (731, 1)


@pytest.mark.parametrize(
    ("sites", "expected"),
    [
        ("single", (731, 1)),
        ("multiple", Reason.OUTSIDE_POPULATION),
        ("", Reason.POPULATION_UNKNOWN),
    ],
)
def test_an_endpoint_of_patients_with_one_viable_site_has_no_others(sites, expected):
    facts = patient(baselines=[baseline(sites, course_id=1)])
    assert outcome(endpoint(population=Population.SINGLE_VIABLE_SITE), facts) == expected


# ---- lesions -------------------------------------------------------------------------------------

BY_LESION = endpoint(competing=[EventKind.DEATH_ANY], unit=Unit.LESION)


def by_lesion(facts):
    return [outcome(BY_LESION, facts, lesion) for lesion in facts.treated_lesions()]


def test_lesions_count_from_their_own_course_to_their_own_failure():
    facts = patient(
        courses=[course(1, "2024-01-10"), course(2, "2024-06-03")],
        lesions=lesions({1}, {2}, {1, 2}, ()),
        progressions=[progression("2024-09-01", lesion=2)],
    )
    # Failed 90 days after 3 June; the others seen to 10 January 2026.
    assert by_lesion(facts) == [(731, 1), (90, 0), (731, 1)]


def test_a_failure_before_the_course_of_its_lesion_is_why_it_was_treated():
    facts = patient(
        courses=[course(1, "2024-01-10"), course(2, "2024-06-03")],
        lesions=lesions({1}, {2}),
        progressions=[progression("2024-05-20", lesion=2)],
    )
    found = seen(BY_LESION, facts, facts.lesions[2])
    assert (found.days, found.status, found.events_before_origin) == (586, 1, 1)


def test_death_competes_for_every_lesion_that_has_not_failed():
    facts = patient(
        lesions=lesions({1}, {1}),
        progressions=[progression("2024-03-01", lesion=1)],
        death=death("2025-01-09"),
    )
    assert by_lesion(facts) == [(51, 0), (365, 2)]


def test_a_failure_that_names_none_of_several_lesions_leaves_out_those_that_may_have_failed():
    facts = patient(
        courses=[course(1, "2024-01-10"), course(2, "2024-06-03")],
        lesions=lesions({1}, {1}, {2}),
        progressions=[progression("2024-05-20"), progression("2024-03-01", lesion=2)],
    )
    # Lesion 2 has a failure of its own; lesion 3 was not treated yet.
    assert by_lesion(facts) == [Reason.UNASSIGNED_EVENT, (51, 0), (586, 1)]


def test_a_lesion_without_a_dated_course_has_no_origin():
    facts = patient(courses=[course(1, "2024-01-10"), course(2)], lesions=lesions({1}, {2}))
    assert by_lesion(facts) == [(731, 1), Reason.NO_ORIGIN]


def test_wound_complications_and_amputations_are_counted_from_surgery():
    facts = patient(
        surgery_follows_rt=True,
        surgeries=[surgery("2024-03-04"), surgery("2024-12-02", "amputation")],
        wound_complications=[on("2024-02-01"), on("2024-04-03")],
    )
    wound = endpoint([EventKind.WOUND_COMPLICATION], origin=TimePoint.SURGERY, horizon_days=120)
    assert outcome(wound, facts) == (30, 0)
    assert outcome(endpoint([EventKind.AMPUTATION]), facts) == (327, 0)
