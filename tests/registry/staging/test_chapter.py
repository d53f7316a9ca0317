"""The chapter of the manual for a site and a histology."""

import json

import pytest

from registry.staging import Schema, UnknownCode, schema_of
from registry.terminology.codes import codes
from tests.registry.staging.tables import members, rows

SCHEMAS = {
    "bone_appendicular_skeleton": Schema.BONE_APPENDICULAR,
    "bone_spine": Schema.BONE_SPINE,
    "retroperitoneum": Schema.RETROPERITONEUM,
    "soft_tissue_sarcoma_head_and_neck": Schema.HEAD_NECK,
    "soft_tissue_trunk_and_extremities": Schema.TRUNK_EXTREMITY,
    # Neither has stage groups; the registry takes them as another chapter.
    "soft_tissue_heart_and_mediastinum": Schema.OTHER,
    "soft_tissue_rare": Schema.OTHER,
}

# Cranial nerves and pituitary: the table gives some sarcomas there to head and neck.
INTRACRANIAL = {722, 724, 725, 751, 752, 753}
# Malignant mixed tumour, carcinosarcoma and myoepithelial carcinoma: the table gives them to the
# carcinomas in some organs of head and neck and in the breast, and not in others.
PARTLY_EPITHELIAL = {8940, 8980, 8982}
GLANDULAR = {*range(0, 330), *range(500, 510)}


def tabled(path) -> list[tuple[Schema, set[int], set[int]]]:
    """Schema, sites and histologies of the rows that hold for a man diagnosed today."""
    table = []
    for row in rows(path):
        conditions = json.loads(row["other_conditions"])
        if "2018-" not in conditions.get("year_dx", ""):
            sites = members(row["sites"], "C")
            table.append((SCHEMAS[row["schema"]], sites, members(row["histologies"])))
    return table


def test_the_8th_edition_agrees_with_the_table_for_every_shipped_site_and_histology(shared_data):
    path = shared_data / "staging" / "ajcc8_schema_by_site_histology_seer_eod3.3.csv"
    assert len(rows(path)) == 35
    table = tabled(path)
    wrong, compared = [], 0
    for topography in codes("icdo3_topography"):
        site = int(topography.code[1:].replace(".", ""))
        there = [(schema, histologies) for schema, sites, histologies in table if site in sites]
        for morphology in codes("icdo3_morphology"):
            histology = int(morphology.code[:4])
            expected = {schema for schema, histologies in there if histology in histologies}
            answer = schema_of(8, topography.code, morphology.code)
            if site in INTRACRANIAL or (site in GLANDULAR and histology in PARTLY_EPITHELIAL):
                continue
            # The table has no row of the pelvis, and none of sites without a chapter.
            expected = expected or {Schema.BONE_PELVIS if site == 414 else Schema.OTHER}
            if site == 414 and histology in (8935, 8936, 9140):
                expected = {Schema.OTHER}
            compared += 1
            if expected != {answer}:
                wrong.append((topography.code, morphology.code, expected, answer))
    assert compared > 40_000
    assert wrong == []


@pytest.mark.parametrize(
    ("topography", "morphology", "seventh", "eighth"),
    [
        ("C49.2", "8890/3", Schema.SOFT_TISSUE, Schema.TRUNK_EXTREMITY),
        ("C49.9", "8800/3", Schema.SOFT_TISSUE, Schema.TRUNK_EXTREMITY),
        ("C47.1", "9540/3", Schema.SOFT_TISSUE, Schema.TRUNK_EXTREMITY),
        ("C49.2", "9364/3", Schema.SOFT_TISSUE, Schema.TRUNK_EXTREMITY),
        ("C49.2", "8804/3", Schema.SOFT_TISSUE, Schema.OTHER),  # epithelioid: unusual histology
        ("C49.5", "9581/3", Schema.SOFT_TISSUE, Schema.OTHER),  # alveolar soft part
        ("C48.0", "8858/3", Schema.SOFT_TISSUE, Schema.RETROPERITONEUM),
        ("C48.2", "8890/3", Schema.SOFT_TISSUE, Schema.RETROPERITONEUM),
        ("C49.0", "8802/3", Schema.SOFT_TISSUE, Schema.HEAD_NECK),
        ("C49.0", "9120/3", Schema.SOFT_TISSUE, Schema.OTHER),  # angiosarcoma of the head
        ("C49.1", "9120/3", Schema.SOFT_TISSUE, Schema.TRUNK_EXTREMITY),
        ("C49.0", "8910/3", Schema.SOFT_TISSUE, Schema.OTHER),  # embryonal rhabdomyosarcoma
        ("C38.1", "8802/3", Schema.SOFT_TISSUE, Schema.OTHER),
        ("C31.0", "8810/3", Schema.OTHER, Schema.HEAD_NECK),
        ("C32.9", "8801/3", Schema.OTHER, Schema.HEAD_NECK),
        ("C15.0", "8890/3", Schema.OTHER, Schema.HEAD_NECK),
        ("C15.5", "8890/3", Schema.OTHER, Schema.OTHER),
        ("C73.9", "8800/3", Schema.OTHER, Schema.HEAD_NECK),
        ("C50.9", "9120/3", Schema.OTHER, Schema.TRUNK_EXTREMITY),
        ("C40.2", "9180/3", Schema.BONE, Schema.BONE_APPENDICULAR),
        ("C40.2", "9260/3", Schema.BONE_EWING, Schema.BONE_APPENDICULAR),
        ("C41.3", "9365/3", Schema.BONE_EWING, Schema.BONE_APPENDICULAR),
        ("C41.2", "9370/3", Schema.BONE, Schema.BONE_SPINE),
        ("C41.4", "9220/3", Schema.BONE, Schema.BONE_PELVIS),
        ("C16.9", "8936/3", Schema.OTHER, Schema.OTHER),
        ("C49.2", "9140/3", Schema.OTHER, Schema.OTHER),
        ("C49.2", "8821/1", Schema.OTHER, Schema.TRUNK_EXTREMITY),  # desmoid: not in the 7th
        ("C44.5", "8832/1", Schema.OTHER, Schema.OTHER),
        ("C34.1", "8800/3", Schema.OTHER, Schema.OTHER),
    ],
)
def test_site_and_histology_lead_to_the_chapter(topography, morphology, seventh, eighth):
    assert schema_of(7, topography, morphology) is seventh
    assert schema_of(8, topography, morphology) is eighth


def test_without_a_histology_the_site_decides():
    assert schema_of(8, "C49.2") is Schema.TRUNK_EXTREMITY
    assert schema_of(7, "C40.2") is Schema.BONE


def test_without_a_topography_there_is_no_chapter():
    assert schema_of(8, "", "8890/3") is None


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((8, "C492", "8890/3"), "topography"),
        ((8, "c49.2", "8890/3"), "topography"),
        ((8, "C49.2", "8890"), "morphology"),
        ((9, "C49.2", "8890/3"), "ajcc_edition"),
    ],
)
def test_a_code_that_is_written_otherwise_is_refused_at_its_field(arguments, field):
    with pytest.raises(UnknownCode) as refused:
        schema_of(*arguments)
    assert refused.value.field == field
