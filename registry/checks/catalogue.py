"""Every check with its id and strength, and the one function that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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
from registry.protocols.types import Protocol


@dataclass(frozen=True)
class Check:
    """A rule over a case. The id never changes its meaning: confirmations refer to it."""

    id: str
    severity: Severity
    run: Run

    @property
    def what(self) -> str:
        """What the check holds, in one sentence."""
        return (self.run.__doc__ or "").strip()


CHECKS: tuple[Check, ...] = (
    # Formal: one row at a time
    Check("row-rules", "impossible", single.row_rules),
    Check("needed", "impossible", single.required_columns),
    Check("missing-reason", "impossible", single.missing_reasons),
    Check("kps-in-tens", "impossible", single.performance_in_tens),
    Check("metric-value", "impossible", single.metric_value),
    Check("stage-edition", "impossible", single.stage_names_edition),
    Check("withdrawal-scope", "impossible", single.withdrawal_scope),
    Check("reason-not-enrolled", "impossible", single.reason_not_enrolled),
    Check("grade-exists", "impossible", single.toxicity_grade_exists),
    Check("not-asked", "unlikely", single.not_asked),
    Check("patient-basics", "incomplete", single.patient_basics),
    # Links between rows
    Check("same-patient", "impossible", links.same_patient),
    Check("target-of-course", "impossible", links.target_of_course),
    Check("version-of-study", "impossible", links.version_of_study),
    # Birth, death, today
    Check("future-date", "impossible", dates.dates_in_future),
    Check("before-birth", "impossible", dates.before_birth),
    Check("treated-after-death", "impossible", dates.treated_after_death),
    Check("seen-after-death", "unlikely", dates.seen_after_death),
    Check("age", "unlikely", dates.age_plausible),
    # Screening, consent, enrolment
    Check("enrolled-before-consent", "unlikely", study.enrolled_before_consent),
    Check("consent-after-rt", "unlikely", study.consent_after_rt),
    Check("screened-after-enrolment", "unlikely", study.screened_after_enrolment),
    Check("screening-outcome", "unlikely", study.screening_outcome),
    Check("after-withdrawal", "unlikely", study.collected_after_withdrawal),
    # Disease and state of the patient
    Check("large-tumour", "unlikely", disease.large_tumour),
    Check("large-lesion", "unlikely", disease.large_lesion),
    Check("grade-scores", "unlikely", disease.grade_of_the_scores),
    Check("stage-categories", "unlikely", disease.stage_of_the_categories),
    Check("metastases-agree", "unlikely", disease.metastases_agree),
    Check("site-of-sex", "unlikely", disease.site_of_sex),
    Check("ecog-kps", "unlikely", disease.performance_agrees),
    Check("cci-age-adjusted", "unlikely", disease.age_adjusted_index),
    # Surgery, systemic therapy, earlier radiotherapy
    Check("treated-before-diagnosis", "unlikely", treatment.treated_before_diagnosis),
    Check("operation-order", "unlikely", treatment.operation_order),
    Check("margin-agrees", "unlikely", treatment.margin_agrees),
    Check("history-no", "unlikely", treatment.history_says_no),
    Check("concurrent-therapy", "unlikely", treatment.concurrent_therapy),
    Check("prior-rt-order", "unlikely", treatment.prior_rt_after_course),
    Check("lesion-found-late", "unlikely", treatment.lesion_found_after_course),
    Check("lesion-again", "unlikely", treatment.lesion_treated_again),
    Check("history-yes", "incomplete", treatment.history_says_yes),
    Check("operation-missing", "incomplete", treatment.postoperative_without_operation),
    Check("prior-rt-missing", "incomplete", treatment.reirradiation_of_nothing),
    # Courses, phases, plans
    Check("courses-overlap", "unlikely", course.overlapping_courses),
    Check("term-too-long", "unlikely", course.term_too_long),
    Check("term-too-short", "unlikely", course.term_too_short),
    Check("interruption-term", "unlikely", course.interruption_longer_than_term),
    Check("technique-radiation", "unlikely", course.technique_of_radiation),
    Check("large-fraction", "unlikely", course.large_fraction),
    Check("small-fraction", "unlikely", course.small_fraction),
    Check("bed-implausible", "unlikely", course.bed_implausible),
    Check("boost-first", "unlikely", course.boost_first),
    Check("baseline-late", "unlikely", course.baseline_after_course),
    Check("lesion-count", "unlikely", course.lesions_counted),
    Check("volumes-nested", "unlikely", plan.volumes_nested),
    Check("d95-above-dose", "unlikely", plan.d95_above_dose),
    Check("metric-above-dose", "unlikely", plan.metric_above_dose),
    Check("mean-above-maximum", "unlikely", plan.mean_above_maximum),
    Check("course-without-phase", "incomplete", course.course_without_phase),
    Check("target-without-lesion", "incomplete", course.target_without_lesion),
    # Follow-up and outcome
    Check("same-day-visits", "unlikely", follow_up.visits_on_one_day),
    Check("imaging-far", "unlikely", follow_up.imaging_far_from_visit),
    Check("cr-measured", "unlikely", follow_up.complete_response_measured),
    Check("growth-no-progression", "unlikely", follow_up.growth_without_progression),
    Check("before-lesion-found", "unlikely", follow_up.before_lesion_found),
    Check("progression-before-course", "unlikely", follow_up.progression_before_course),
    Check("progression-before-rt", "unlikely", follow_up.progression_before_rt),
    Check("failure-untreated", "unlikely", follow_up.failure_of_untreated),
    Check("no-evidence", "unlikely", follow_up.no_evidence_after_progression),
    Check("lost-but-seen", "unlikely", follow_up.lost_but_seen),
    Check("alive-later", "unlikely", follow_up.alive_later_than_stated),
    Check("dead-and-lost", "unlikely", follow_up.dead_and_lost),
    Check("losses-disorder", "unlikely", follow_up.declared_in_disorder),
    Check("died-without-progression", "unlikely", follow_up.died_of_disease_without_progression),
    Check("pd-no-progression", "incomplete", follow_up.response_without_progression),
    Check("local-no-lesion", "incomplete", follow_up.local_without_lesion),
    # Toxicity
    Check("grade-5-death", "impossible", toxicity.grade_5_needs_death),
    Check("grade-5-cause", "unlikely", toxicity.grade_5_needs_cause),
    Check("onset-before-course", "unlikely", toxicity.onset_before_course),
    Check("present-before-rt", "unlikely", toxicity.present_before_rt),
    Check("toxicity-twice", "unlikely", toxicity.entered_twice),
    Check("grade-falls", "unlikely", toxicity.grade_falls_unresolved),
    Check("serious", "unlikely", toxicity.serious_by_definition),
    Check("action-on-course", "unlikely", toxicity.action_on_course),
    Check("toxicity-course", "incomplete", toxicity.no_suspected_course),
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


def _required_items(case: Case, protocol: Protocol) -> Iterator[Place]:
    required = {items.form.value: items.fields for items in protocol.required}
    rows: Iterable[ClinicalRow] = case.all_rows()
    for row in rows:
        for name in required.get(row.entity(), ()):
            if getattr(row, name) not in (None, "") or row.reason_missing(name):
                continue
            if applies(row, name):
                yield Place(row, name, _("required by the protocol: give it or say why not"))
