"""Pages of the safety watch: rules and alerts of a study, and one alert with the case behind it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from analytics.models import RuleKind, SafetyRule, WatchState
from analytics.safety.beside import beside
from analytics.safety.forms import NoteForm, RuleForm
from analytics.safety.reading import (
    alert_lines,
    alerts_of,
    is_behind,
    rule_lines,
    standing_of,
)
from analytics.safety.words import method_words
from analytics.services.safety import acknowledge, add_rule, end_rule
from registry.errors import Refused
from registry.models import Study, User
from registry.permissions import may_in_study, require_in_study
from registry.roles import Action
from registry.selectors.studies import reads_cases_of, sees_whole_study, visible_studies
from registry.views.findings import tell

PER_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def safety(request: HttpRequest, key: str) -> HttpResponse:
    """Rules and alerts of a study; ``?kind=`` asks for a new rule of that kind.

    Raises:
        PermissionDenied: to those who do not read the cases of the study, and to those who post
            and do not keep its safety watch.
    """
    study, user = _study(key), cast(User, request.user)
    if request.method == "POST":
        require_in_study(user, Action.WATCH_SAFETY, study)
    form = _rule_form(request, study)
    if form is not None and form.is_bound and form.is_valid() and _add(study, form, user):
        messages.success(request, _("The rule is set; it looks at the study within a minute."))
        return redirect("analytics:safety", key)
    state = WatchState.objects.filter(study=study).first()
    alerts = alerts_of(study)
    waiting = alerts.filter(acknowledged_at=None)
    page = Paginator(alerts.filter(acknowledged_at__isnull=False), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "study": study,
        "rules": rule_lines(study, state),
        "state": state,
        "is_behind": is_behind(state, now=timezone.now()),
        "waiting": alert_lines(waiting),
        "page": page,
        "acknowledged": alert_lines(page),
        "may_keep": may_in_study(user, Action.WATCH_SAFETY, study),
        "kinds": RuleKind,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "analytics/safety/list.html", context, status=status)


@require_POST
def safety_rule_end(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """End a rule.

    Raises:
        PermissionDenied: to those who do not keep the safety watch of the study.
    """
    study, user = _study(key), cast(User, request.user)
    require_in_study(user, Action.WATCH_SAFETY, study)
    rule = get_object_or_404(SafetyRule.objects.filter(study=study), pk=pk)
    end_rule(rule, by=user)
    messages.success(request, _("The rule has ended. Its alerts stay."))
    return redirect("analytics:safety", key)


@require_http_methods(["GET", "HEAD", "POST"])
def safety_alert(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """One alert: what was found then, what is on file now, and the word of a coordinator.

    Raises:
        PermissionDenied: to those who do not read the cases of the study, and to those who post
            and do not keep its safety watch.
    """
    study, user = _study(key), cast(User, request.user)
    if request.method == "POST":
        require_in_study(user, Action.WATCH_SAFETY, study)
    alert = get_object_or_404(alerts_of(study), pk=pk)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            acknowledge(alert, note=form.cleaned_data["note"], by=user)
        except Refused as error:
            tell(form, error)
        else:
            messages.success(request, _("The alert is acknowledged."))
            return redirect("analytics:safety_alert", key, pk)
    (line,) = alert_lines([alert])
    standing = standing_of(alert)
    context = {
        "study": study,
        "alert": alert,
        "line": line,
        "method": method_words(alert.rule),
        "standing": standing,
        "rows": beside(alert, standing) if standing else [],
        "form": form if may_in_study(user, Action.WATCH_SAFETY, study) else None,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "analytics/safety/alert.html", context, status=status)


def _study(key: str) -> Study:
    """The study.

    Raises:
        Http404: it is not the reader's, or not as a whole.
        PermissionDenied: the reader sees its figures, and not its cases.
    """
    study = get_object_or_404(visible_studies(), key=key)
    if not sees_whole_study(study):
        raise Http404
    if not reads_cases_of(study):
        raise PermissionDenied(_("None of your roles lets you read the cases of this study."))
    return study


def _rule_form(request: HttpRequest, study: Study) -> RuleForm | None:
    """The form of the kind that is asked for; none where that is no kind."""
    sent = request.POST if request.method == "POST" else None
    kind = (sent or request.GET).get("kind", "")
    if kind not in RuleKind.values:
        return None
    return RuleForm(sent, kind=RuleKind(kind), protocol=study.protocol_version().protocol)


def _add(study: Study, form: RuleForm, user: User) -> bool:
    """Whether the rule was made; else the form says why not."""
    parameters: dict[str, Any] = form.cleaned_data
    try:
        add_rule(study=study, kind=form.kind, parameters=parameters, by=user)
    except Refused as error:
        tell(form, error)
        return False
    return True
