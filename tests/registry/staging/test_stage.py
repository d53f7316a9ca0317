"""Stage groups, by hand and against every row of the tables of cancer registration."""

import pytest

from registry.staging import Schema, UnknownCode, categories, roman, stage_group, stage_of
from tests.registry.staging.tables import category, rows, spread

UNKNOWN_GRADE = "9"

# Number of rows of each table, so that an empty table does not pass for a tested one.
SOFT_TISSUE_ROWS, BONE_ROWS, EWING_ROWS = 192, 300, 60


def said(edition, schema, codes):
    t, n, m, *grade = codes.split()
    grade = grade[0].removeprefix("G").lower() if grade else ""
    return stage_group(edition, schema, t=t, n=n, m=m, grade=grade).stage


def disagreements(edition, schema, table):
    wrong = []
    for row in table:
        codes = {
            "t": category("T", row["t"]),
            "n": category("N", row["n"]),
            "m": category("M", row["m"]),
            "grade": (row.get("grade") or row.get("grade_based_on_ssf1") or "").replace(
                UNKNOWN_GRADE, "x"
            ),
        }
        kind, _, value = row["stage"].partition(":")
        expected = roman(value) if kind == "VALUE" and value != "99" else ""
        answer = stage_group(edition, schema, **codes)
        if answer.stage != expected:
            wrong.append((codes, expected, answer.stage))
    return wrong


@pytest.mark.parametrize(
    ("file", "schema", "count"),
    [
        ("ajcc7_sts_stage_seer_tnm2.1.csv", Schema.SOFT_TISSUE, SOFT_TISSUE_ROWS),
        ("ajcc7_bone_tnm_7_stage_not_ewing_14573.csv", Schema.BONE, BONE_ROWS),
        ("ajcc7_bone_tnm_7_stage_ewing_17708.csv", Schema.BONE_EWING, EWING_ROWS),
    ],
)
def test_the_7th_edition_agrees_with_every_row_of_the_table(shared_data, file, schema, count):
    table = rows(shared_data / "staging" / file)
    assert len(table) == count
    assert disagreements(7, schema, table) == []


def test_the_8th_edition_agrees_with_every_rule_of_the_table(shared_data):
    schemas = {
        "trunk_extremity": Schema.TRUNK_EXTREMITY,
        "retroperitoneum": Schema.RETROPERITONEUM,
        "bone": Schema.BONE_APPENDICULAR,
    }
    table = rows(shared_data / "staging" / "ajcc8_sts_bone_stage.csv")
    assert len(table) == 22
    wrong = []
    for row in table:
        schema = schemas[row["site_group"]]
        allowed = categories(8, schema)
        wrong += [
            (row, t, n, m, grade)
            for t in spread(row["t"], allowed.t_category)
            for n in spread(row["n"], allowed.n_category)
            for m in spread(row["m"], allowed.m_category)
            for grade in spread(row["grade"], ("G1", "G2", "G3", "GX"))
            if said(8, schema, f"{t} {n} {m} {grade}") != row["stage"]
        ]
    assert wrong == []


@pytest.mark.parametrize(
    ("edition", "schema", "codes", "stage"),
    [
        (7, Schema.SOFT_TISSUE, "T1a N0 M0 G1", "IA"),
        (7, Schema.SOFT_TISSUE, "T2b N0 M0 GX", "IB"),
        (7, Schema.SOFT_TISSUE, "T1b N0 M0 G3", "IIA"),
        (7, Schema.SOFT_TISSUE, "T2a N0 M0 G2", "IIB"),
        (7, Schema.SOFT_TISSUE, "T2b N0 M0 G3", "III"),
        (7, Schema.SOFT_TISSUE, "T1a N1 M0 G1", "III"),
        (7, Schema.SOFT_TISSUE, "T1a N0 M1 G1", "IV"),
        (7, Schema.SOFT_TISSUE, "TX N0 M0 G1", "I"),
        (7, Schema.SOFT_TISSUE, "TX N0 M0 G2", "II"),
        (7, Schema.SOFT_TISSUE, "TX N0 M0 G3", ""),
        (7, Schema.BONE, "T1 N0 M0 G2", "IA"),
        (7, Schema.BONE, "T3 N0 M0 G1", "IB"),
        (7, Schema.BONE, "T2 NX M0 G4", "IIB"),
        (7, Schema.BONE, "T3 N0 M0 G3", "III"),
        (7, Schema.BONE, "T1 N0 M1a G1", "IVA"),
        (7, Schema.BONE, "T1 N1 M0 G1", "IVB"),
        (7, Schema.BONE_EWING, "T1 N0 M0", "IIA"),
        (7, Schema.BONE_EWING, "T3 N0 M0 G1", "III"),
        (8, Schema.TRUNK_EXTREMITY, "T1 N0 M0 G1", "IA"),
        (8, Schema.TRUNK_EXTREMITY, "T4 N0 M0 G1", "IB"),
        (8, Schema.TRUNK_EXTREMITY, "T1 N0 M0 G2", "II"),
        (8, Schema.TRUNK_EXTREMITY, "T2 N0 M0 G3", "IIIA"),
        (8, Schema.TRUNK_EXTREMITY, "T3 N0 M0 G2", "IIIB"),
        (8, Schema.TRUNK_EXTREMITY, "T1 N1 M0 G1", "IV"),
        (8, Schema.RETROPERITONEUM, "T1 N1 M0 G1", "IIIB"),
        (8, Schema.RETROPERITONEUM, "T1 N1 M1 G1", "IV"),
        (8, Schema.BONE_APPENDICULAR, "T1 N0 M0 G2", "IIA"),
        (8, Schema.BONE_APPENDICULAR, "T3 N0 M0 GX", "IB"),
        (8, Schema.BONE_APPENDICULAR, "T2 NX M0 G3", "IIB"),
        (8, Schema.BONE_APPENDICULAR, "T2 N0 M1a G3", "IVA"),
        (8, Schema.BONE_APPENDICULAR, "T2 N1 M1a G3", "IVB"),
        (8, Schema.BONE_APPENDICULAR, "T2 N0 M1b G3", "IVB"),
        (8, Schema.BONE_APPENDICULAR, "T2 N0 M1 G3", "IV"),
    ],
)
def test_the_stage_is_the_one_of_the_manual(edition, schema, codes, stage):
    assert said(edition, schema, codes) == stage


def test_the_explanation_names_the_codes_that_lead_to_the_stage():
    answer = stage_group(8, Schema.TRUNK_EXTREMITY, t="T3", n="N0", m="M0", grade="2")
    assert (answer.stage, answer.why) == ("IIIB", "T3 N0 M0 G2")
    answer = stage_group(8, Schema.TRUNK_EXTREMITY, t="T1", n="N0", m="M0", grade="x")
    assert (answer.stage, answer.why) == ("IA", "T1 N0 M0 GX; GX is grouped with G1")


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ({"n": "N0", "m": "M0", "grade": "2"}, "Cannot be said: T is missing."),
        ({"t": "T1", "m": "M0", "grade": "2"}, "Cannot be said: N is missing."),
        ({"t": "T1", "n": "N0", "grade": "2"}, "Cannot be said: M is missing."),
        ({"t": "T1", "n": "N0", "m": "M0"}, "Cannot be said: the grade is missing."),
        ({}, "Cannot be said: M is missing."),
    ],
)
@pytest.mark.parametrize(
    ("edition", "schema"),
    [
        (7, Schema.SOFT_TISSUE),
        (7, Schema.BONE),
        (8, Schema.TRUNK_EXTREMITY),
        (8, Schema.RETROPERITONEUM),
        (8, Schema.BONE_APPENDICULAR),
    ],
)
def test_a_missing_code_is_named(edition, schema, codes, why):
    answer = stage_group(edition, schema, **codes)
    assert (answer.stage, answer.why) == ("", why)


def test_what_could_not_change_the_stage_may_be_missing():
    assert stage_group(8, Schema.TRUNK_EXTREMITY, m="M1").stage == "IV"
    assert stage_group(8, Schema.BONE_APPENDICULAR, m="M1b").stage == "IVB"
    assert stage_group(7, Schema.BONE, n="N1").stage == "IVB"
    assert stage_group(7, Schema.BONE_EWING, t="T2", n="N0", m="M0").stage == "IIB"


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ("T0 N0 M0 G1", "Cannot be said: T0 N0 M0 is no valid combination."),
        ("T1 NX M0 G1", "Cannot be said: the nodes cannot be assessed (NX)."),
        ("TX N0 M0 G3", "Cannot be said: the primary tumour cannot be assessed (TX)."),
    ],
)
def test_codes_that_lead_to_no_stage_are_explained(codes, why):
    t, n, m, grade = codes.split()
    answer = stage_group(7, Schema.SOFT_TISSUE, t=t, n=n, m=m, grade=grade[1])
    assert (answer.stage, answer.why) == ("", why)


@pytest.mark.parametrize(
    "schema", [Schema.HEAD_NECK, Schema.BONE_SPINE, Schema.BONE_PELVIS, Schema.OTHER]
)
def test_a_chapter_without_stage_groups_says_so(schema):
    answer = stage_group(8, schema, t="T2", n="N0", m="M0", grade="3")
    assert answer.stage == ""
    assert answer.why.startswith("Cannot be said: the 8th edition has no stage groups for this")


def every_combination(edition, schema):
    allowed = categories(edition, schema)
    return [
        {"t": t, "n": n, "m": m, "grade": grade}
        for t in ("", *allowed.t_category)
        for n in ("", *allowed.n_category)
        for m in ("", *allowed.m_category)
        for grade in ("", *allowed.grade)
    ]


@pytest.mark.parametrize(
    ("edition", "schema"),
    [(7, Schema.SOFT_TISSUE), (7, Schema.BONE), (7, Schema.BONE_EWING), (7, Schema.OTHER)]
    + [(8, schema) for schema in list(Schema)[3:]],
)
def test_every_combination_of_codes_has_a_stage_or_a_reason(edition, schema):
    answers = [
        stage_group(edition, schema, **codes) for codes in every_combination(edition, schema)
    ]
    assert answers
    assert all(bool(a.stage) != a.why.startswith("Cannot be said: ") and a.why for a in answers)
    # A disease keeps five characters of a stage.
    assert max(len(answer.stage) for answer in answers) <= 5


@pytest.mark.parametrize(
    ("edition", "schema"),
    [(7, Schema.BONE), (8, Schema.TRUNK_EXTREMITY), (8, Schema.BONE_APPENDICULAR)],
)
def test_a_stage_that_is_said_stays_when_what_was_missing_is_filled_in(edition, schema):
    changed = []
    filled = {
        tuple(codes.values()): stage_group(edition, schema, **codes).stage
        for codes in every_combination(edition, schema)
        if all(codes.values())
    }
    for codes in every_combination(edition, schema):
        stage = stage_group(edition, schema, **codes).stage
        if stage and not all(codes.values()):
            changed += [
                (codes, full)
                for full, later in filled.items()
                if all(
                    given in ("", whole) for given, whole in zip(codes.values(), full, strict=True)
                )
                and later != stage
            ]
    assert changed == []


@pytest.mark.parametrize(
    ("edition", "schema", "codes", "field", "text"),
    [
        (8, Schema.TRUNK_EXTREMITY, {"t": "T2b"}, "t_category", "T2b is not used here: choose one"),
        (8, Schema.TRUNK_EXTREMITY, {"n": "NX"}, "n_category", "one of N0, N1."),
        (7, Schema.SOFT_TISSUE, {"m": "M1a"}, "m_category", "one of M0, M1."),
        (8, Schema.BONE_APPENDICULAR, {"grade": "4"}, "grade", "G4 is not used here"),
        (8, Schema.BONE_APPENDICULAR, {"t": "t1"}, "t_category", "t1 is not used here"),
    ],
)
def test_a_code_outside_the_list_is_refused_at_its_field(edition, schema, codes, field, text):
    with pytest.raises(UnknownCode) as refused:
        stage_group(edition, schema, **codes)
    assert refused.value.field == field
    assert text in str(refused.value)


def test_a_schema_of_the_other_edition_is_refused():
    with pytest.raises(ValueError, match="edition 7 has no schema 'trunk_extremity'"):
        stage_group(7, Schema.TRUNK_EXTREMITY, t="T1")


def disease(**changes):
    return {
        "ajcc_edition": 8,
        "topography": "C49.2",
        "morphology": "8890/3",
        "t_category": "T2",
        "n_category": "N0",
        "m_category": "M0",
        "grade": "3",
    } | changes


@pytest.mark.parametrize(
    ("changes", "schema", "stage"),
    [
        ({}, Schema.TRUNK_EXTREMITY, "IIIA"),
        ({"ajcc_edition": 7, "t_category": "T2b"}, Schema.SOFT_TISSUE, "III"),
        ({"topography": "C48.0", "n_category": "N1"}, Schema.RETROPERITONEUM, "IIIB"),
        ({"topography": "C40.2", "morphology": "9180/3"}, Schema.BONE_APPENDICULAR, "IIB"),
        (
            {"ajcc_edition": 7, "topography": "C41.4", "morphology": "9364/3", "grade": ""},
            Schema.BONE_EWING,
            "IIB",
        ),
        ({"topography": "C49.0"}, Schema.HEAD_NECK, ""),
        ({"topography": "C16.9", "morphology": "8936/3"}, Schema.OTHER, ""),
    ],
)
def test_a_disease_is_staged_by_the_chapter_of_its_site_and_histology(changes, schema, stage):
    answer = stage_of(**disease(**changes))
    assert (answer.schema, answer.stage) == (schema, stage)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"ajcc_edition": None}, "Cannot be said: the AJCC edition is missing."),
        ({"topography": ""}, "Cannot be said: the topography is missing."),
        ({"morphology": ""}, "Cannot be said: the morphology is missing."),
    ],
)
def test_a_disease_with_a_gap_says_what_is_missing(changes, why):
    answer = stage_of(**disease(**changes))
    assert (answer.stage, answer.why) == ("", why)


def test_an_edition_that_is_not_known_is_refused():
    with pytest.raises(UnknownCode, match=r"no AJCC edition 6 here: choose 7 or 8") as refused:
        stage_of(**disease(ajcc_edition=6))
    assert refused.value.field == "ajcc_edition"


@pytest.mark.parametrize(
    ("arabic", "expected"),
    [("1", "I"), ("1A", "IA"), ("2B", "IIB"), ("3", "III"), ("3B", "IIIB"), ("4a", "IVA")],
)
def test_arabic_stages_are_written_in_roman_figures(arabic, expected):
    assert roman(arabic) == expected


@pytest.mark.parametrize("code", ["", "0", "88", "99", "5", "IIIA", "1AB", "1D"])
def test_what_is_no_stage_group_has_no_roman_writing(code):
    with pytest.raises(ValueError, match="is no stage group"):
        roman(code)
