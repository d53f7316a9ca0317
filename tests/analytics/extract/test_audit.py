"""Which ends of an observation are doubtful, with intervals counted by hand.

The patient of these tests is irradiated from 10 January 2024 on and last seen on 10 January 2026,
731 days later. Jinling asks for local imaging every six months at the longest (182.6 days), so
more than 273 days without it are doubtful, and its visits end after five years.
"""

import datetime as dt

import pytest

from analytics.extract.audit import Doubt, censoring_audit
from analytics.extract.audit_limits import AuditLimits
from analytics.extract.facts import StudyFacts
from registry.protocols import preset
from registry.protocols.vocabulary import Censoring, EventKind, Unit
from tests.analytics.extract.by_hand import (
    course,
    death,
    endpoint,
    lesions,
    patient,
    progression,
    toxicity,
)

LC = endpoint(competing=[EventKind.DEATH_ANY])
OS = endpoint([EventKind.DEATH_ANY])
PFS = endpoint([EventKind.ANY_PROGRESSION, EventKind.DEATH_ANY])
IMAGED = {"last_imaging": "2026-01-10", "last_local_imaging": "2026-01-10"}


def lines(rule, facts, *, on="2026-02-01", protocol="jinling"):
    study = StudyFacts(protocol, None, (facts,))
    day = dt.date.fromisoformat(on) if on else None
    return censoring_audit(study, rule, preset(protocol), on=day)


def doubts(rule, facts, **keywords):
    (line,) = lines(rule, facts, **keywords)
    return [doubt for doubt, _why in line.doubts]


def reasons(rule, facts, **keywords):
    (line,) = lines(rule, facts, **keywords)
    return [why for _doubt, why in line.doubts]


@pytest.mark.parametrize(
    ("protocol", "imaging", "contact", "ends"),
    [
        # Longest interval in months × 30.4375 × 1.5.
        ("jinling", 273.9, 273.9, 60 * 30.4375),
        ("cnao", 273.9, 273.9, None),
        ("cams", 547.9, 547.9, None),
        ("preop", 273.9, 273.9, 60 * 30.4375),
        ("tcga_sarc", 365, 365, None),
    ],
)
def test_limits_follow_the_longest_interval_of_the_protocol(protocol, imaging, contact, ends):
    limits = AuditLimits.of(preset(protocol).schedule)
    assert (limits.imaging_days, limits.contact_days) == pytest.approx((imaging, contact), abs=0.1)
    assert limits.ends_after_days == (None if ends is None else pytest.approx(ends))


def test_a_well_followed_row_is_listed_without_a_doubt():
    (line,) = lines(LC, patient(**IMAGED))
    assert (line.pseudonym, line.status, line.days, line.words) == ("P-1", 1, 731, "last follow-up")
    assert (line.start, line.end) == (dt.date(2024, 1, 10), dt.date(2026, 1, 10))
    assert line.doubts == ()


@pytest.mark.parametrize(
    ("last_imaging", "expected"),
    [("2025-04-12", []), ("2025-04-11", [Doubt.IMAGING_LONG_AGO])],  # 273 and 274 days before
)
def test_follow_up_long_after_the_last_local_imaging_is_doubtful(last_imaging, expected):
    facts = patient(last_imaging="2026-01-10", last_local_imaging=last_imaging)
    assert doubts(LC, facts) == expected
    assert doubts(PFS, facts) == []
    assert doubts(OS, facts) == []


def test_the_interval_is_told_in_months():
    facts = patient(last_local_imaging="2024-11-10")  # 426 days
    assert reasons(LC, facts) == ["alive 14 months after the last imaging of the treated site"]
    died = patient(last_local_imaging="2024-11-10", death=death("2026-01-10"))
    assert reasons(LC, died) == ["died 14 months after the last imaging of the treated site"]


def test_a_row_that_was_never_imaged_since_the_origin_is_doubtful():
    assert doubts(LC, patient()) == [Doubt.NEVER_IMAGED]
    assert doubts(LC, patient(last_local_imaging="2024-01-09")) == [Doubt.NEVER_IMAGED]
    assert doubts(LC, patient(last_contact="2024-03-01"), on="2024-04-01") == []


def test_an_event_needs_no_later_imaging():
    facts = patient(progressions=[progression("2025-12-01")], last_local_imaging="2024-06-01")
    assert doubts(LC, facts) == []


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2026-10-10", []), ("2026-10-11", [Doubt.NOT_SEEN_SINCE]), (None, [])],  # 273, 274 days
)
def test_a_last_contact_long_before_the_cut_is_doubtful(on, expected):
    assert doubts(OS, patient(), on=on) == expected


def test_the_dead_and_the_withdrawn_are_not_waited_for():
    censored_at_death = endpoint([EventKind.AMPUTATION])
    assert doubts(censored_at_death, patient(death=death("2026-01-10")), on="2030-01-01") == []
    withdrawn = patient(cut=dt.date(2026, 2, 1))
    assert doubts(OS, withdrawn, on="2030-01-01") == []


def test_after_the_last_visit_of_the_protocol_nobody_is_waited_for():
    done = patient(last_contact="2028-12-20")  # 1806 days of 1826
    assert doubts(OS, done, on="2032-01-01") == []
    assert doubts(OS, done, on="2032-01-01", protocol="cnao") == [Doubt.NOT_SEEN_SINCE]


def test_imputed_days_are_named_with_what_is_known_of_them():
    facts = patient(courses=[course(1, "2024")], last_contact="2026-01")
    assert reasons(OS, facts) == [
        "time origin known to the year only",
        "end of the observation known to the month only",
    ]


def test_an_event_after_the_last_contact_is_doubtful_and_a_death_is_not():
    facts = patient(progressions=[progression("2026-01-20")], **IMAGED)
    assert reasons(PFS, facts) == ["event 10 days after the last contact"]
    assert doubts(PFS, patient(death=death("2026-01-20"), **IMAGED)) == []


def test_event_and_competing_event_on_one_day_are_named():
    facts = patient(
        progressions=[progression("2025-05-05")],
        death=death("2025-05-05"),
        last_contact="2025-05-05",
    )
    assert doubts(LC, facts) == [Doubt.SAME_DAY]


def test_a_row_censored_on_the_day_of_the_origin_has_no_time():
    facts = patient(last_contact="2024-01-10")
    assert doubts(OS, facts, on="2024-02-01") == [Doubt.NO_TIME]


def test_a_death_without_a_date_beside_a_censored_row_is_named():
    assert doubts(LC, patient(death=death(None), **IMAGED)) == [Doubt.UNDATED]


def test_a_second_failure_without_a_date_is_named():
    facts = patient(progressions=[progression("2025-05-05"), progression(None)], **IMAGED)
    assert doubts(LC, facts) == [Doubt.UNDATED]


def test_a_contact_after_death_is_named():
    facts = patient(death=death("2025-01-01"), **IMAGED)
    assert doubts(OS, facts) == [Doubt.SEEN_AFTER_DEATH]


@pytest.mark.parametrize(
    ("rule", "facts", "words", "expected"),
    [
        (LC, {"progressions": [progression(None)]}, "event without a date", [Doubt.UNDATED]),
        (
            endpoint([EventKind.LATE_TOXICITY_GRADE_2]),
            {"toxicities": [toxicity(None, 3, "")]},
            "toxicity that may be acute or late",
            [Doubt.UNDATED],
        ),
        (OS, {"courses": []}, "day of the time origin not known", []),
    ],
)
def test_who_is_not_in_the_table_is_listed_with_the_reason(rule, facts, words, expected):
    (line,) = lines(rule, patient(**facts))
    assert (line.status, line.days, line.words) == (None, None, words)
    assert [doubt for doubt, _why in line.doubts] == expected


def test_each_lesion_has_its_line():
    facts = patient(
        lesions=lesions({1}, {1}, ()),
        progressions=[progression("2025-05-05", lesion=1), progression("2025-06-01")],
        **IMAGED,
    )
    found = lines(endpoint(unit=Unit.LESION), facts)
    assert [(line.lesion, line.status) for line in found] == [("1", 0), ("2", None), ("3", None)]
    assert [doubt for doubt, _why in found[1].doubts] == [Doubt.UNASSIGNED]


def test_endpoints_censored_at_imaging_are_not_followed_beyond_it():
    rule = endpoint(censoring=Censoring.LAST_LOCAL_IMAGING)
    assert doubts(rule, patient(last_local_imaging="2024-11-10")) == []
