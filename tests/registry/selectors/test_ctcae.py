"""Picking CTCAE terms: found, used recently, grades with what they mean."""

import pytest

from registry.models import Centre, CtcaeGrade, CtcaeTerm, ToxicityEvent
from registry.scope import ScopeError, scoped_to, system_scope
from registry.selectors.ctcae import GradeChoice, grades_of, recent_terms, search_terms
from registry.services import records
from registry.terminology.errors import TerminologyError
from tests.factories import CentreFactory, PatientFactory, ToxicityEventFactory, data_manager

pytestmark = pytest.mark.django_db


def term(name: str, release: str = "4.03") -> CtcaeTerm:
    return CtcaeTerm.objects.get(release=release, term=name)


def entered(centre: Centre, *names: str, release: str = "4.03") -> list[ToxicityEvent]:
    """Events of a patient of the centre, entered in this order."""
    patient = PatientFactory.create(centre=centre)
    return [
        ToxicityEventFactory.create(patient=patient, term=term(name, release)) for name in names
    ]


def test_found_terms_are_rows_of_the_release_in_order_of_nearness():
    found = search_terms("4.03", "rad derm")

    assert [row.term for row in found.terms] == [
        "Dermatitis radiation",
        "Radiation recall reaction (dermatologic)",
    ]
    assert {row.release for row in found.terms} == {"4.03"}


def test_more_terms_than_shown_are_counted():
    found = search_terms("5.0", "fi", limit=3)

    assert [row.term for row in found.terms] == [
        "Fibrinogen decreased",
        "Fibrosis deep connective tissue",
        "Anal fissure",
    ]
    assert found.count == search_terms("5.0", "fi", limit=100).count == 37


def test_every_shipped_term_has_its_row():
    assert search_terms("6.0", "disorders", limit=1000).count == len(
        search_terms("6.0", "disorders", limit=1000).terms
    )


@pytest.mark.parametrize("text", ["fi", "cardiac", "no such term"])
def test_a_search_is_one_query(django_assert_max_num_queries, text):
    with django_assert_max_num_queries(1):
        search_terms("5.0", text)


def test_recent_terms_are_those_entered_last_each_once():
    centre = CentreFactory.create()
    entered(centre, "Fatigue", "Lymphedema", "Fatigue", "Dermatitis radiation")

    with system_scope():
        recent = recent_terms("4.03", centre)

    assert [row.term for row in recent] == ["Dermatitis radiation", "Fatigue", "Lymphedema"]


def test_recent_terms_are_of_the_release_and_the_centre():
    centre = CentreFactory.create()
    entered(centre, "Fatigue")
    entered(centre, "Lymphedema", release="5.0")
    entered(CentreFactory.create(), "Dermatitis radiation")

    with system_scope():
        assert [row.term for row in recent_terms("4.03", centre)] == ["Fatigue"]


def test_a_voided_event_is_no_recent_one():
    centre = CentreFactory.create()
    kept, taken_back = entered(centre, "Fatigue", "Lymphedema")
    with system_scope():
        records.void(taken_back, by=None, reason="Entered twice", version=1)

        assert [row.term for row in recent_terms("4.03", centre)] == [kept.term.term]


def test_another_centre_shows_nothing_of_what_it_used():
    centre = CentreFactory.create()
    entered(centre, "Fatigue")

    with scoped_to(data_manager(CentreFactory.create())):
        assert recent_terms("4.03", centre) == ()
    with pytest.raises(ScopeError):
        recent_terms("4.03", centre)


def test_recent_terms_take_the_same_queries_for_many_as_for_few(django_assert_num_queries):
    centre = CentreFactory.create()
    entered(centre, "Fatigue")
    with system_scope():
        with django_assert_num_queries(2):
            recent_terms("4.03", centre)
        entered(centre, "Lymphedema", "Dermatitis radiation", "Nausea", "Vomiting")
        with django_assert_num_queries(2):
            assert len(recent_terms("4.03", centre, limit=4)) == 4


def test_only_the_grades_that_exist_each_with_our_reminder():
    grades = grades_of(term("Fatigue"))

    # Fatigue has no grade 4 and 5 in CTCAE 4.03.
    assert [row.grade for row in grades] == [1, 2, 3]
    assert all(row.text for row in grades)
    assert not any(row.is_official for row in grades)


def test_the_official_text_takes_the_place_of_the_reminder():
    fatigue = term("Fatigue")
    CtcaeGrade.objects.filter(term=fatigue, grade=2).update(official_text="As published")

    assert grades_of(fatigue)[1] == GradeChoice(2, "As published", is_official=True)
    assert not grades_of(fatigue)[0].is_official


def test_a_term_without_reminder_has_grades_without_text():
    grades = grades_of(term("Asystole"))

    assert grades == (
        GradeChoice(1, "", is_official=False),
        GradeChoice(4, "", is_official=False),
        GradeChoice(5, "", is_official=False),
    )


def test_the_grades_are_one_query(django_assert_num_queries):
    fatigue = term("Fatigue")
    with django_assert_num_queries(1):
        grades_of(fatigue)


def test_a_release_that_is_not_shipped_is_refused():
    with pytest.raises(TerminologyError):
        search_terms("2.0", "fatigue")
