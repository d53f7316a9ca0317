"""Centres beside each other: the own one by name, the others so that nobody finds out which."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.artefacts.parts import Table
from analytics.reports.beside import beside
from analytics.reports.material import Material, read_material
from analytics.reports.sight import Sight
from followup.selectors.centres import CentreLine, SideBySide, together
from registry.models import Centre
from registry.models.choices import Role
from tests.analytics.artefacts.survival_cohort import followed
from tests.analytics.reports.three_centres import (
    at_centres,
    centre,
    on_study,
    three_centres,
)

TODAY = dt.date(2026, 7, 10)
FIGURES = Sight(reads_cases=False)
OWN = Sight((1,))
"""Of one centre, whose code the material names."""


def material(
    sizes: dict[str, int], *, sight: Sight = OWN, own: str = "", complete: int = 0
) -> Material:
    """Centres with so many patients each, followed for 800 days; the first two of each died.

    Args:
        complete: cases of each centre that are complete.
    """
    days, died, values = [], [], []
    for code, size in sizes.items():
        for place in range(size):
            days.append(100 * (place + 1) if place < 2 else 800)
            died.append(place < 2)
            values.append({"SITEID": code})
    whole = followed(days, died, values)
    lines = [
        CentreLine(Centre(code=code), enrolled=size, complete=min(complete, size), overdue=size)
        for code, size in sorted(sizes.items())
    ]
    return Material(
        cohort=whole,
        today=TODAY,
        centres=SideBySide(lines, together(lines, None), []),
        sight=sight,
        own_centres=frozenset({own} - {""}),
        whole=whole,
    )


def table_of(one: Material) -> Table:
    part = beside(one).parts[0]
    assert isinstance(part, Table)
    return part


def lines(one: Material) -> dict[str, list[str]]:
    return {row.label: [cell.text for cell in row.cells] for row in table_of(one).rows}


def sizes_of_others(one: Material) -> list[int]:
    """Patients of the other centres from the top down."""
    return [
        int(row.cells[0].text)
        for row in table_of(one).rows
        if re.fullmatch(r"Other \d+", row.label)
    ]


SIX = {"A": 9, "B": 10, "C": 11, "D": 12, "E": 13, "F": 14, "G": 15, "H": 16}


def test_the_own_centre_stands_first_by_name_and_the_others_without() -> None:
    found = lines(material(SIX, own="E"))

    assert list(found) == ["E", *(f"Other {place}" for place in range(1, 8)), "All"]
    assert found["E"][0] == "13"
    assert sorted(found[f"Other {place}"][0] for place in range(1, 8)) == sorted(
        str(size) for code, size in SIX.items() if code != "E"
    )


def test_the_others_stand_neither_in_the_order_of_codes_nor_of_sizes() -> None:
    """Codes and sizes of these rise together."""
    found = sizes_of_others(material(SIX, own="E"))

    assert found != sorted(found)
    assert found != sorted(found, reverse=True)
    assert any(first < second for first, second in pairwise(found))
    assert any(first > second for first, second in pairwise(found))


def test_who_does_not_know_the_key_of_the_installation_cannot_tell_the_order(
    settings: Any,
) -> None:
    """Codes are known, and so is this program."""
    orders = set()
    for key in ("one", "two", "three", "four"):
        settings.SECRET_KEY = key
        orders.add(tuple(sizes_of_others(material(SIX, own="E"))))

    assert len(orders) == 4


def test_the_order_stays_from_report_to_report() -> None:
    assert sizes_of_others(material(SIX, own="E")) == sizes_of_others(material(SIX, own="E"))


def test_of_another_centre_with_fewer_than_five_nothing_is_told_and_no_sum_gives_it_away() -> None:
    found = lines(material({"A": 20, "B": 4, "C": 5}, own="A", complete=1))

    assert "All" not in found
    others = sorted(found[label] for label in ("Other 1", "Other 2"))
    assert others[0][0] == "5"
    assert others[1] == ["fewer than 5", "–", "–", "–", "–", "–"]


def test_the_own_centre_is_told_of_its_own_handful_and_the_sum_tells_nothing_more() -> None:
    found = lines(material({"A": 3, "B": 6, "C": 5}, own="A"))

    assert found["A"][0] == "3"
    assert found["All"][0] == "14"


def test_a_centre_without_a_patient_hides_nothing() -> None:
    found = lines(material({"A": 20, "B": 0, "C": 5}, own="A"))

    assert sorted(found[label][0] for label in ("Other 1", "Other 2")) == ["0", "5"]
    assert found["All"][0] == "25"


def test_a_reader_of_two_centres_finds_both_by_name() -> None:
    one = material({"A": 8, "B": 6, "C": 5}, own="A")
    two = Material(
        cohort=one.cohort,
        today=TODAY,
        centres=one.centres,
        sight=Sight((1, 2)),
        own_centres=frozenset({"A", "B"}),
        whole=one.whole,
    )

    assert list(lines(two)) == ["A", "B", "Other 1", "All"]


@pytest.mark.parametrize("sight", [Sight(), FIGURES])
def test_readers_of_the_whole_study_find_every_centre_by_name(sight: Sight) -> None:
    """Small counts are hidden from readers of figures by the report, as in its other tables."""
    found = lines(material({"B": 3, "A": 8, "C": 5}, sight=sight))

    assert {label: cells[0] for label, cells in found.items()} == {
        "A": "8",
        "B": "3",
        "C": "5",
        "All": "16",
    }
    assert "without their names" not in " ".join(table_of(material(SIX, sight=sight)).notes)


def test_rates_are_those_of_the_centre() -> None:
    """Two of ten died in the first year, and the others were seen for 800 days."""
    found = lines(material({"A": 10, "B": 5}, own="A", complete=1))

    columns = [column.label for column in table_of(material(SIX, own="A")).columns]
    assert columns == [
        "Patients",
        "Median follow-up, months",
        "LC at 24 months (95 % CI)",
        "OS at 24 months (95 % CI)",
        "Complete cases, %",
        "Visits overdue, per 100 patients",
    ]
    # 8/10 and 3/5; 800 days are 26.3 months; one complete case each; one visit for each patient.
    assert found["A"][3].startswith("80.0 % (")
    assert found["Other 1"][3].startswith("60.0 % (")
    assert (found["A"][0], found["A"][1], *found["A"][4:]) == ("10", "26.3", "10", "100")
    assert found["Other 1"][4:] == ["20", "100"]
    # 11 of 15, and 2 of 15 complete.
    assert found["All"][3].startswith("73.3 % (")
    assert found["All"][4:] == ["13", "100"]


def test_a_study_at_one_centre_has_no_others() -> None:
    assert beside(material({"A": 10}, own="A")).reason == "One centre takes part."
    assert beside(Material(followed([400], [False]), TODAY)).reason


def rates_at_24(page: str) -> list[str]:
    """Of every endpoint on the page of a study, as a report writes them."""
    found = re.findall(
        r'<th scope="row" class="num">24</th>\s*<td class="num">([\d.]+)</td>'
        r'\s*<td class="num">([\d.–]+)</td>',
        page,
    )
    return [f"{rate} % ({limits})" for rate, limits in found]


@pytest.mark.django_db
def test_the_rates_of_the_own_centre_are_those_of_the_page_of_the_study(client: Client) -> None:
    study = three_centres()
    own = Sight((centre("AMSEL").pk,))
    client.force_login(at_centres("AMSEL"))

    cells = lines(read_material(study, today=TODAY, sight=own))["AMSEL"]
    page = client.get(reverse("analytics:study", args=[study.key])).content.decode()

    assert cells[2:4] == rates_at_24(page)
    assert f"{cells[1]} months" in page


@pytest.mark.django_db
def test_the_sum_is_that_of_the_page_of_who_sees_the_whole_study(client: Client) -> None:
    study = three_centres()
    client.force_login(on_study(study, Role.COORDINATOR))

    cells = lines(read_material(study, today=TODAY, sight=Sight()))["All"]
    page = client.get(reverse("analytics:study", args=[study.key])).content.decode()

    assert cells[2:4] == rates_at_24(page)
