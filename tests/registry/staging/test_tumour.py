"""T category from the size of the tumour."""

from decimal import Decimal

import pytest

from registry.staging import Schema, UnknownCode, categories, t_choices, t_of_size
from tests.registry.staging.tables import rows

SIZED = [
    (7, Schema.SOFT_TISSUE),
    (7, Schema.BONE),
    (8, Schema.TRUNK_EXTREMITY),
    (8, Schema.RETROPERITONEUM),
    (8, Schema.HEAD_NECK),
    (8, Schema.BONE_APPENDICULAR),
]


def test_the_limits_of_the_8th_edition_are_those_of_the_table(shared_data):
    table = rows(shared_data / "staging" / "ajcc8_T_definitions.csv")
    checked = []
    for row in table:
        if not row["min_cm_exclusive"]:
            continue
        schema = Schema(row["site_group"])
        lowest = Decimal(row["min_cm_exclusive"]) + Decimal("0.01")
        largest = Decimal(row["max_cm_inclusive"] or "60")
        checked += [
            t_of_size(8, schema, size).category == row["category"] for size in (lowest, largest)
        ]
    assert len(checked) == 20
    assert all(checked)


@pytest.mark.parametrize(
    ("edition", "schema", "size", "depth", "category"),
    [
        (7, Schema.SOFT_TISSUE, "5.00", "superficial", "T1a"),
        (7, Schema.SOFT_TISSUE, "5.00", "deep", "T1b"),
        (7, Schema.SOFT_TISSUE, "5.01", "superficial", "T2a"),
        (7, Schema.SOFT_TISSUE, "12", "deep", "T2b"),
        (7, Schema.SOFT_TISSUE, "12", "", "T2"),
        (7, Schema.BONE, "8", "deep", "T1"),
        (7, Schema.BONE_EWING, "8.01", "", "T2"),
        (8, Schema.TRUNK_EXTREMITY, "5", "deep", "T1"),
        (8, Schema.TRUNK_EXTREMITY, "5.01", "", "T2"),
        (8, Schema.TRUNK_EXTREMITY, "10", "", "T2"),
        (8, Schema.RETROPERITONEUM, "15", "deep", "T3"),
        (8, Schema.RETROPERITONEUM, "15.01", "", "T4"),
        (8, Schema.HEAD_NECK, "2", "", "T1"),
        (8, Schema.HEAD_NECK, "4", "", "T2"),
        (8, Schema.HEAD_NECK, "4.01", "", "T3"),
        (8, Schema.BONE_APPENDICULAR, "8", "", "T1"),
        (8, Schema.BONE_APPENDICULAR, "8.01", "", "T2"),
    ],
)
def test_size_and_depth_lead_to_the_category(edition, schema, size, depth, category):
    assert t_of_size(edition, schema, Decimal(size), depth).category == category


@pytest.mark.parametrize(("edition", "schema"), SIZED)
def test_a_larger_tumour_never_has_a_lower_category(edition, schema):
    steps = [t_of_size(edition, schema, Decimal(mm) / 10).category for mm in range(1, 300)]
    assert steps == sorted(steps)
    assert set(steps) <= set(categories(edition, schema).t_category)


def test_separate_tumours_in_one_bone_are_t3_whatever_their_size():
    answer = t_of_size(8, Schema.BONE_APPENDICULAR, Decimal(3), discontinuous=True)
    assert (answer.category, answer.why) == ("T3", "Separate tumours in the same bone.")
    assert t_of_size(8, Schema.TRUNK_EXTREMITY, Decimal(3), discontinuous=True).category == "T1"


def test_the_explanation_names_the_limits():
    assert t_of_size(8, Schema.TRUNK_EXTREMITY, 7.5).why == "over 5 cm up to 10 cm"
    assert t_of_size(7, Schema.SOFT_TISSUE, 7.5, "deep").why == "over 5 cm, Deep to the fascia"


def test_without_a_size_there_is_no_category_and_the_reason_is_named():
    answer = t_of_size(8, Schema.TRUNK_EXTREMITY, None)
    assert (answer.category, answer.why) == ("", "Cannot be said: the size is missing.")


@pytest.mark.parametrize("schema", [Schema.BONE_SPINE, Schema.BONE_PELVIS, Schema.OTHER])
def test_where_t_does_not_go_by_size_that_is_said(schema):
    answer = t_of_size(8, schema, Decimal(7))
    assert answer.category == ""
    assert "does not go by size" in answer.why


@pytest.mark.parametrize(
    ("size", "depth", "field"), [("0", "", "size_cm"), ("-1", "", "size_cm"), ("5", "d", "depth")]
)
def test_an_impossible_size_or_depth_is_refused_at_its_field(size, depth, field):
    with pytest.raises(UnknownCode) as refused:
        t_of_size(8, Schema.TRUNK_EXTREMITY, Decimal(size), depth)
    assert refused.value.field == field


def test_a_form_offers_the_categories_with_their_meaning():
    assert t_choices(8, Schema.TRUNK_EXTREMITY) == [
        ("TX", "TX (cannot be assessed)"),
        ("T0", "T0 (no evidence of a primary tumour)"),
        ("T1", "T1 (up to 5 cm)"),
        ("T2", "T2 (over 5 cm up to 10 cm)"),
        ("T3", "T3 (over 10 cm up to 15 cm)"),
        ("T4", "T4 (over 15 cm)"),
    ]
    assert ("T2b", "T2b (over 5 cm, deep)") in t_choices(7, Schema.SOFT_TISSUE)
    assert ("T3", "T3 (separate tumours in the same bone)") in t_choices(
        8, Schema.BONE_APPENDICULAR
    )
    assert ("T3a", "T3a") in t_choices(8, Schema.BONE_PELVIS)
    # Invasion, not size, makes T4 in head and neck.
    assert ("T4", "T4") in t_choices(8, Schema.HEAD_NECK)


def test_the_categories_of_the_7th_edition_are_those_of_the_table(shared_data):
    for file, schema in [
        ("ajcc7_sts_T.csv", Schema.SOFT_TISSUE),
        ("ajcc7_bone_T.csv", Schema.BONE),
    ]:
        named = [row["path_t_display"] for row in rows(shared_data / "staging" / file)]
        expected = {text.removeprefix("p") for text in named if text.startswith("pT")}
        assert set(categories(7, schema).t_category) == expected
