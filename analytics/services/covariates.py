"""A person of the study groups a covariate anew."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.cohort.cohort import Cohort
from analytics.covariates.catalogue import catalogue
from analytics.covariates.covariate import Covariate, CovariateError, find_covariate
from analytics.covariates.cuts import Groups, Thresholds
from analytics.covariates.own import definition_of
from analytics.later.states import STATES
from analytics.models import StudyCovariate
from analytics.models.covariate import CODE_PATTERN, CutKind
from registry.errors import Finding, Refused
from registry.models import Study, User
from registry.permissions import require_in_study
from registry.roles import Action

LONGEST_LABEL = 80


def add_covariate(
    *,
    study: Study,
    cohort: Cohort,
    code: str,
    label: str,
    of: str,
    cut: Thresholds | Groups,
    by: User | None,
) -> StudyCovariate:
    """Save a grouping with the study; it is never changed, another one gets another code.

    Args:
        cohort: of the study; tells which covariates there are.
        of: code of the recorded covariate that is grouped.
        by: None for the installation.

    Raises:
        PermissionDenied: the person defines no analyses of this study.
        Refused: a code or label that is taken or none, or a grouping that does not fit.
    """
    if by is not None:
        require_in_study(by, Action.DEFINE_ANALYSES, study)
    code, label = code.strip(), label.strip()
    findings = _findings(catalogue(cohort), code, label, of, cut)
    if findings:
        raise Refused(findings)
    kind = CutKind.THRESHOLDS if isinstance(cut, Thresholds) else CutKind.GROUPS
    try:
        with transaction.atomic():
            return StudyCovariate.objects.create(
                study=study,
                code=code,
                label=label,
                of=of,
                kind=kind,
                definition=definition_of(cut),
                created_at=timezone.now(),
                created_by=by,
            )
    except IntegrityError:  # two people at once, or one who clicked twice
        raise Refused([_finding("code", _("Code or label is taken."))]) from None


def _findings(
    there: dict[str, Covariate], code: str, label: str, of: str, cut: Thresholds | Groups
) -> list[Finding]:
    found = []
    if not re.fullmatch(CODE_PATTERN, code):
        message = _("At most 40 small letters, digits and _, with a letter first.")
        found.append(_finding("code", message))
    elif code in there or code in STATES:
        found.append(_finding("code", _("There is a covariate %(code)s already.") % {"code": code}))
    if not label:
        found.append(_finding("label", _("A label is needed.")))
    elif len(label) > LONGEST_LABEL:
        message = _("At most %(most)d characters.") % {"most": LONGEST_LABEL}
        found.append(_finding("label", message))
    try:
        base = find_covariate(there, of)
    except CovariateError as error:
        return [*found, _finding("of", str(error))]
    return [*found, *_misfits(base, cut)]


def _misfits(base: Covariate, cut: Thresholds | Groups) -> list[Finding]:
    if base.of:
        message = _("%(code)s is a grouping itself: group %(base)s.")
        return [_finding("of", message % {"code": base.code, "base": base.of})]
    if isinstance(cut, Thresholds):
        if base.kind != "number":
            message = _("%(code)s has categories: group them instead of cutting at borders.")
            return [_finding("definition", message % {"code": base.code})]
        return []
    if base.kind == "number":
        message = _("%(code)s is a number: cut it at borders instead of grouping codes.")
        return [_finding("definition", message % {"code": base.code})]
    unknown = sorted(
        code for group in cut.groups for code in group.members if code not in base.codes
    )
    if unknown:
        message = _("%(code)s has no category %(unknown)s; there are %(there)s.")
        names = {"code": base.code, "unknown": ", ".join(unknown), "there": ", ".join(base.codes)}
        return [_finding("definition", message % names)]
    unnamed = [group for group in cut.groups if not group.label.strip()]
    wrong = [group.code for group in cut.groups if not re.fullmatch(r"[a-z0-9_]+", group.code)]
    if unnamed or wrong:
        message = _("Every group needs a label, and a code of small letters, digits and _.")
        return [_finding("definition", message)]
    return []


def _finding(field: str, message: str) -> Finding:
    return Finding("study-covariate", "impossible", message, "studycovariate", field=field)
