"""The flow chart as drawn: boxes hold their text, arrows run from box to box."""

from itertools import combinations
from xml.etree import ElementTree

import pytest

from analytics.figures.flow import FlowBox, FlowStep, flow_figure
from analytics.figures.text import width

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Gastrointestinaler Stromatumor-Ausschlussdiagnose " * 3 + "Donaudampfschifffahrt" * 4

STEPS = [
    FlowStep(
        FlowBox("Screened (n = 68)"),
        FlowBox("Not enrolled (n = 31)", ("Too many lesions: 17", f"{LONG}: 14")),
    ),
    FlowStep(FlowBox("Enrolled (n = 37)"), FlowBox("Not treated (n = 1)")),
    FlowStep(FlowBox("Treated (n = 36)", ("58 lesions",))),
]


def ends(number):
    return [FlowBox(f"Endpoint {n} {LONG}", (f"Analysed: {n} patients",)) for n in range(number)]


def drawn(number=3, *, steps=STEPS, compact=False):
    svg = flow_figure(
        steps, ends(number), title="Flow <1>", description="So many & more.", compact=compact
    )
    return ElementTree.fromstring(svg)


def rectangles(root):
    """Left, top, right and lower edge of each box, in the order of the drawing."""
    found = []
    for box in root.iter(f"{SVG}rect"):
        x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        found.append((x, y, x + w, y + h))
    return found


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("number", [0, 1, 3, 5])
def test_boxes_lie_within_the_figure_and_do_not_overlap(number, compact):
    root = drawn(number, compact=compact)
    _x, _y, right, bottom = map(float, root.get("viewBox").split())
    boxes = rectangles(root)

    assert len(boxes) == 5 + number
    for x1, y1, x2, y2 in boxes:
        assert x1 >= 0
        assert y1 >= 0
        assert x2 <= right
        assert y2 <= bottom
    for a, b in combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


@pytest.mark.parametrize("compact", [False, True])
def test_every_line_of_text_lies_within_its_box(compact):
    root = drawn(5, compact=compact)
    for group in root.iter(f"{SVG}g"):
        box = group.find(f"{SVG}rect")
        if box is None:
            continue
        x, y, w, h = (float(box.get(name)) for name in ("x", "y", "width", "height"))
        for line in group.findall(f"{SVG}text"):
            assert y < float(line.get("y")) < y + h
            assert float(line.get("x")) + width(line.text, 14) <= x + w


@pytest.mark.parametrize(("number", "compact"), [(3, False), (5, False), (3, True)])
def test_every_box_but_the_first_is_reached_by_an_arrow(number, compact):
    root = drawn(number, compact=compact)
    tips = set()
    for head in root.iter(f"{SVG}path"):
        corners = [tuple(map(float, part.split())) for part in head.get("d")[1:-1].split("L")]
        tips.add(corners[1])
    for x1, y1, x2, y2 in rectangles(root)[1:]:
        touching = [
            tip
            for tip in tips
            if (abs(tip[1] - y1) < 0.01 and x1 <= tip[0] <= x2)
            or (abs(tip[0] - x1) < 0.01 and y1 <= tip[1] <= y2)
        ]
        assert len(touching) == 1


def test_up_to_four_ends_stand_side_by_side_and_more_one_under_the_other():
    assert len({top for _x, top, *_rest in rectangles(drawn(4))[5:]}) == 1
    assert len({top for _x, top, *_rest in rectangles(drawn(5))[5:]}) == 5
    assert len({top for _x, top, *_rest in rectangles(drawn(3, compact=True))[5:]}) == 3


def test_the_figure_has_a_name_and_a_description_for_screen_readers():
    root = drawn()
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Flow <1>"
    assert root.find(f"{SVG}desc").text == "So many & more."
    assert root.get("aria_labelledby") is None
    assert root.get("aria-labelledby") == root.find(f"{SVG}title").get("id")


def test_who_leaves_after_the_last_step_is_reached_too():
    root = drawn(0, steps=STEPS[:1])
    assert len(rectangles(root)) == 2
    assert len(list(root.iter(f"{SVG}path"))) == 1


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="steps: a flow chart needs at least one"):
        flow_figure([], [], title="", description="")
    with pytest.raises(ValueError, match="figure_id must be a plain id, got '1 2'"):
        flow_figure(STEPS, [], title="", description="", figure_id="1 2")
