"""Form fields that pick a CTCAE term and its grade."""

import pytest
from django.core.exceptions import ValidationError

from registry.entry.ctcae import GradeAnswer, GradePicker, TermAnswer
from registry.models import CtcaeTerm
from registry.scope import system_scope
from tests.factories import CentreFactory

pytestmark = pytest.mark.django_db


def term(name: str, release: str = "4.03") -> CtcaeTerm:
    return CtcaeTerm.objects.get(release=release, term=name)


def term_answer() -> TermAnswer:
    return TermAnswer(release="4.03", centre=CentreFactory.create(code="A"), label="Term")


def grade_answer(of: CtcaeTerm | None = None) -> GradeAnswer:
    picker = GradePicker(release="4.03", term=of, term_name="event-term")
    return GradeAnswer(widget=picker, label="Grade")


def test_a_term_is_read_and_shown_by_its_key():
    fatigue = term("Fatigue")

    assert term_answer().clean(str(fatigue.pk)) == fatigue
    assert term_answer().show(fatigue) == str(fatigue.pk)
    assert term_answer().words(str(fatigue.pk)) == "Fatigue"


@pytest.mark.parametrize("typed", ["", None, "  "])
def test_a_term_and_a_grade_must_be_chosen(typed):
    with pytest.raises(ValidationError, match="Search for the term and choose it"):
        term_answer().clean(typed)
    with pytest.raises(ValidationError, match="Choose the grade"):
        grade_answer().clean(typed)


@pytest.mark.parametrize("typed", ["nonsense", "0", "-1", "9" * 40, "Fatigue"])
def test_what_is_no_term_of_the_release_is_refused(typed):
    with pytest.raises(ValidationError, match=r"no term of CTCAE 4\.03"):
        term_answer().clean(typed)


def test_a_term_of_another_release_is_refused():
    with pytest.raises(ValidationError, match=r"no term of CTCAE 4\.03"):
        term_answer().clean(str(term("Fatigue", "5.0").pk))


def test_a_reason_is_no_term_and_no_grade():
    with pytest.raises(ValidationError, match="no term"):
        term_answer().clean("unknown")
    with pytest.raises(ValidationError, match="from 1 to 5"):
        grade_answer().clean("unknown")


@pytest.mark.parametrize("typed", ["0", "6", "2.5", "٣", "11"])
def test_a_grade_lies_between_1_and_5(typed):
    with pytest.raises(ValidationError, match="from 1 to 5"):
        grade_answer().clean(typed)


def test_a_grade_is_read_as_a_number():
    assert grade_answer().clean("3") == 3


def test_the_pickers_ask_for_what_follows_from_their_names():
    with system_scope():
        search = term_answer().widget.render("event-term", None, {"id": "id_event-term"})
    grades = grade_answer(term("Fatigue")).widget.render("event-grade", "2", {"id": "id_grade"})

    assert 'hx-get="/ctcae/4.03/?name=event-term&amp;centre=A"' in search
    assert 'id="id_event-term"' in search
    assert 'hx-get="/ctcae/4.03/grades/?name=event-grade&amp;of=event-term"' in grades
    assert 'hx-trigger="change from:#event-term-found"' in grades
    assert grades.count('type="radio"') == 3
    assert 'value="2" checked' in grades
