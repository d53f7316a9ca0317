"""The groupings that people of a study have made, and a new one."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from analytics.cohort import Cohort, read_cohort
from analytics.covariate_forms import CovariateForm
from analytics.covariates import Covariate, catalogue
from analytics.models import StudyCovariate
from analytics.services.covariates import add_covariate
from registry.errors import Refused
from registry.models import Study, User
from registry.permissions import may_in_study, require_in_study
from registry.roles import Action
from registry.selectors.studies import visible_studies
from registry.views.findings import tell


@require_http_methods(["GET", "HEAD", "POST"])
def covariates(request: HttpRequest, key: str) -> HttpResponse:
    """All groupings with who made them; ``?of=size_cm`` asks for a new one of that covariate.

    Raises:
        PermissionDenied: to those who post and do not define analyses of the study.
    """
    study = get_object_or_404(visible_studies(), key=key)
    user = cast(User, request.user)
    if request.method == "POST":
        require_in_study(user, Action.DEFINE_ANALYSES, study)
    cohort = read_cohort(study)
    there = catalogue(cohort)
    of = there.get(request.POST.get("of") or request.GET.get("of", ""))
    base = of if of is not None and not of.of else None
    form = None
    if base is not None:
        form = CovariateForm(request.POST if request.method == "POST" else None, covariate=base)
    if form is not None and form.is_bound and form.is_valid() and _add(study, cohort, form, user):
        messages.success(request, _("%(label)s was saved.") % form.cleaned_data)
        return redirect("analytics:covariates", key)
    context = {
        "study": study,
        "form": form,
        "of": base,
        "bases": [one for one in there.values() if not one.of],
        "rows": _rows(study, there),
        "may_define": may_in_study(user, Action.DEFINE_ANALYSES, study),
    }
    is_refused = request.method == "POST"
    return render(request, "analytics/covariates.html", context, status=422 if is_refused else 200)


def _add(study: Study, cohort: Cohort, form: CovariateForm, user: User) -> bool:
    """Whether the grouping was saved; else the form says why not."""
    given = form.cleaned_data
    try:
        add_covariate(
            study=study,
            cohort=cohort,
            code=given["code"],
            label=given["label"],
            of=form.covariate.code,
            cut=given["cut"],
            by=user,
        )
    except Refused as error:
        tell(form, error)
        return False
    return True


def _rows(study: Study, there: dict[str, Covariate]) -> list[dict[str, Any]]:
    """What is stored, with the words of the catalogue; of a value that is gone, its code."""
    stored = StudyCovariate.objects.filter(study=study).select_related("created_by")
    return [
        {
            "stored": row,
            "base": there[row.of].label if row.of in there else row.of,
            "categories": [label for _code, label in there[row.code].categories]
            if row.code in there
            else [],
        }
        for row in stored.order_by("label")
    ]
