"""Code lists: what the papers and real cases need is in them, and each row is sound."""

import csv
import re
from pathlib import Path

import pytest

from registry.terminology.codes import SYSTEMS, codes, group_names, read_codes
from registry.terminology.errors import TerminologyError


def by_code(system):
    return {row.code: row for row in codes(system)}


@pytest.mark.parametrize(
    ("code", "name", "group"),
    [
        ("9370/3", "Chordoma, NOS", "bone_cartilage"),
        ("9220/3", "Chondrosarcoma, NOS", "bone_cartilage"),
        ("9180/3", "Osteosarcoma, NOS", "bone_cartilage"),
        ("9364/3", "Ewing sarcoma", "undifferentiated_small_round"),
        ("8890/3", "Leiomyosarcoma, NOS", "smooth_muscle"),
        ("8852/3", "Myxoid liposarcoma", "adipocytic"),
        ("8858/3", "Dedifferentiated liposarcoma", "adipocytic"),
        ("8811/3", "Myxofibrosarcoma", "fibroblastic_myofibroblastic"),
        ("8815/3", "Solitary fibrous tumour, malignant", "fibroblastic_myofibroblastic"),
        ("8832/1", "Dermatofibrosarcoma protuberans", "fibroblastic_myofibroblastic"),
        ("8821/1", "Desmoid-type fibromatosis", "fibroblastic_myofibroblastic"),
        ("8825/1", "Inflammatory myofibroblastic tumour", "fibroblastic_myofibroblastic"),
        ("9120/3", "Angiosarcoma", "vascular"),
        ("8900/3", "Rhabdomyosarcoma, NOS", "skeletal_muscle"),
        ("9040/3", "Synovial sarcoma, NOS", "uncertain_differentiation"),
        ("9581/3", "Alveolar soft part sarcoma", "uncertain_differentiation"),
        ("8830/3", "Malignant fibrous histiocytoma", "uncertain_differentiation"),
        ("9250/3", "Malignant giant cell tumour of bone", "bone_cartilage"),
        ("8980/3", "Carcinosarcoma, NOS", "other"),
        ("8936/3", "Gastrointestinal stromal tumour", "gist"),
        ("9540/3", "Malignant peripheral nerve sheath tumour", "peripheral_nerve_sheath"),
    ],
)
def test_the_histologies_of_the_papers_have_their_code_and_group(code, name, group):
    assert by_code("icdo3_morphology")[code] == (code, name, group)


def test_only_malignant_and_borderline_morphologies_are_listed():
    assert {row.code[-2:] for row in codes("icdo3_morphology")} == {"/1", "/3"}


@pytest.mark.parametrize(
    ("code", "name", "group"),
    [
        ("C49.2", "Connective and soft tissue of lower limb and hip", "soft_tissue"),
        ("C48.0", "Retroperitoneum", "retroperitoneum_peritoneum"),
        ("C41.4", "Pelvic bones, sacrum and coccyx", "bone"),
        ("C40.2", "Long bones of lower limb and associated joints", "bone"),
        ("C44.5", "Skin of trunk", "skin"),
        ("C47.1", "Peripheral nerves of upper limb and shoulder", "peripheral_nerve"),
        ("C55.9", "Uterus, NOS", "female_genital"),
        ("C77.0", "Lymph nodes of head, face and neck", "lymph_node"),
    ],
)
def test_topographies_that_bear_sarcoma_have_their_code_and_group(code, name, group):
    assert by_code("icdo3_topography")[code] == (code, name, group)


def test_all_subsites_of_bone_and_soft_tissue_are_listed():
    listed = {row.code for row in codes("icdo3_topography")}
    soft = {f"C49.{digit}" for digit in (0, 1, 2, 3, 4, 5, 6, 8, 9)}
    limbs = {f"C40.{digit}" for digit in (0, 1, 2, 3, 8, 9)}
    axis = {f"C41.{digit}" for digit in (0, 1, 2, 3, 4, 8, 9)}
    assert soft | limbs | axis <= listed


@pytest.mark.parametrize(
    "names",
    [
        {"GTV", "CTV", "ITV", "PTV", "PTV_High", "PTV_Low"},
        # Organs that the post-operative protocol constrains.
        {"Liver", "Kidneys", "Heart", "Lungs", "SpinalCord", "Bowel_Small", "Colon"},
        {"Bone", "Joint_Surface", "Skin", "Femur_L", "Femur_R", "Humerus_L", "Knee_L"},
        {"BrachialPlex_L", "SacralPlex", "CaudaEquina", "Rectum", "Bladder", "Esophagus"},
    ],
)
def test_structures_of_sarcoma_radiotherapy_have_tg263_names(names):
    assert names <= set(by_code("tg263"))


def test_structure_names_keep_the_length_and_alphabet_of_tg263():
    # TG-263: at most 16 characters, no blanks, letters, digits, underscore and minus.
    wrong = [r.code for r in codes("tg263") if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", r.code)]
    assert wrong == []


# Locations of the irradiated lesions as tabulated by the papers, by their headings.
TABULATED = {
    "thorax": [
        "lung",
        "chest_wall",
        "supraclavicular_node",
        "mediastinal_node",
        "hilar_node",
        "clavicle",
        "rib",
        "sternum",
    ],
    "retroperitoneum": ["retroperitoneum"],
    "pelvis": ["ilium", "ischium", "pubis", "coxal_bone", "presacral", "anal_region", "uterus"],
    "spine": ["thoracic_spine", "cervical_spine", "lumbar_spine", "sacrum"],
    "head_neck": ["skull", "skull_base", "semispinal_muscle", "cervical_node", "maxilla"],
    "lower_extremity": ["adductor_muscles", "femur", "thigh"],
    "upper_extremity": ["scapula", "axilla", "upper_arm"],
    "trunk_wall": ["trunk_wall", "abdominal_wall", "back"],
    "extremity": ["extremity"],
}


@pytest.mark.parametrize(
    ("region", "site"), [(region, site) for region, row in TABULATED.items() for site in row]
)
def test_sites_of_the_papers_lie_in_their_region(region, site):
    assert by_code("region_site")[site].group == region


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_group_has_a_name_and_a_code_and_no_group_is_unnamed(system):
    assert {row.group for row in codes(system)} == set(group_names(system))


def test_all_codes_of_the_real_cases_are_listed(shared_data: Path):
    with (shared_data / "tcga_sarc" / "SARC_patients.csv").open(encoding="utf-8") as file:
        patients = list(csv.DictReader(file))
    assert len(patients) == 261
    morphologies = {row["icd_o_3_histology"] for row in patients}
    topographies = {row["icd_o_3_site"].upper() for row in patients}
    assert morphologies - set(by_code("icdo3_morphology")) == set()
    assert topographies - set(by_code("icdo3_topography")) == set()


def test_an_unknown_list_is_refused_with_the_known_ones():
    with pytest.raises(TerminologyError, match="no code list 'icd10'; lists are icdo3_morphology"):
        codes("icd10")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("code,title,group\n", "list.csv, line 1: columns must be code,name,group"),
        ("", "list.csv, line 1: columns must be code,name,group"),
        ("code,name,group\na,b\n", "list.csv, line 2: 2 cells instead of 3"),
        ("code,name,group\na,,c\n", "list.csv, line 2: name '' is empty or has blanks"),
        ("code,name,group\na,b ,c\n", "list.csv, line 2: name 'b ' is empty or has blanks"),
        ("code,name,group\na,b,c\na,d,c\n", "list.csv, line 3: a occurs twice"),
        ("code,name,group\na,Lung,c\nb,lung,c\n", "list.csv, line 3: name 'lung' occurs twice"),
    ],
)
def test_a_damaged_list_is_refused_naming_file_and_line(tmp_path: Path, text, message):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TerminologyError) as caught:
        read_codes(path)
    assert message in str(caught.value)
