"""Clark's index of some patients by hand, and what must hold for any."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followup.person_time import PersonTime, days_seen

CUT = dt.date(2024, 12, 31)


def seen(
    origin: str | None,
    contact: str | None = None,
    died: str | None = None,
    *,
    is_dead: bool = False,
) -> tuple[int, int] | None:
    """Observed and potential days of a patient up to the end of 2024."""

    def day(text: str | None) -> int | None:
        return None if text is None else dt.date.fromisoformat(text).toordinal()

    return days_seen(
        origin=day(origin),
        last_contact=day(contact),
        died=day(died),
        is_dead=is_dead or died is not None,
        cut=CUT.toordinal(),
    )


@pytest.mark.parametrize(
    ("patient", "days"),
    [
        # 1 January to 1 July is 31 + 29 + 31 + 30 + 31 + 30 = 182 days, to 31 December 365.
        ({"origin": "2024-01-01", "contact": "2024-07-01"}, (182, 365)),
        # Who died was seen to the end: 31 + 29 = 60 days, however long ago the last visit.
        ({"origin": "2024-01-01", "contact": "2024-02-01", "died": "2024-03-01"}, (60, 60)),
        # Nobody has seen the patient since: 0 of 30.
        ({"origin": "2024-12-01"}, (0, 30)),
        # A contact before the origin is none.
        ({"origin": "2024-12-01", "contact": "2024-11-01"}, (0, 30)),
        # A contact after the cut tells of the cut.
        ({"origin": "2024-12-01", "contact": "2025-03-01"}, (30, 30)),
        # A partial date may put the death before the origin.
        ({"origin": "2024-07-14", "died": "2024-07-01"}, (0, 0)),
        # Time without a beginning or an end.
        ({"origin": None, "contact": "2024-07-01"}, None),
        ({"origin": "2025-01-01"}, None),
        ({"origin": "2024-01-01", "contact": "2024-07-01", "is_dead": True}, None),
    ],
)
def test_the_days_of_a_patient(patient, days) -> None:
    assert seen(**patient) == days


def test_the_index_is_the_quotient_of_the_sums() -> None:
    """182 + 60 + 30 + 0 = 272 of 365 + 60 + 366 + 30 = 821 days: not the mean of four quotients."""
    parts = [
        PersonTime(patients=1, observed=182, potential=365),
        PersonTime(patients=1, observed=60, potential=60),
        PersonTime(patients=1, observed=30, potential=366),
        PersonTime(patients=1, observed=0, potential=30),
        PersonTime(left_out=1),
    ]

    whole = sum(parts, start=PersonTime())

    assert whole == PersonTime(patients=4, left_out=1, observed=272, potential=821)
    assert whole.index == pytest.approx(0.331303, abs=1e-6)
    assert whole.observed_years == pytest.approx(0.74470, abs=1e-5)


def test_without_a_day_there_is_no_index() -> None:
    assert PersonTime(left_out=3).index is None
    assert PersonTime(patients=1).index is None


days = st.integers(0, 4000)
patients = st.lists(
    st.tuples(st.none() | days, st.none() | days, st.none() | days), min_size=1, max_size=8
)


def index_of(rows: list[tuple[int | None, int | None, int | None]], cut: int) -> PersonTime:
    found = PersonTime()
    for origin, contact, died in rows:
        is_dead = died is not None and died <= cut
        got = days_seen(
            origin=origin,
            last_contact=contact,
            died=died if is_dead else None,
            is_dead=is_dead,
            cut=cut,
        )
        found += PersonTime(1, 0, *got) if got else PersonTime(left_out=1)
    return found


@given(rows=patients, cut=days, more=days)
def test_a_further_contact_never_lowers_the_index_which_stays_within_nought_and_one(
    rows, cut, more
) -> None:
    before = index_of(rows, cut)
    origin, contact, died = rows[0]
    after = index_of([(origin, max(contact or 0, more), died), *rows[1:]], cut)

    assert 0 <= before.observed <= before.potential
    assert before.observed <= after.observed <= after.potential
    assert after.potential == before.potential
    if before.index is not None:
        assert after.index is not None
        assert 0 <= before.index <= after.index <= 1
