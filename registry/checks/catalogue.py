"""Every check with its id and strength, and the one function that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from django.utils.translation import gettext as _

from registry.applicability import applies
from registry.case import Case
from registry.checks import (
    course,
    dates,
    disease,
    follow_up,
    links,
    plan,
    single,
    study,
    toxicity,
    treatment,
)
from registry.checks.place import Place, Run
from registry.errors import Finding, Severity
from registry.models import ClinicalRow
from registry.models.status import FORMS
from registry.protocols.types import Protocol


@dataclass(frozen=True)
class Check:
    """A rule over a case. The id never changes its meaning: confirmations refer to it."""

    id: str
    severity: Severity
    run: Run
    forms: str
    """Columns of the status grid whose answers it looks at, separated by spaces."""

    @property
    def what(self) -> str:
        """What the check holds, in one sentence."""
        return (self.run.__doc__ or "").strip()


EVERY_FORM = " ".join(FORMS)

CHECKS: tuple[Check, ...] = (
    # Formal: one row at a time
    Check("row-rules", "impossible", single.row_rules, EVERY_FORM),
    Check("needed", "impossible", single.required_columns, EVERY_FORM),
    Check("missing-reason", "impossible", single.missing_reasons, EVERY_FORM),
    Check("kps-in-tens", "impossible", single.performance_in_tens, "baseline assessments"),
    Check("comorbidities", "impossible", single.comorbidities_known, "baseline"),
    Check("metric-value", "impossible", single.metric_value, "courses"),
    Check("stage-edition", "impossible", single.stage_names_edition, "disease"),
    Check("withdrawal-scope", "impossible", single.withdrawal_scope, "screening"),
    Check("reason-not-enrolled", "impossible", single.reason_not_enrolled, "screening"),
    Check("grade-exists", "impossible", single.toxicity_grade_exists, "toxicity"),
    Check("not-asked", "unlikely", single.not_asked, EVERY_FORM),
    Check("patient-basics", "incomplete", single.patient_basics, "screening"),
    # Links between rows
    Check(
        "same-patient",
        "impossible",
        links.same_patient,
        "baseline courses assessments toxicity outcome",
    ),
    Check("target-of-course", "impossible", links.target_of_course, "courses"),
    Check("version-of-study", "impossible", links.version_of_study, "screening"),
    # Birth, death, today
    Check("future-date", "impossible", dates.dates_in_future, EVERY_FORM),
    Check("before-birth", "impossible", dates.before_birth, EVERY_FORM),
    Check(
        "treated-after-death",
        "impossible",
        dates.treated_after_death,
        "screening treatment courses outcome",
    ),
    Check(
        "seen-after-death",
        "unlikely",
        dates.seen_after_death,
        "baseline disease lesions assessments toxicity outcome",
    ),
    Check("age", "unlikely", dates.age_plausible, "screening disease courses"),
    # Screening, consent, enrolment
    Check("enrolled-before-consent", "unlikely", study.enrolled_before_consent, "screening"),
    Check("consent-after-rt", "unlikely", study.consent_after_rt, "screening courses"),
    Check("screened-after-enrolment", "unlikely", study.screened_after_enrolment, "screening"),
    Check("screening-outcome", "unlikely", study.screening_outcome, "screening"),
    Check(
        "after-withdrawal",
        "unlikely",
        study.collected_after_withdrawal,
        "screening assessments toxicity outcome",
    ),
    # Disease and state of the patient
    Check("large-tumour", "unlikely", disease.large_tumour, "disease"),
    Check("large-lesion", "unlikely", disease.large_lesion, "lesions"),
    Check("grade-scores", "unlikely", disease.grade_of_the_scores, "disease"),
    Check("stage-categories", "unlikely", disease.stage_of_the_categories, "disease"),
    Check("metastases-agree", "unlikely", disease.metastases_agree, "disease"),
    Check("site-of-sex", "unlikely", disease.site_of_sex, "screening disease lesions"),
    Check("ecog-kps", "unlikely", disease.performance_agrees, "baseline assessments"),
    Check("cci-age-adjusted", "unlikely", disease.age_adjusted_index, "baseline"),
    # Surgery, systemic therapy, earlier radiotherapy
    Check(
        "treated-before-diagnosis",
        "unlikely",
        treatment.treated_before_diagnosis,
        "disease treatment courses",
    ),
    Check("operation-order", "unlikely", treatment.operation_order, "treatment courses"),
    Check("margin-agrees", "unlikely", treatment.margin_agrees, "treatment"),
    Check("history-no", "unlikely", treatment.history_says_no, "treatment"),
    Check("concurrent-therapy", "unlikely", treatment.concurrent_therapy, "treatment courses"),
    Check("prior-rt-order", "unlikely", treatment.prior_rt_after_course, "treatment courses"),
    Check("lesion-found-late", "unlikely", treatment.lesion_found_after_course, "lesions courses"),
    Check("lesion-again", "unlikely", treatment.lesion_treated_again, "lesions courses"),
    Check("history-yes", "incomplete", treatment.history_says_yes, "treatment"),
    Check(
        "operation-missing",
        "incomplete",
        treatment.postoperative_without_operation,
        "treatment courses",
    ),
    Check(
        "prior-rt-missing", "incomplete", treatment.reirradiation_of_nothing, "treatment courses"
    ),
    # Courses and phases
    Check("courses-overlap", "unlikely", course.overlapping_courses, "courses"),
    Check("term-too-long", "unlikely", course.term_too_long, "courses"),
    Check("term-too-short", "unlikely", course.term_too_short, "courses"),
    Check("interruption-term", "unlikely", course.interruption_longer_than_term, "courses"),
    Check("technique-radiation", "unlikely", course.technique_of_radiation, "courses"),
    Check("large-fraction", "unlikely", course.large_fraction, "courses"),
    Check("small-fraction", "unlikely", course.small_fraction, "courses"),
    Check("bed-implausible", "unlikely", course.bed_implausible, "courses"),
    Check("boost-first", "unlikely", course.boost_first, "courses"),
    Check("baseline-late", "unlikely", course.baseline_after_course, "baseline courses"),
    Check("lesion-count", "unlikely", course.lesions_counted, "baseline courses"),
    Check("course-without-phase", "incomplete", course.course_without_phase, "courses"),
    Check("target-without-lesion", "incomplete", course.target_without_lesion, "lesions courses"),
    # Plans
    Check("volumes-nested", "unlikely", plan.volumes_nested, "courses"),
    Check("d95-above-dose", "unlikely", plan.d95_above_dose, "courses"),
    Check("metric-above-dose", "unlikely", plan.metric_above_dose, "courses"),
    Check("mean-above-maximum", "unlikely", plan.mean_above_maximum, "courses"),
    # Follow-up and outcome
    Check("same-day-visits", "unlikely", follow_up.visits_on_one_day, "assessments"),
    Check("imaging-far", "unlikely", follow_up.imaging_far_from_visit, "assessments"),
    Check("cr-measured", "unlikely", follow_up.complete_response_measured, "assessments"),
    Check(
        "growth-no-progression",
        "unlikely",
        follow_up.growth_without_progression,
        "lesions assessments outcome",
    ),
    Check(
        "before-lesion-found",
        "unlikely",
        follow_up.before_lesion_found,
        "lesions assessments outcome",
    ),
    Check(
        "progression-before-course",
        "unlikely",
        follow_up.progression_before_course,
        "courses outcome",
    ),
    Check("progression-before-rt", "unlikely", follow_up.progression_before_rt, "courses outcome"),
    Check("failure-untreated", "unlikely", follow_up.failure_of_untreated, "courses outcome"),
    Check("distant-in-field", "unlikely", follow_up.distant_in_field, "outcome"),
    Check(
        "no-evidence",
        "unlikely",
        follow_up.no_evidence_after_progression,
        "treatment courses assessments outcome",
    ),
    Check("lost-but-seen", "unlikely", follow_up.lost_but_seen, "assessments outcome"),
    Check("alive-later", "unlikely", follow_up.alive_later_than_stated, "assessments outcome"),
    Check("dead-and-lost", "unlikely", follow_up.dead_and_lost, "outcome"),
    Check("losses-disorder", "unlikely", follow_up.declared_in_disorder, "outcome"),
    Check("lost-no-attempt", "unlikely", follow_up.lost_without_attempt, "outcome"),
    Check("attempts-disorder", "unlikely", follow_up.attempts_in_disorder, "outcome"),
    Check(
        "died-without-progression",
        "unlikely",
        follow_up.died_of_disease_without_progression,
        "assessments outcome",
    ),
    Check(
        "pd-no-progression",
        "incomplete",
        follow_up.response_without_progression,
        "assessments outcome",
    ),
    Check("local-no-lesion", "incomplete", follow_up.local_without_lesion, "lesions outcome"),
    # Toxicity
    Check("grade-5-death", "impossible", toxicity.grade_5_needs_death, "toxicity outcome"),
    Check("grade-5-cause", "unlikely", toxicity.grade_5_needs_cause, "toxicity outcome"),
    Check("onset-before-course", "unlikely", toxicity.onset_before_course, "courses toxicity"),
    Check("present-before-rt", "unlikely", toxicity.present_before_rt, "courses toxicity"),
    Check("toxicity-twice", "unlikely", toxicity.entered_twice, "toxicity"),
    Check("grade-falls", "unlikely", toxicity.grade_falls_unresolved, "toxicity"),
    Check("serious", "unlikely", toxicity.serious_by_definition, "toxicity"),
    Check("action-on-course", "unlikely", toxicity.action_on_course, "courses toxicity"),
    Check("toxicity-course", "incomplete", toxicity.no_suspected_course, "courses toxicity"),
)


def check_case(case: Case, *, today: dt.date, protocols: Iterable[Protocol] = ()) -> list[Finding]:
    """Findings of every check over a case; items that the protocols require are "incomplete"."""
    findings = [
        _finding(check.id, check.severity, place)
        for check in CHECKS
        for place in check.run(case, today)
    ]
    for protocol in protocols:
        findings += [
            _finding(f"required-by-{protocol.key}", "incomplete", place)
            for place in _required_items(case, protocol)
        ]
    return findings


def impossible(findings: Iterable[Finding]) -> list[Finding]:
    """The findings for which a write is refused."""
    return [finding for finding in findings if finding.severity == "impossible"]


def _finding(check_id: str, severity: Severity, place: Place) -> Finding:
    row = place.row
    return Finding(
        check_id=check_id,
        severity=severity,
        message=place.message,
        model=row.entity(),
        number=getattr(row, "number", None),
        field=place.field,
        row=row,
    )


@cache
def _entity(model: type[ClinicalRow]) -> str:
    return model.entity()


def _required_items(case: Case, protocol: Protocol) -> Iterator[Place]:
    required = {items.form.value: items.fields for items in protocol.required}
    for row in case.all_rows():
        for name in required.get(_entity(type(row)), ()):
            # A row being typed in may lack what it points to: then it has no such attribute.
            if getattr(row, name, None) not in (None, "") or row.reason_missing(name):
                continue
            if applies(row, name):
                yield Place(row, name, _("required by the protocol: give it or say why not"))
