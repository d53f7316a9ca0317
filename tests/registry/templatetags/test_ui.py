"""The components: every state has its shape, every page its parts."""

import re

import pytest
from django.template import Context, Template

from registry.selectors.patient_state import PatientState
from registry.templatetags.ui import STATES, status
from tests.conftest import ROOT

MARKS = (ROOT / "static" / "icons" / "marks.svg").read_text(encoding="utf-8")


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_shape_of_its_own_and_a_word(state: str) -> None:
    shape = re.search(f'<symbol id="{state}"[^>]*>(.*?)</symbol>', MARKS)

    assert shape is not None
    assert MARKS.count(shape.group(1)) == 1
    assert f"marks.svg#{state}" in render("{% status state %}", state=state)
    assert str(STATES[state]) in render("{% status state %}", state=state)


def test_every_state_of_a_patient_can_be_shown() -> None:
    assert set(PatientState.values) <= set(STATES)


def test_a_state_without_a_shape_is_refused() -> None:
    with pytest.raises(KeyError):
        status("nonsense")


@pytest.mark.parametrize("grade", [1, 2, 3, 4, 5])
def test_a_grade_is_a_scale_and_a_number(grade: int) -> None:
    html = render("{% grade n %}", n=grade)

    assert f"Grade {grade}" in html
    assert f"marks.svg#grade-{grade}" in html
    assert f'<symbol id="grade-{grade}"' in MARKS


def test_a_section_is_named_by_its_heading() -> None:
    html = render('{% section "Surgery" "surgery" 2 %}<p>Text</p>{% endsection %}')

    assert '<section class="section" id="surgery" aria-labelledby="surgery-title">' in html
    assert 'Surgery <span class="count">2</span>' in html
    assert "<p>Text</p>" in html


def test_words_given_to_a_component_are_escaped() -> None:
    html = render("{% section t 'x' None t %}{{ t }}{% endsection %}{% empty t %}", t="<b>")

    assert "<b>" not in html
    assert html.count("&lt;b&gt;") == 4
