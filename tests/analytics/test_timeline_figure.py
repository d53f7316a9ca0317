"""The timeline figure: every event is on it, nothing overlaps, nothing dangerous gets in."""

import datetime as dt
import re
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from analytics.figures import Lane, Shape, Tick, TimelineData, TimelineEvent, timeline_figure
from analytics.figures.months import signed_month_ticks
from analytics.figures.shapes import BARS, PATHS, icon
from analytics.figures.timeline_layout import COMPACT, WIDE, Scale, edges, placed
from registry.partial_date import PartialDate
from registry.templatetags.ui import STATES
from tests.conftest import ROOT

SVG = "{http://www.w3.org/2000/svg}"
ORIGIN = dt.date(2024, 1, 15)


def on(text: str) -> PartialDate:
    return PartialDate.parse(text)


def event(start: str, shape: Shape = Shape.IMAGING, **more: Any) -> TimelineEvent:
    end = more.pop("end", None)
    return TimelineEvent(shape, on(start), on(end) if end else None, **more)


RT = event("2024-01-15", Shape.RADIOTHERAPY, end="2024-02-16", text="50 Gy / 25", words="Course 1")
SURGERY = event("2024-03-20", Shape.SURGERY, text="Wide excision, R0", words="Surgery")
RASH = event("2024-02-01", Shape.ACUTE, end="2024-04-01", sign="3", is_severe=True, text="Rash")
LIFE = (
    Lane("Surgery", (SURGERY,)),
    Lane("Radiotherapy", (RT,)),
    Lane("Toxicity", (RASH, event("2024-09", Shape.LATE, sign="1", is_open=True, text="Oedema"))),
    Lane("Visits", tuple(event(f"2024-{month:02d}-15") for month in range(4, 12))),
)


def data(*lanes: Lane, **more: Any) -> TimelineData:
    return TimelineData(lanes or LIFE, more.pop("origin", ORIGIN), **more)


def drawn(timeline: TimelineData | None = None, **changed: Any) -> ET.Element:
    arguments: dict[str, Any] = {
        "title": "Timeline of P-1",
        "description": "Twelve events",
        "axis_title": "Months since the first day of radiotherapy",
        "ticks": [Tick(ORIGIN, "0", "Jan 2024"), Tick(dt.date(2024, 7, 15), "6", "Jul 2024")],
    }
    return ET.fromstring(timeline_figure(timeline or data(), **(arguments | changed)))


def of_class(root: ET.Element, name: str) -> list[ET.Element]:
    return [node for node in root.iter() if name in node.get("class", "").split()]


def texts(root: ET.Element) -> list[str | None]:
    return [node.text for node in root.iter(f"{SVG}text")]


def numbers(node: ET.Element, *names: str) -> list[float]:
    return [float(node.get(name, "nan")) for name in names]


@pytest.mark.parametrize("compact", [False, True])
def test_every_event_is_drawn_under_the_name_of_its_lane(compact):
    root = drawn(compact=compact)

    assert len(of_class(root, "fig-event")) == 12
    for word in ("Surgery", "Radiotherapy", "Toxicity", "Visits", "50 Gy / 25", "Rash", "Oedema"):
        assert word in texts(root)


def test_a_lane_without_events_is_left_out():
    root = drawn(data(*LIFE, Lane("Progression", ())))

    assert "Progression" not in texts(root)


def test_a_screen_reader_is_told_what_it_is():
    root = drawn(figure_id="one")

    assert root.get("role") == "img"
    assert [(node.tag, node.text) for node in root[:2]] == [
        (f"{SVG}title", "Timeline of P-1"),
        (f"{SVG}desc", "Twelve events"),
    ]
    assert root.get("aria-labelledby") == root[0].get("id") == "one-title"
    assert root.get("aria-describedby") == root[1].get("id") == "one-desc"


def test_pointing_at_an_event_says_it_in_words():
    groups = of_class(drawn(), "fig-event")

    assert "Course 1" in [group.findtext(f"{SVG}title") for group in groups]


@pytest.mark.parametrize("compact", [False, True])
def test_events_of_a_lane_never_cover_one_another(compact):
    sizes = COMPACT if compact else WIDE
    crowd = [
        event(f"2024-02-{day:02d}", Shape.ACUTE, sign="1", text="Fatigue") for day in range(1, 9)
    ]
    scale = Scale.of(data(Lane("Toxicity", tuple(crowd)), *LIFE), sizes)

    places = placed(crowd, scale, sizes)

    assert len(places) == 8
    for one, other in combinations(places, 2):
        apart = one.right < other.left or other.right < one.left
        assert apart or one.row != other.row


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("last", ["2024-01-15", "2024-03-01", "2026-01-15", "2044-01-15"])
def test_all_marks_and_texts_lie_within_the_figure(compact, last):
    sizes = COMPACT if compact else WIDE
    lanes = (*LIFE, Lane("Outcome", (event(last, Shape.DEAD, text="Died: sarcoma"),)))
    timeline = data(*lanes)
    scale = Scale.of(timeline, sizes)

    for lane in lanes:
        for place in placed(lane.events, scale, sizes):
            assert place.left >= sizes.names
            assert place.right <= sizes.width
    width, height = map(float, drawn(timeline, compact=compact).get("viewBox", "").split()[2:])
    assert width == sizes.width
    assert 0 < height < 1000


def test_a_day_lies_where_its_share_of_the_time_is():
    timeline = data(Lane("Visits", (event("2024-01-15"), event("2025-01-14"))))
    scale = Scale.of(timeline, WIDE)

    # 365 days from end to end; 73 of them are a fifth.
    fifth = (scale.x(dt.date(2024, 3, 28)) - scale.left) / (scale.right - scale.left)

    assert scale.x(ORIGIN) == scale.left
    assert scale.x(dt.date(2025, 1, 14)) == pytest.approx(scale.right)
    assert fifth == pytest.approx(0.2)


@pytest.mark.parametrize(("text", "days"), [("2024-06", 29), ("2024", 365)])
def test_a_partial_date_is_a_frame_over_all_days_it_may_stand_for(text, days):
    timeline = data(Lane("Visits", (event("2024-01-01"), event(text), event("2024-12-31"))))
    scale = Scale.of(timeline, WIDE)
    frames = of_class(drawn(timeline), "fig-maybe")

    assert len(frames) == 1
    x, width = numbers(frames[0], "x", "width")
    first = scale.x(on(text).earliest)
    assert frames[0].get("stroke-dasharray")
    assert x <= first
    assert x + width >= scale.x(on(text).latest)
    # Not wider than those days and the edge around the mark.
    assert width <= scale.x(on(text).earliest + dt.timedelta(days)) - first + 4.01


def test_a_bar_is_whole_only_where_it_is_certain():
    course = event("2024-02", Shape.RADIOTHERAPY, end="2024-04")
    root = drawn(data(Lane("Radiotherapy", (course,))))
    scale = Scale.of(data(Lane("Radiotherapy", (course,))), WIDE)

    [sure] = of_class(root, "fig-bar")
    maybe = of_class(root, "fig-bar-maybe")

    # Certain from the last possible first day, 29 February, to the first possible last, 1 April.
    x, width = numbers(sure, "x", "width")
    assert x == pytest.approx(scale.x(dt.date(2024, 2, 29)), abs=0.01)
    assert x + width == pytest.approx(scale.x(dt.date(2024, 4, 1)), abs=0.01)
    assert len(maybe) == 2


def test_a_bar_that_may_be_no_day_long_has_no_certain_part():
    root = drawn(data(Lane("Radiotherapy", (event("2024", Shape.RADIOTHERAPY, end="2024"),))))

    assert of_class(root, "fig-bar") == []
    assert len(of_class(root, "fig-bar-maybe")) == 1


def test_an_event_without_end_has_an_arrow_and_one_with_end_has_none():
    ended = drawn(data(Lane("Toxicity", (event("2024-02-01", Shape.ACUTE, end="2024-03-01"),))))
    going_on = drawn(data(Lane("Toxicity", (event("2024-02-01", Shape.ACUTE, is_open=True),))))

    assert [node.tag for node in of_class(ended, "fig-line")] == [f"{SVG}line"]
    assert f"{SVG}path" in [node.tag for node in of_class(going_on, "fig-line")]


def test_a_grade_is_a_digit_in_its_mark_and_severe_ones_are_filled():
    root = drawn()
    signs = of_class(root, "fig-sign")

    assert sorted(node.text or "" for node in signs) == ["1", "3"]
    assert [node.text for node in of_class(root, "fig-sign-on-mark")] == ["3"]
    assert len(of_class(root, "fig-hollow")) == 1


def test_a_visit_ahead_shows_its_window():
    window = (dt.date(2024, 12, 1), dt.date(2025, 2, 1))
    visits = Lane("Expected", (event("2025-01-15", Shape.PLANNED, window=window),))
    timeline = data(*LIFE, visits, today=dt.date(2024, 11, 20), today_label="Today")
    scale = Scale.of(timeline, WIDE)
    root = drawn(timeline)

    ends = {
        round(numbers(node, "x1")[0], 1) for node in of_class(root, "fig-planned") if node.get("x1")
    }
    [ahead] = of_class(root, "fig-ahead")

    assert {round(scale.x(day), 1) for day in window} <= ends
    assert numbers(ahead, "x")[0] == pytest.approx(scale.x(dt.date(2024, 11, 20)), abs=0.01)
    assert "Today" in texts(root)


def test_today_is_not_drawn_where_it_lies_behind_the_last_event_or_means_nothing():
    long_ago = drawn(data(today=dt.date(2030, 1, 1), today_label="Today"))

    assert "Today" not in texts(long_ago)
    assert "Today" not in texts(drawn(data(today=None, today_label="Today")))


def test_the_axis_has_numbers_dates_and_a_title():
    root = drawn()

    for word in ("0", "6", "Jan 2024", "Jul 2024", "Months since the first day of radiotherapy"):
        assert word in texts(root)


def test_ticks_that_are_too_close_lose_their_numbers_but_zero_keeps_it():
    year = [
        Tick(ORIGIN + dt.timedelta(days=7 * week), str(week) if week else "0", f"week {week}")
        for week in range(45)
    ]
    labels = [text for text in texts(drawn(ticks=year, compact=True)) if (text or "").isdigit()]

    assert "0" in labels
    assert len(labels) < 10


@pytest.mark.parametrize(
    ("first", "last", "ticks"),
    [
        (0, 0, [0]),
        (-10, 20, [0]),
        (-100, 200, [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6]),
        (-365, 1461, [-12, -6, 0, 6, 12, 18, 24, 30, 36, 42, 48]),
        (0, 7305, [0, 24, 48, 72, 96, 120, 144, 168, 192, 216, 240]),
    ],
)
def test_ticks_are_multiples_of_a_usual_step_around_zero(first, last, ticks):
    assert signed_month_ticks(first, last) == ticks


def test_ticks_need_days_around_zero():
    with pytest.raises(ValueError, match="around 0"):
        signed_month_ticks(5, 10)


HOSTILE = [
    "</text><script>alert(1)</script>",
    "quotes \" and ' and &amp; <b>",
    "\u202eright to left\u200b zero width",
    "NUL \x00 and bell \x07",
    "x" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_and_the_figure_well_formed(text):
    lane = Lane(text, (event("2024-02-01", Shape.ACUTE, sign=text[:1], text=text, words=text),))
    root = drawn(data(lane), title=text, description=text, axis_title=text)

    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= {
        "svg", "title", "desc", "g", "line", "rect", "path", "text",
    }  # fmt: skip
    assert not [name for node in root.iter() for name in node.attrib if name.startswith("on")]


def test_a_long_text_beside_a_mark_is_cut_and_whole_when_pointed_at():
    long = "Rash: dermatitis associated with radiation, of the whole left thigh and beyond"
    root = drawn(
        data(Lane("Toxicity", (event("2024-02-01", text=long, words=long),))), compact=True
    )

    assert [text for text in texts(root) if (text or "").endswith("…")]
    assert long in [node.text for node in root.iter(f"{SVG}title")]


def test_an_empty_timeline_is_refused():
    with pytest.raises(ValueError, match="no event"):
        data(Lane("Surgery", ()))


def test_one_day_is_not_blown_up_to_a_life():
    timeline = data(Lane("Visits", (event("2024-01-15"),)))
    scale = Scale.of(timeline, WIDE)

    assert len(of_class(drawn(timeline), "fig-event")) == 1
    assert scale.days == 60
    assert scale.left < scale.x(ORIGIN) < scale.right


def test_twenty_years_have_room():
    visits = tuple(
        event(f"{year}-{month}-15") for year in range(2024, 2044) for month in ("01", "07")
    )
    timeline = data(Lane("Visits", visits))
    root = drawn(timeline)

    assert len(of_class(root, "fig-event")) == 40
    assert all(edges(visit, Scale.of(timeline, WIDE))[1] <= WIDE.width for visit in visits)


@pytest.mark.parametrize("figure_id", ["", "1a", "a b", '"><script>'])
def test_an_id_that_is_none_is_refused(figure_id):
    with pytest.raises(ValueError, match="figure_id"):
        drawn(figure_id=figure_id)


def test_every_kind_of_event_has_a_shape_of_its_own():
    outlines = list(PATHS.values())

    assert set(PATHS) | BARS == set(Shape)
    assert len(set(outlines)) == len(outlines)
    for shape in Shape:
        assert ET.fromstring(icon(shape)).tag == "svg"


def test_states_have_the_shape_that_the_pages_give_them():
    marks = (ROOT / "static" / "icons" / "marks.svg").read_text(encoding="utf-8")

    for shape in PATHS:
        if shape in STATES:
            symbol = re.search(
                f'<symbol id="{shape}"[^>]*><path[^>]* d="([^"]*)"', marks
            ) or re.search(f'<symbol id="{shape}"[^>]*><path d="([^"]*)"', marks)
            assert symbol is not None
            assert symbol.group(1) == PATHS[shape]


def test_rules_between_lanes_follow_one_another_downwards():
    rules = [numbers(node, "y1")[0] for node in of_class(drawn(), "fig-rule")]

    assert len(rules) == len(LIFE)
    assert all(upper < lower for upper, lower in pairwise(rules))
