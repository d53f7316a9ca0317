"""Arbitrary schedules that the reader accepts, for properties."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from registry.protocols import ProtocolError
from registry.protocols.schedule import Schedule
from registry.protocols.schedule_reader import read_schedule
from registry.protocols.section import Section
from registry.protocols.vocabulary import (
    ALWAYS_END,
    EndKind,
    Item,
    SecondCourse,
    TimePoint,
    WorkingDays,
)

ITEMS = [Item.CLINIC, Item.TOXICITY, Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING, Item.VITAL_STATUS]
# A point, blanks, quotes, brackets, a sign of comments, letters beyond ASCII.
NAMES = st.text(min_size=1, max_size=8) | st.sampled_from(["visits", "a b", 'q"[#]', "größe.x"])


def _side(name: str) -> st.SearchStrategy[dict[str, int]]:
    return st.one_of(
        st.integers(0, 14).map(lambda days: {f"{name}_days": days}),
        st.just({f"{name}_months": 0}),
        st.just({f"{name}_months": 1}),
    )


WINDOWS = st.tuples(_side("before"), _side("after")).map(lambda sides: sides[0] | sides[1])


@st.composite
def _rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of a clock: each begins three months or more after the one before has ended."""
    rows: list[dict[str, Any]] = []
    month = 0
    for _ in range(draw(st.integers(1, 4))):
        start = month + draw(st.integers(3, 9))
        window = draw(WINDOWS)
        kind = draw(st.sampled_from(["months", "days", "run", "open"]))
        if kind == "months":
            several = [start + 3 * number for number in range(draw(st.integers(1, 3)))]
            rows.append({"months": several, "window": window})
            month = several[-1]
        elif kind == "days":
            rows.append({"days": [31 * start + draw(st.integers(0, 9))], "window": window})
            month = start + 1
        else:
            every = draw(st.integers(3, 12))
            run = {"every_months": every, "first_month": start, "window": window}
            rows.append(run)
            if kind == "open":
                return rows
            run["last_month"] = month = start + every * draw(st.integers(0, 4))
    return rows


_CLOCKS = st.fixed_dictionaries(
    {
        "items": st.lists(st.sampled_from(ITEMS), min_size=1, unique=True),
        "anchor": st.sampled_from(TimePoint),
        "segments": _rows(),
    }
)
_STEPS = st.fixed_dictionaries(
    {
        "event": st.just(TimePoint.SURGERY),
        "anchor": st.just(TimePoint.LAST_RT_DAY),
        "from_days": st.integers(0, 30),
        "until_days": st.integers(30, 60),
        "text": st.text(min_size=1).filter(str.strip),
    }
)
_THINNING = st.fixed_dictionaries(
    {"items": st.lists(st.sampled_from(ITEMS), min_size=1, unique=True)},
    optional={"every_months": st.integers(1, 24)},
)
_ENDS = [kind for kind in EndKind if kind not in ALWAYS_END]
_TABLES = st.fixed_dictionaries(
    {
        "merge_days": st.integers(0, 14),
        "ends_on": st.lists(st.sampled_from(_ENDS), unique=True),
        "thinned": st.dictionaries(st.sampled_from(_ENDS), _THINNING),
        "second_course": st.sampled_from(SecondCourse),
        "working_days": st.sampled_from(WorkingDays),
        "clocks": st.dictionaries(NAMES, _CLOCKS, min_size=1, max_size=3),
        "steps": st.dictionaries(NAMES, _STEPS, max_size=2),
    }
)


def _read(table: dict[str, Any]) -> Schedule | None:
    ends = [EndKind.DEATH, *table["ends_on"]]
    thinned = {kind: how for kind, how in table["thinned"].items() if kind not in ends}
    try:
        return read_schedule(Section({**table, "ends_on": ends, "thinned": thinned}, name="any"))
    except ProtocolError:
        return None


SCHEDULES = _TABLES.map(_read).filter(lambda schedule: schedule is not None)
