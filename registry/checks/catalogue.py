"""Every check with its id and strength, and the one function that runs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.applicability import applies
from registry.case import Case
from registry.checks import across, single
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
    Check("row-rules", "impossible", single.row_rules),
    Check("needed", "impossible", single.required_columns),
    Check("missing-reason", "impossible", single.missing_reasons),
    Check("kps-in-tens", "impossible", single.performance_in_tens),
    Check("metric-value", "impossible", single.metric_value),
    Check("stage-edition", "impossible", single.stage_names_edition),
    Check("withdrawal-scope", "impossible", single.withdrawal_scope),
    Check("grade-exists", "impossible", single.toxicity_grade_exists),
    Check("future-date", "impossible", single.dates_in_future),
    Check("before-birth", "impossible", across.before_birth),
    Check("treated-after-death", "impossible", across.treated_after_death),
    Check("grade-5-death", "impossible", across.grade_5_needs_death),
    Check("same-patient", "impossible", across.same_patient),
    Check("target-of-course", "impossible", across.target_of_course),
    Check("version-of-study", "impossible", across.version_of_study),
    Check("seen-after-death", "unlikely", across.seen_after_death),
    Check("progression-before-course", "unlikely", across.progression_before_course),
    Check("onset-before-course", "unlikely", across.onset_before_course),
    Check("courses-overlap", "unlikely", across.overlapping_courses),
    Check("large-fraction", "unlikely", single.large_fraction),
    Check("large-tumour", "unlikely", single.large_tumour),
    Check("patient-basics", "incomplete", single.patient_basics),
    Check("course-without-phase", "incomplete", across.course_without_phase),
    Check("target-without-lesion", "incomplete", across.target_without_lesion),
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
