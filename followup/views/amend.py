"""Amending a study's schedule: edited as a table, previewed for every patient, saved."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from followup.editor import typed
from followup.editor.draft import ScheduleDraft
from followup.editor.example import YEARS, example_visits
from followup.editor.forms import ExampleForm
from followup.selectors.amendment_preview import preview_page, preview_totals
from followup.services.amendments import Applied, apply_amendment
from registry.errors import Refused, Stale
from registry.models import ProtocolVersion, Study, User
from registry.models.choices import AmendmentReach
from registry.permissions import require_anywhere, studies_with
from registry.protocols.section import ProtocolError
from registry.protocols.vocabulary import TimePoint
from registry.roles import Action
from registry.selectors.protocol_versions import versions_of
from registry.services.amendments import Amendment, drafted, newest_version

NOT_CARRIED = ("csrfmiddlewaretoken", "do", "page")


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, study: str) -> HttpResponse:
    """The editor; its buttons add and take out rows, show what would change, and save."""
    version = _amended(request, study)
    if request.method != "POST":
        return _editor(request, version, _as_it_is(version))
    data = request.POST.copy()
    for key in NOT_CARRIED:
        data.pop(key, None)
    do, _space, what = request.POST.get("do", "preview").partition(" ")
    if do in ("edit", "add-clock", "add-row", "drop"):
        return _editor(request, version, _edited(data, do, what), is_typed=True)
    if data.get("seen") != str(version.number):
        return _stale(request, version, data)
    draft = ScheduleDraft(data, version.protocol, check=True)
    amendment = draft.amended()
    if amendment is not None:
        try:
            if do == "save":
                return _saved(request, version, draft, amendment)
            return _preview(request, version, data, amendment)
        except (ProtocolError, Refused) as error:
            draft.tell(error)
        except Stale:
            return _stale(request, _amended(request, study), data)
    return _editor(request, version, data, draft=draft, is_typed=True, status=422)


@require_POST
def amend_live(request: HttpRequest, study: str) -> HttpResponse:
    """The dates of the example patient under what is typed; nothing is kept."""
    version = _amended(request, study)
    page = _example(version, request.POST)
    return render(request, "followup/schedule/_example.html", page)


def _amended(request: HttpRequest, key: str) -> ProtocolVersion:
    """The version that an amendment of this study changes.

    Raises:
        PermissionDenied: no role of the reader amends a protocol.
        Http404: not this one, or it has no schedule.
    """
    user = cast(User, request.user)
    require_anywhere(user, Action.AMEND_PROTOCOL)
    own = Study.objects.filter(pk__in=studies_with(user, Action.AMEND_PROTOCOL))
    study = get_object_or_404(own, key=key)
    try:
        version = newest_version(study)
    except ProtocolVersion.DoesNotExist:
        raise Http404 from None
    if version.protocol.schedule is None or study.dates_are_relative:
        raise Http404
    return version


def _as_it_is(version: ProtocolVersion) -> QueryDict:
    """The fields as they are when the editor is opened."""
    protocol = version.protocol
    assert protocol.schedule is not None
    assert protocol.reminders is not None
    data = typed.as_typed(protocol.schedule, protocol.reminders)
    today = timezone.localdate()
    data["seen"] = str(version.number)
    data["amendment-effective_on"] = max(today, version.effective_on).isoformat()
    data["amendment-applies_to"] = AmendmentReach.OPEN_VISITS
    for point in TimePoint:
        data[f"example-{point}"] = today.isoformat()
    return data


def _edited(data: QueryDict, do: str, what: str) -> QueryDict:
    if do == "add-clock":
        typed.add_clock(data)
    elif do == "add-row":
        typed.add_row(data, what)
    elif do == "drop":
        typed.drop(data, what)
    return data


def _editor(
    request: HttpRequest,
    version: ProtocolVersion,
    data: QueryDict,
    *,
    draft: ScheduleDraft | None = None,
    is_typed: bool = False,
    stale: Any = None,
    status: int = 200,
) -> HttpResponse:
    page = {
        "study": version.study,
        "version": version,
        "protocol": version.protocol,
        "draft": draft or ScheduleDraft(data, version.protocol, check=False),
        "seen": data.get("seen", ""),
        "is_typed": is_typed,
        "stale": stale,
        "may_add_clock": len(typed.clocks_of(data)) < typed.MOST_CLOCKS,
        **_example(version, data),
    }
    return render(request, "followup/schedule/amend.html", page, status=status)


def _stale(request: HttpRequest, version: ProtocolVersion, data: QueryDict) -> HttpResponse:
    """Somebody saved another version meanwhile: what is typed stays, and is looked at again."""
    data["seen"] = str(version.number)
    newest = versions_of(version.study)[0]
    return _editor(request, version, data, is_typed=True, stale=newest, status=422)


def _example(version: ProtocolVersion, data: QueryDict) -> dict[str, Any]:
    """The example patient's form and dates; ``problems`` where there is no schedule yet."""
    draft = ScheduleDraft(data, version.protocol, check=True)
    form = ExampleForm(data, prefix="example", countries=_countries(version.study))
    schedule = draft.schedule()
    form.is_valid()
    days = {
        point: day for point in TimePoint if (day := form.cleaned_data.get(point.value)) is not None
    }
    country = form.cleaned_data.get("country", "")
    visits = example_visits(schedule, days, country=country) if schedule else []
    return {
        "example": form,
        "visits": visits,
        "anchors": {visit.anchor for visit in visits},
        "problems": draft.told(whole=False) if schedule is None else [],
        "years": YEARS,
    }


def _countries(study: Study) -> list[str]:
    """Of the centres that take part."""
    codes = study.centres.exclude(country="").order_by("country").values_list("country", flat=True)
    return list(dict.fromkeys(codes))


def _preview(
    request: HttpRequest, version: ProtocolVersion, data: QueryDict, amendment: Amendment
) -> HttpResponse:
    """What would change for whom; what is typed is carried along, and nothing is written."""
    draft = drafted(version, amendment)
    today = timezone.localdate()
    page: dict[str, Any] = {
        "study": version.study,
        "version": version,
        "draft": draft,
        "reason": data["amendment-reason"],
        "today": today,
        "carried": [(key, value) for key, values in data.lists() for value in values],
    }
    if amendment.applies_to == AmendmentReach.OPEN_VISITS:
        shown, lines = preview_page(draft, request.POST.get("page"), today=today)
        page |= {"page": shown, "lines": lines}
        if shown.number == 1:
            page["totals"] = preview_totals(draft, today=today)
    return render(request, "followup/schedule/preview.html", page)


def _saved(
    request: HttpRequest, version: ProtocolVersion, draft: ScheduleDraft, amendment: Amendment
) -> HttpResponse:
    applied = apply_amendment(
        amendment,
        study=version.study,
        seen_number=version.number,
        reason=draft.reason,
        by=cast(User, request.user),
        today=timezone.localdate(),
    )
    messages.success(request, _in_words(applied))
    return HttpResponseRedirect(reverse("followup:schedule", args=[version.study.key]))


def _in_words(applied: Applied) -> str:
    text = _("Saved as version {number}.").format(number=applied.version.number)
    if applied.version.applies_to == AmendmentReach.NEW_PATIENTS:
        return text
    if applied.changes is None:
        return f"{text} {_('The visits of all patients follow within a few minutes.')}"
    return f"{text} {_('The visits of all patients follow it now.')}"
