"""Each form of a case is complete, partial, missing or not applicable by the written rules."""

from __future__ import annotations

import pytest

from registry.case import Case
from registry.case_forms import FormKey
from registry.completeness import FORM_OF, TABLES, form_states
from registry.errors import Finding
from registry.models import (
    CLINICAL_MODELS,
    Assessment,
    Baseline,
    Course,
    Death,
    Disease,
    DoseMetric,
    Enrolment,
    Identity,
    Lesion,
    LossToFollowUp,
    Patient,
    ProtocolVersion,
    Screening,
    Study,
    Surgery,
    SystemicTherapy,
    ToxicityEvent,
    TreatmentHistory,
)
from registry.models.choices import FormState
from registry.models.status import FORMS
from registry.partial_date import PartialDate
from registry.protocols import preset_text

day = PartialDate.parse


def case_in(study: str = "jinling", *rows: type) -> Case:
    """A patient in a study, with one empty row of each of the tables."""
    case = Case(Patient(pseudonym="P-1"))
    if study:
        version = ProtocolVersion(source=preset_text(study), study=Study(key=study), number=1)
        case.add(Enrolment(patient=case.patient, protocol_version=version))
    for model in rows:
        case.add(model(patient=case.patient))
    return case


def state(form: str, case: Case, *findings: Finding) -> str:
    return form_states(case, findings)[form].value


def test_every_clinical_table_but_the_identity_belongs_to_one_form() -> None:
    tables = [model for models in TABLES.values() for model in models]

    assert tuple(TABLES) == FORMS
    assert sorted(m.__name__ for m in tables) == sorted(
        m.__name__ for m in CLINICAL_MODELS if m is not Identity
    )
    assert FORM_OF["dose_metric"] == "courses"
    assert DoseMetric in TABLES["courses"]


def test_an_enrolled_patient_has_everything_to_come() -> None:
    states = form_states(case_in(), [])

    assert {form: state.value for form, state in states.items()} == {
        "screening": "complete",
        "baseline": "missing",
        "disease": "missing",
        "treatment": "missing",
        "lesions": "missing",
        "courses": "missing",
        "assessments": "not_applicable",
        "toxicity": "not_applicable",
        "outcome": "not_applicable",
    }


def test_a_patient_in_no_study_is_partly_screened() -> None:
    assert state("screening", case_in("")) == "partial"


def test_nothing_more_is_asked_of_a_person_who_was_not_enrolled() -> None:
    case = case_in("")
    case.add(Screening(patient=case.patient, outcome="not_enrolled"))
    states = form_states(case, [])

    assert states.pop("screening") is FormState.COMPLETE
    assert set(states.values()) == {FormState.NOT_APPLICABLE}


def test_a_form_with_rows_is_complete_until_something_is_found_in_it() -> None:
    case = case_in("jinling", Baseline, Disease, Lesion, Course)
    finding = Finding("required-by-jinling", "incomplete", "…", "phase", 1, "dose_gy")

    assert state("courses", case) == "complete"
    assert state("courses", case, finding) == "partial"
    assert state("disease", case, finding) == "complete"


def test_findings_do_not_make_a_missing_form_partial() -> None:
    finding = Finding("any", "incomplete", "…", "course")

    assert state("courses", case_in(), finding) == "missing"


@pytest.mark.parametrize(
    ("form", "study", "expected"),
    [
        ("baseline", "cams", "not_applicable"),
        ("baseline", "cnao", "missing"),
        ("lesions", "preop", "not_applicable"),
        ("lesions", "", "missing"),
        ("courses", "tcga_sarc", "not_applicable"),
        ("courses", "cams", "missing"),
    ],
)
def test_a_form_is_expected_where_the_protocol_asks_for_it(
    form: str, study: str, expected: str
) -> None:
    assert state(form, case_in(study)) == expected


def history(**answers: object) -> Case:
    case = case_in()
    case.add(TreatmentHistory(patient=case.patient, **answers))
    return case


def test_three_noes_leave_nothing_to_enter_about_other_treatment() -> None:
    case = history(had_surgery=False, had_systemic_therapy=False, had_prior_radiotherapy=False)

    assert state("treatment", case) == "not_applicable"


def test_an_open_question_about_other_treatment_leaves_it_partial() -> None:
    assert state("treatment", history(had_surgery=False)) == "partial"


def test_rows_and_reasons_answer_the_questions_about_other_treatment() -> None:
    case = history(missing={"had_prior_radiotherapy": "unknown"})
    case.add(Surgery(patient=case.patient, number=1))
    assert state("treatment", case) == "partial"

    case.add(SystemicTherapy(patient=case.patient, number=1))
    assert state("treatment", case) == "complete"


def treated(*rows: type) -> Case:
    case = case_in("jinling", *rows)
    case.add(Course(patient=case.patient, number=1, ended_on=day("2024-01-31")))
    return case


def test_assessments_are_expected_once_a_course_has_ended() -> None:
    assert state("assessments", case_in("jinling", Course)) == "not_applicable"
    assert state("assessments", treated()) == "missing"
    assert state("assessments", treated(Assessment)) == "complete"


@pytest.mark.parametrize("ending", [Death, LossToFollowUp])
def test_no_assessment_is_expected_of_a_patient_who_left_before_the_first(ending: type) -> None:
    assert state("assessments", treated(ending)) == "not_applicable"


def test_a_patient_who_was_found_again_is_assessed_again() -> None:
    case = treated()
    case.add(LossToFollowUp(patient=case.patient, found_again_on=day("2024-06")))

    assert state("assessments", case) == "missing"


def test_no_assessment_is_expected_after_withdrawal() -> None:
    case = treated()
    case.of(Enrolment)[0].withdrawal_scope = "visits"

    assert state("assessments", case) == "not_applicable"


def test_toxicity_is_answered_by_an_event_or_by_an_assessment_without_one() -> None:
    case = treated(Assessment)
    assert state("toxicity", case) == "missing"

    case.of(Assessment)[0].toxicity_assessed = True
    assert state("toxicity", case) == "complete"

    assert state("toxicity", case_in("jinling", ToxicityEvent)) == "complete"


def test_toxicity_is_not_asked_where_no_protocol_grades_it() -> None:
    assert state("toxicity", case_in("tcga_sarc", Assessment)) == "not_applicable"


def test_an_outcome_is_entered_when_there_is_one() -> None:
    assert state("outcome", treated(Assessment)) == "not_applicable"
    assert state("outcome", treated(Death)) == "complete"


def test_a_column_is_locked_with_all_of_its_forms_and_every_column_with_the_case() -> None:
    case = case_in("jinling", Lesion, Lesion, Course)
    case.patient.pk = 5
    for key, row in enumerate([*case.rows[Lesion], *case.rows[Course]], start=1):
        row.pk = key
    first, second = FormKey("lesion", 1), FormKey("lesion", 2)

    def states(*locked: FormKey) -> dict[str, FormState]:
        return form_states(case, [], locked)

    assert states(first)["lesions"] == FormState.COMPLETE
    assert states(first, second)["lesions"] == FormState.LOCKED
    assert states(first, second)["courses"] == FormState.COMPLETE
    # A lock on a form that was taken back locks no other one.
    assert states(FormKey("disease", 9))["disease"] == FormState.MISSING
    assert set(states(FormKey("case", 5)).values()) == {FormState.LOCKED}
