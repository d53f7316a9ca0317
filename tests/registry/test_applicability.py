"""A question is asked when the answer it hangs on says so."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from registry.applicability import (
    CONDITIONS,
    HISTORY,
    MIDLINE_SITES,
    SITES_OF_SEX,
    Condition,
    applies,
    condition_of,
    contradicted,
    rows_apply,
)
from registry.models import (
    CLINICAL_MODELS,
    Assessment,
    ClinicalRow,
    Course,
    Death,
    Disease,
    Enrolment,
    ImagingStudy,
    Lesion,
    Phase,
    PriorRadiotherapy,
    Progression,
    Screening,
    Surgery,
    SystemicTherapy,
    ToxicityEvent,
    TreatmentHistory,
)
from registry.partial_date import PartialDate
from registry.terminology.codes import codes

BY_NAME = {model.entity(): model for model in CLINICAL_MODELS}

# field, answers under which it is asked, answers under which it is not
ASKED: tuple[tuple[type[ClinicalRow], str, str, list[Any], list[Any]], ...] = (
    (Screening, "reason_not_enrolled", "outcome", ["not_enrolled"], ["enrolled", "pending"]),
    (Enrolment, "consent_version", "consent_on", [PartialDate(2024)], [None]),
    (Enrolment, "withdrawal_reason", "withdrawal_scope", ["all", "visits"], [""]),
    (Disease, "laterality", "site", ["thigh", "lung", ""], ["uterus", "mediastinum"]),
    (Lesion, "laterality", "site", ["kidney", ""], ["stomach"]),
    (Surgery, "residual_tumour", "procedure", ["amputation", "wide_excision", ""], ["biopsy"]),
    (Surgery, "margin_mm", "procedure", ["marginal_excision"], ["reconstruction", "biopsy"]),
    (SystemicTherapy, "ended_on", "is_ongoing", [False, None], [True]),
    (Lesion, "gtv_cm3", "status", ["local_relapse", ""], ["postoperative_bed"]),
    (Course, "rbe_model", "radiation_type", ["proton", "carbon"], ["photon", ""]),
    (Course, "interruption_reason", "interruption_days", [1, 14], [0, None]),
    (Course, "motion_management", "radiation_type", ["photon", ""], ["sealed_source"]),
    (Phase, "fractions_per_week", "fraction_count", [2, 35], [1, None]),
    (Assessment, "ecog", "kind", ["clinic", "phone"], ["imaging", "record"]),
    (ImagingStudy, "with_contrast", "modality", ["mr", "ct"], ["radiograph", "bone_scan"]),
    (Progression, "lesion", "kind", ["local", "unspecified"], ["regional", "distant"]),
    (Progression, "field_relation", "kind", ["local", "regional"], ["distant"]),
    (Progression, "site", "kind", ["regional", "distant"], ["local"]),
    (Death, "cause_text", "cause", ["other", "treatment"], ["disease", "unknown"]),
    (ToxicityEvent, "resolved_on", "grade", [1, 4], [5]),
    (ToxicityEvent, "attribution", "present_before_rt", [False, None], [True]),
)


@pytest.mark.parametrize(("model", "field", "other", "yes", "no"), ASKED)
def test_a_field_is_asked_by_the_answer_to_another(
    model: type[ClinicalRow], field: str, other: str, yes: list[Any], no: list[Any]
) -> None:
    assert all(applies(model(**{other: answer}), field) for answer in yes)
    assert not any(applies(model(**{other: answer}), field) for answer in no)


def test_fields_without_condition_are_always_asked() -> None:
    assert condition_of("course", "started_on") is None
    assert applies(Course(), "started_on")


def test_every_condition_names_fields_of_the_row() -> None:
    for entity, fields in CONDITIONS.items():
        names = {field.name for field in BY_NAME[entity].content_fields()}
        for field, condition in fields.items():
            assert {field, condition.field} <= names, (entity, field)


def test_every_code_of_a_condition_is_one_that_the_field_can_hold() -> None:
    for entity, fields in CONDITIONS.items():
        for condition in fields.values():
            column: Any = BY_NAME[entity]._meta.get_field(condition.field)
            if column.choices:
                known = {str(code) for code, _ in column.choices}
                assert condition.values | condition.unless <= known, (entity, condition)


def test_the_sites_are_codes_of_the_list() -> None:
    known = {code.code for code in codes("region_site")}
    assert known >= MIDLINE_SITES
    assert frozenset().union(*SITES_OF_SEX.values()) <= known


def test_the_browser_is_told_the_same_condition() -> None:
    particles = condition_of("course", "rbe_model")
    interrupted = condition_of("course", "interruption_reason")
    grade = condition_of("toxicity_event", "resolved_on")
    assert particles is not None
    assert interrupted is not None
    assert grade is not None

    assert particles.attributes() == {"data-when": "radiation_type", "data-is": "carbon proton"}
    assert interrupted.attributes() == {"data-when": "interruption_days", "data-above": "0"}
    assert grade.attributes() == {"data-when": "grade", "data-unless": "5"}
    assert Condition("consent_on").attributes() == {"data-when": "consent_on"}


def test_only_an_answer_contradicts_a_field_not_the_lack_of_one() -> None:
    assert contradicted(Course(radiation_type="photon"), "rbe_model")
    assert not contradicted(Course(radiation_type=""), "rbe_model")
    assert not contradicted(Course(radiation_type="carbon"), "rbe_model")
    assert not contradicted(Course(), "comment")


@pytest.mark.parametrize("model", [Surgery, SystemicTherapy, PriorRadiotherapy])
def test_rows_are_asked_for_unless_the_history_says_no(model: type[ClinicalRow]) -> None:
    history = TreatmentHistory()
    assert rows_apply(None, model)
    assert rows_apply(history, model)
    setattr(history, HISTORY[model], False)
    assert not rows_apply(history, model)
    assert rows_apply(history, Course)


def test_numbers_are_compared_as_numbers() -> None:
    assert Condition("margin_mm", above=0).holds(Surgery(margin_mm=Decimal("0.5")))
