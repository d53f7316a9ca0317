"""The parts of a form that pick a CTCAE term and its grade."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from registry.models import Centre, CtcaeTerm
from tests.factories import (
    CentreFactory,
    PatientFactory,
    ProtocolVersionFactory,
    ToxicityEventFactory,
    administrator,
    coordinator,
    data_manager,
)

pytestmark = pytest.mark.django_db

TERMS = reverse("registry:ctcae", args=["4.03"])
GRADES = reverse("registry:ctcae_grades", args=["4.03"])


def term(name: str) -> CtcaeTerm:
    return CtcaeTerm.objects.get(release="4.03", term=name)


@pytest.fixture
def centre() -> Centre:
    return CentreFactory.create(code="A")


@pytest.fixture
def entering(client: Client, centre: Centre) -> Client:
    client.force_login(data_manager(centre))
    return client


def part(client: Client, address: str, **query: object) -> str:
    response = client.get(address, {key: str(value) for key, value in query.items()})
    assert response.status_code == 200
    return response.content.decode()


def radios(html: str) -> list[tuple[str, str, bool]]:
    """(name, value, chosen) of every radio button."""
    found = re.findall(
        r'<input type="radio"(?: id="[^"]*")? name="([^"]*)" value="([^"]*)"( checked)?', html
    )
    return [(name, value, bool(chosen)) for name, value, chosen in found]


def test_two_letters_give_radio_buttons_of_that_name(entering) -> None:
    html = part(entering, TERMS, q="lymphedema", name="event-term")

    assert radios(html) == [("event-term", str(term("Lymphedema").pk), False)]
    assert "Vascular disorders" in html
    assert re.search(r">1 term\s*<", html)


def test_the_count_goes_to_the_live_region_of_the_page(entering) -> None:
    html = part(entering, TERMS, q="fi", name="term")

    assert '<p class="hint" id="term-count" hx-swap-oob="innerHTML">30 of ' in html
    assert len(radios(html)) == 30


def test_nothing_found_says_what_to_do(entering) -> None:
    html = part(entering, TERMS, q="xyzzy")

    assert "No term found. Try fewer letters or another word." in html
    assert radios(html) == []


def test_below_two_letters_the_last_terms_of_the_centre_are_offered(entering, centre) -> None:
    patient = PatientFactory.create(centre=centre)
    ToxicityEventFactory.create(patient=patient, term=term("Lymphedema"))
    ToxicityEventFactory.create(patient=patient, term=term("Fatigue"))

    html = part(entering, TERMS, q="x", centre="A")

    assert [value for _, value, _ in radios(html)] == [
        str(term("Fatigue").pk),
        str(term("Lymphedema").pk),
    ]
    assert "Last used at the centre" in html


def test_the_chosen_term_stays_whatever_is_searched(entering) -> None:
    chosen = term("Fatigue").pk

    html = part(entering, TERMS, q="lymphedema", name="term", term=chosen)
    again = part(entering, TERMS, q="fatigue", name="term", term=chosen)

    assert radios(html)[0] == ("term", str(chosen), True)
    assert len(radios(html)) == 2
    assert radios(again) == [("term", str(chosen), True)]


def test_a_chosen_term_of_another_release_is_left_out(entering) -> None:
    other = CtcaeTerm.objects.get(release="5.0", term="Fatigue").pk

    assert radios(part(entering, TERMS, q="xyzzy", term=other)) == []


@pytest.mark.parametrize("code", ["B", "NO-SUCH-CENTRE", "\0"])
def test_a_centre_that_is_not_the_readers_is_not_there(entering, code) -> None:
    CentreFactory.create(code="B")

    assert entering.get(TERMS, {"centre": code}).status_code == 404


def test_people_without_a_centre_may_search_and_see_no_recent_terms(client, centre) -> None:
    for person in (administrator(), coordinator(ProtocolVersionFactory.create().study)):
        client.force_login(person)

        assert "Fatigue" in part(client, TERMS, q="fatigue")
        assert client.get(TERMS, {"centre": "A"}).status_code == 404


@pytest.mark.parametrize("name", ['"><script>', "a b", "", "1st", "x" * 100, "té"])
def test_a_name_that_no_field_has_is_refused(entering, name) -> None:
    assert entering.get(TERMS, {"name": name}).status_code == 400
    assert entering.get(GRADES, {"name": name}).status_code == 400
    assert entering.get(GRADES, {"of": name}).status_code == 400


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a " * 5000, "\u202eabc"])
def test_hostile_text_finds_nothing_and_is_not_repeated(entering, text) -> None:
    html = part(entering, TERMS, q=text)

    assert "<script" not in html
    assert "\u202e" not in html


@pytest.mark.parametrize("address", [TERMS, GRADES])
def test_only_reading_is_answered_and_only_to_people_signed_in(client, centre, address) -> None:
    assert client.get(address).status_code == 302
    client.force_login(data_manager(centre))

    assert client.post(address).status_code == 405


@pytest.mark.parametrize("name", ["registry:ctcae", "registry:ctcae_grades"])
def test_a_release_that_is_not_shipped_is_not_there(entering, name) -> None:
    assert entering.get(reverse(name, args=["2.0"])).status_code == 404


def test_the_grades_of_the_chosen_term_each_with_what_it_means(entering) -> None:
    html = part(entering, GRADES, term=term("Fatigue").pk, grade="2")

    # Fatigue has no grade 4 and 5.
    assert radios(html) == [("grade", "1", False), ("grade", "2", True), ("grade", "3", False)]
    assert "Grades of Fatigue" in html
    assert "own words" in html


def test_a_grade_that_the_new_term_does_not_have_is_named(entering) -> None:
    html = part(entering, GRADES, term=term("Fatigue").pk, grade="4")

    assert [chosen for _, _, chosen in radios(html)] == [False, False, False]
    assert "This term has no grade 4: choose again." in html


def test_the_names_of_both_fields_are_the_callers(entering) -> None:
    html = part(
        entering, GRADES, **{"name": "e-grade", "of": "e-term", "e-term": term("Fatigue").pk}
    )

    assert [name for name, _, _ in radios(html)] == ["e-grade"] * 3


@pytest.mark.parametrize("key", ["", "nonsense", "-1", "9" * 30, "٣"])
def test_without_a_term_there_is_nothing_to_grade(entering, key) -> None:
    html = part(entering, GRADES, term=key)

    assert radios(html) == []
    assert "Choose the term first" in html


def test_the_queries_do_not_grow_with_the_terms(
    entering, centre, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(8) as few:
        part(entering, TERMS, q="lymphedema", centre="A")
    with django_assert_num_queries(len(few)):
        part(entering, TERMS, q="fi", centre="A")
