"""How complete a case is, form by form: what the status grid shows.

The rules, in the order in which they are asked of a form:

1. A person who was screened and not enrolled is asked for nothing but the screening.
2. A form with rows is *complete*, or *partial* when one of its findings is open: a required item
   without value and reason, an unlikely value that nobody confirmed.
3. A form without rows is *missing* where it is expected, else *not applicable*:

   - screening and enrolment: always there; *partial* while the patient is in no study;
   - disease, lesions and baseline: expected, unless the patient is in studies whose protocols
     require nothing of them;
   - surgery and other treatment: three questions (operated, systemic therapy, radiotherapy
     before), each answered by yes, no, a reason or rows; *missing* without any answer, *partial*
     with some, *not applicable* when all three are "no";
   - radiotherapy: expected, unless the patient is in observational studies only;
   - assessments: expected once a course has ended, unless the patient died, withdrew or was lost;
   - toxicity: answered by events, or by an assessment that says toxicity was assessed; expected
     with the first assessment, unless the protocols grade no toxicity;
   - outcome: nothing is expected of a patient under follow-up.

4. A form whose rows are all locked, and every form of a locked case, is *locked*, whatever else it
   would be: nobody is asked for anything in it.

What is overdue depends on the day and is not said here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

from registry.applicability import HISTORY
from registry.case import Case
from registry.case_forms import FormKey, first_rows
from registry.derive import death_of
from registry.errors import Finding
from registry.models import (
    Assessment,
    Baseline,
    ClinicalRow,
    Course,
    Death,
    Disease,
    DoseMetric,
    Enrolment,
    ImagingStudy,
    Lesion,
    LesionAssessment,
    LossToFollowUp,
    Patient,
    Phase,
    PriorRadiotherapy,
    Progression,
    Screening,
    Surgery,
    SystemicTherapy,
    Target,
    TargetLesion,
    ToxicityEvent,
    TreatmentHistory,
)
from registry.models.choices import FormState, ScreeningOutcome
from registry.models.status import FORMS
from registry.protocols.types import Protocol
from registry.protocols.vocabulary import Form, StudyKind

TABLES: Mapping[str, tuple[type[ClinicalRow], ...]] = {
    "screening": (Patient, Screening, Enrolment),
    "baseline": (Baseline,),
    "disease": (Disease,),
    "treatment": (TreatmentHistory, Surgery, SystemicTherapy, PriorRadiotherapy),
    "lesions": (Lesion,),
    "courses": (Course, Target, TargetLesion, Phase, DoseMetric),
    "assessments": (Assessment, ImagingStudy, LesionAssessment),
    "toxicity": (ToxicityEvent,),
    "outcome": (Progression, Death, LossToFollowUp),
}
"""Form of the status grid → the tables that its rows lie in."""

FORM_OF: Mapping[str, str] = {
    model.entity(): form for form, models in TABLES.items() for model in models
}
"""Entity → the form of the status grid that it belongs to."""


def form_states(
    case: Case, findings: Iterable[Finding], locked: Collection[FormKey] = ()
) -> dict[str, FormState]:
    """State of every form of :data:`registry.models.status.FORMS`.

    Args:
        findings: those that count: incomplete ones, and unlikely ones nobody has confirmed.
        locked: the locked forms of the case, or the whole case.
    """
    unfinished = {FORM_OF.get(finding.model, "screening") for finding in findings}
    states: dict[str, FormState] = {}
    not_enrolled = _was_not_enrolled(case)
    protocols = protocols_of(case)
    for form in FORMS:
        state = _state(form, case, protocols)
        if state is FormState.COMPLETE and form in unfinished:
            state = FormState.PARTIAL
        if not_enrolled and state is FormState.MISSING:
            state = FormState.NOT_APPLICABLE
        states[form] = state
    return states | dict.fromkeys(_locked(case, locked), FormState.LOCKED)


def _locked(case: Case, locked: Collection[FormKey]) -> Iterable[str]:
    """The forms of the grid of which every row is locked."""
    if not locked:
        return ()
    if any(key.is_whole_case for key in locked):
        return FORMS
    forms = first_rows(case)
    open_ = {FORM_OF[key.entity] for key in forms if key not in locked}
    return {FORM_OF[key.entity] for key in forms} - open_


def protocols_of(case: Case) -> list[Protocol]:
    """The protocols of the studies that the patient is in, each under the version enrolled."""
    return [row.protocol_version.protocol for row in case.of(Enrolment)]


def _state(form: str, case: Case, protocols: list[Protocol]) -> FormState:
    """The state of a form whose findings are all settled."""
    if form == "screening":
        is_in_study = bool(case.of(Enrolment)) or _was_not_enrolled(case)
        return FormState.COMPLETE if is_in_study else FormState.PARTIAL
    if form == "treatment":
        return _treatment(case)
    if any(case.of(model) for model in TABLES[form]):
        return FormState.COMPLETE
    if form == "toxicity" and any(row.toxicity_assessed for row in case.of(Assessment)):
        return FormState.COMPLETE
    expected = _is_expected(form, case, protocols)
    return FormState.MISSING if expected else FormState.NOT_APPLICABLE


def _is_expected(form: str, case: Case, protocols: list[Protocol]) -> bool:
    if form in _REQUIRED_OF:
        asked = _REQUIRED_OF[form]
        return not protocols or any(one.required_fields(asked) for one in protocols)
    if form == "courses":
        return not protocols or any(one.kind is StudyKind.TREATMENT for one in protocols)
    if form == "assessments":
        has_ended = any(row.ended_on is not None for row in case.of(Course))
        return has_ended and not _is_out_of_follow_up(case)
    if form == "toxicity":
        is_graded = not protocols or any(one.toxicity.release is not None for one in protocols)
        return is_graded and bool(case.of(Assessment))
    return False


_REQUIRED_OF = {"baseline": Form.BASELINE, "disease": Form.DISEASE, "lesions": Form.LESION}


def _treatment(case: Case) -> FormState:
    history = next(iter(case.of(TreatmentHistory)), None)
    answers = [
        _answer(history, name, has_rows=bool(case.of(model))) for model, name in HISTORY.items()
    ]
    if all(answer is None for answer in answers):
        return FormState.MISSING
    if any(answer is None for answer in answers):
        return FormState.PARTIAL
    return FormState.COMPLETE if any(answers) else FormState.NOT_APPLICABLE


def _answer(history: TreatmentHistory | None, name: str, *, has_rows: bool) -> bool | None:
    """Yes (also: said why it is not known), no, or None when it was not asked."""
    if has_rows or (history is not None and history.reason_missing(name)):
        return True
    return None if history is None else cast("bool | None", getattr(history, name))


def _was_not_enrolled(case: Case) -> bool:
    outcomes = {row.outcome for row in case.of(Screening)}
    return outcomes == {ScreeningOutcome.NOT_ENROLLED} and not case.of(Enrolment)


def _is_out_of_follow_up(case: Case) -> bool:
    enrolments = case.of(Enrolment)
    return (
        death_of(case) is not None
        or any(row.found_again_on is None for row in case.of(LossToFollowUp))
        or (bool(enrolments) and all(row.withdrawal_scope for row in enrolments))
    )
