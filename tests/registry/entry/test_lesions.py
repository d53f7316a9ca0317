"""The form of all lesions: rows added in place, number and volume beside them."""

from __future__ import annotations

import re
from decimal import Decimal

from registry.models import Lesion
from registry.scope import system_scope


def added(desk, **typed) -> dict[str, object]:
    """The page with the lesion on record and two new ones, the second left blank."""
    new = {"lesion-new": ["n1", "n2"], "lesion-n1-version": "1", "lesion-n2-version": "1"}
    return desk.opened("lesions", "all") | new | {f"lesion-n1-{k}": v for k, v in typed.items()}


def test_a_lesion_is_added_and_a_blank_row_is_not(desk):
    fields = added(
        desk, site="lung", laterality="right", status="distant_metastasis", gtv_cm3="12,5"
    )
    assert desk.send("lesions", "all", fields).status_code == 302

    with system_scope():
        first, second = Lesion.objects.filter(patient=desk.patient).order_by("number")
    assert first == desk.lesion
    assert (second.number, second.site, second.laterality) == (2, "lung", "right")
    assert (second.status, second.gtv_cm3) == ("distant_metastasis", Decimal("12.5"))


def test_number_volume_and_largest_diameter_stand_beside(desk):
    """The lesion on record is 4 cm large; its volume is not known."""
    answer = desk.live("lesions", "all", added(desk, gtv_cm3="12.5", longest_diameter_cm="3"))
    page = re.sub(r"\s+", " ", answer.content.decode())

    assert "<dt>Lesions</dt><dd>2</dd>" in page
    assert "<dd>12.5 cm³</dd>" in page
    assert "Volume of 1 of 2 lesions." in page
    assert "<dd>4 cm</dd>" in page


def test_a_site_that_is_not_on_the_list_is_refused_at_its_field(desk):
    answer = desk.send("lesions", "all", added(desk, site="somewhere"))

    assert answer.status_code == 422
    assert 'href="#id_lesion-n1-site"' in answer.content.decode()
    assert "“somewhere” is not on the list" in answer.content.decode()


def test_why_a_volume_is_missing_is_kept(desk):
    desk.send("lesions", "all", added(desk, site="thigh", gtv_cm3="not done"))

    with system_scope():
        assert Lesion.objects.get(number=2).missing == {"gtv_cm3": "not_done"}


def test_a_row_is_added_in_place(desk):
    page = desk.send("lesions", "all", desk.opened("lesions", "all") | {"add": "lesion"})

    assert page.status_code == 200
    assert 'name="lesion-n1-site"' in page.content.decode()
    with system_scope():
        assert Lesion.objects.count() == 1
