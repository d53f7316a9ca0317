"""The form of a disease: lists of the chapter that applies, grade and stage while one types.

Grades: Guillou 1997 (sum 4 or 5 is G2, 6 to 8 G3). Stages of soft tissue of the limbs: AJCC 8th
edition T2 (over 5 up to 10 cm) N0 M0 G2 is IIIA; 7th edition T2b (over 5 cm, deep) N0 M0 G2 is IIB.
"""

from __future__ import annotations

import re

import pytest

from registry.models import Disease
from registry.scope import system_scope
from tests.factories import DiseaseFactory

LIMB = {
    "disease-version": "1",
    "disease-diagnosed_on": "2023-11",
    "disease-morphology": "8890/3",
    "disease-topography": "C49.2",
    "disease-site": "thigh",
    "disease-laterality": "left",
    "disease-differentiation_score": "2",
    "disease-mitosis_score": "2",
    "disease-necrosis_score": "0",
    "disease-size_cm": "7",
    "disease-depth": "deep",
    "disease-ajcc_edition": "8",
    "disease-n_category": "N0",
    "disease-m_category": "M0",
    "disease-grade": "2",
}


def live(desk, **typed):
    fields = LIMB | {f"disease-{name}": value for name, value in typed.items()}
    return re.sub(r"\s+", " ", desk.live("disease", "new", fields).content.decode())


def options(page: str, name: str) -> list[str]:
    """Codes that a list of the form offers, without the reasons for missing values."""
    found = page.split(f'name="disease-{name}"')[1].split("</select>")[0].split("<optgroup")[0]
    return re.findall(r'<option value="([^"]+)"', found)


def test_a_disease_is_saved(desk):
    assert desk.send("disease", "new", LIMB | {"disease-t_category": "T2"}).status_code == 302

    with system_scope():
        row = Disease.objects.get()
    assert (row.morphology, row.site, row.laterality) == ("8890/3", "thigh", "left")
    assert (row.differentiation_score, row.mitosis_score, row.necrosis_score) == (2, 2, 0)
    assert (row.t_category, row.n_category, row.m_category) == ("T2", "N0", "M0")
    assert (row.ajcc_edition, row.ajcc_stage) == (8, "")


def test_grade_and_stage_of_both_editions_follow_what_is_typed(desk):
    shown = live(desk)

    assert "<dt>FNCLCC grade</dt><dd>G2</dd>" in shown
    assert "IIIA <small" in shown
    assert "T2 by size" in shown
    assert "IIB <small" in shown
    assert "T2b by size" in shown


def test_codes_are_shown_with_their_names(desk):
    shown = live(desk)

    assert "Leiomyosarcoma" in shown
    assert "<dd>Thigh</dd>" in shown


def test_a_grade_other_than_that_of_the_scores_is_told(desk):
    """2 + 3 + 1 = 6 is G3."""
    shown = live(desk, mitosis_score="3", necrosis_score="1")

    assert "G2, but the scores say G3 (2 + 3 + 1 = 6)" in shown
    assert 'value="disease-grade=3"' in shown
    assert "Take over G3" in shown


def test_a_stage_other_than_that_of_the_categories_is_told(desk):
    shown = live(desk, t_category="T2", ajcc_stage="IB")

    assert "IB, but T, N, M and grade say IIIA" in shown
    assert 'value="disease-ajcc_stage=IIIA"' in shown


def test_nothing_is_offered_that_stands_there_already(desk):
    shown = live(desk, t_category="T2", ajcc_stage="IIIA")

    assert "Take over" not in shown
    assert "To look at" not in shown


@pytest.mark.parametrize(
    ("inputs", "name", "value"),
    [
        ("disease-grade=3", "grade", "3"),
        ("disease-t_category=T2", "t_category", "T2"),
        ("disease-ajcc_stage=IIIA", "ajcc_stage", "IIIA"),
    ],
)
def test_a_button_puts_the_computed_value_into_its_list_and_saves_nothing(
    desk, inputs, name, value
):
    page = desk.send("disease", "new", LIMB | {"take": inputs}).content.decode()
    chosen = page.split(f'name="disease-{name}"')[1].split("</select>")[0]

    assert f'value="{value}" selected' in chosen
    with system_scope():
        assert not Disease.objects.exists()
    kept = desk.client.get(desk.address("disease")).content.decode()
    chosen = kept.split(f'name="disease-{name}"')[1].split("</select>")[0]
    assert f'value="{value}" selected' in chosen


def test_t_is_chosen_among_the_codes_of_the_chapter(desk):
    limb = {"topography": "C49.2", "morphology": "8890/3"}
    DiseaseFactory.create(patient=desk.patient, number=1, ajcc_edition=7, **limb)
    DiseaseFactory.create(patient=desk.patient, number=2, ajcc_edition=8, **limb)

    seventh = desk.client.get(desk.address("disease", "1")).content.decode()
    eighth = desk.client.get(desk.address("disease", "2")).content.decode()

    assert options(seventh, "t_category") == ["TX", "T0", "T1", "T1a", "T1b", "T2", "T2a", "T2b"]
    assert options(eighth, "t_category") == ["TX", "T0", "T1", "T2", "T3", "T4"]
    assert "T2 (over 5 cm up to 10 cm)" in eighth


def test_a_code_on_record_that_no_list_has_stays_possible(desk):
    held = {"ajcc_edition": 8, "t_category": "T9", "ajcc_stage": "IIC"}
    DiseaseFactory.create(patient=desk.patient, number=1, **held)

    fields = desk.opened("disease", "1")
    assert (fields["disease-t_category"], fields["disease-ajcc_stage"]) == (["T9"], ["IIC"])
    answer = desk.send("disease", "1", fields | {"disease-multifocal": "false"})

    assert answer.status_code == 302
    with system_scope():
        assert Disease.objects.get().t_category == "T9"


def test_reasons_stand_for_what_is_not_known(desk):
    reasons = {
        "disease-mitosis_score": "not_done",
        "disease-t_category": "unknown",
        "disease-ajcc_stage": "not_applicable",
        "disease-size_cm": "Unknown",
    }
    desk.send("disease", "new", LIMB | reasons)

    with system_scope():
        assert Disease.objects.get().missing == {
            "mitosis_score": "not_done",
            "t_category": "unknown",
            "ajcc_stage": "not_applicable",
            "size_cm": "unknown",
        }


@pytest.mark.parametrize("typed", ["nonsense", "C99.9", "C49", "9" * 200])
def test_a_topography_that_is_none_is_refused_at_its_field(desk, typed):
    answer = desk.send("disease", "new", LIMB | {"disease-topography": typed})

    assert answer.status_code == 422
    assert "#id_disease-topography" in answer.content.decode()
    assert desk.live("disease", "new", LIMB | {"disease-topography": typed}).status_code == 200
