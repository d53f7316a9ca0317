"""Pages of snapshots: the list, one of them, its archive, and two side by side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.artefacts.parts import Artefact
from analytics.artefacts.small_cells import without_small_cells
from analytics.models import Snapshot
from analytics.render import artefact_html
from analytics.services.snapshots import freeze
from analytics.snapshots.compare import compare
from analytics.snapshots.forms import FreezeForm, PairForm
from analytics.snapshots.reading import is_too_small, snapshots_of
from analytics.snapshots.stored import StoredAnalysis
from registry.errors import Refused
from registry.models import Study, User
from registry.permissions import may_in_study, require_in_study
from registry.roles import Action
from registry.selectors.studies import reads_cases_of, sees_whole_study, visible_studies
from registry.views.findings import tell


@require_http_methods(["GET", "HEAD", "POST"])
def snapshots(request: HttpRequest, key: str) -> HttpResponse:
    """All snapshots of a study, and a form that makes one."""
    study, user = _study(key), cast(User, request.user)
    form = FreezeForm(request.POST if request.method == "POST" else None, study=study)
    if request.method == "POST":
        require_in_study(user, Action.DEFINE_ANALYSES, study)
        if form.is_valid():
            try:
                made = freeze(
                    study=study,
                    data_cut=form.cleaned_data.get("data_cut"),
                    known_at=form.known_at(),
                    by=user,
                    note=form.cleaned_data["note"],
                )
            except Refused as error:
                tell(form, error)
            else:
                messages.success(
                    request, _("Snapshot %(number)d is made.") % {"number": made.number}
                )
                return redirect("analytics:snapshot", key=key, number=made.number)
    rows = list(snapshots_of(study))
    context = {
        "study": study,
        "snapshots": rows,
        "form": form,
        "may_freeze": may_in_study(user, Action.DEFINE_ANALYSES, study),
        "reads_rows": reads_cases_of(study),
        "pair": _pair_form(rows) if len(rows) > 1 else None,
    }
    status = 422 if form.errors else 200
    return render(request, "analytics/snapshots/list.html", context, status=status)


@require_safe
def snapshot(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One snapshot as it was frozen; tables of patients line by line are in its archive only."""
    study = _study(key)
    row = get_object_or_404(snapshots_of(study).defer(None), number=number)
    row_access = reads_cases_of(study)
    too_small = is_too_small(row, row_access=row_access)
    artefacts = () if too_small else StoredAnalysis.of(row).artefacts
    context = {
        "study": study,
        "snapshot": row,
        "results": _results(artefacts, row_access=row_access),
        "too_small": too_small,
        "reads_rows": row_access,
    }
    return render(request, "analytics/snapshots/snapshot.html", context)


@require_safe
def snapshot_bundle(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """The archive; 403 for those who do not read the cases of the study."""
    study = _study(key)
    if not reads_cases_of(study):
        raise PermissionDenied(_("This file holds patients line by line."))
    row = get_object_or_404(snapshots_of(study).defer(None), number=number)
    return HttpResponse(
        bytes(row.bundle),
        headers={
            "Content-Type": "application/zip",
            "Content-Disposition": f'attachment; filename="{row.name}.zip"',
        },
    )


@require_safe
def compare_snapshots(request: HttpRequest, key: str) -> HttpResponse:
    """Two snapshots side by side, ``?old=1&new=2``; the newest two where none are named."""
    study = _study(key)
    rows = list(snapshots_of(study))
    context: dict[str, Any] = {"study": study, "results": [], "too_small": False}
    if len(rows) > 1:
        old, new = _pair(request, rows)
        row_access = reads_cases_of(study)
        context |= {"old": old, "new": new, "pair": _pair_form(rows, old, new)}
        context["too_small"] = any(is_too_small(one, row_access=row_access) for one in (old, new))
        if not context["too_small"]:
            found = compare(old, new, row_access=row_access)
            context["results"] = _results(found, row_access=row_access)
    return render(request, "analytics/snapshots/compare.html", context)


def _study(key: str) -> Study:
    """The study.

    Raises:
        Http404: it is not the reader's, or not as a whole.
    """
    study = get_object_or_404(visible_studies(), key=key)
    if not sees_whole_study(study):
        raise Http404
    return study


def _pair(request: HttpRequest, rows: list[Snapshot]) -> tuple[Snapshot, Snapshot]:
    if not {"old", "new"} & request.GET.keys():
        return rows[1], rows[0]
    form = PairForm(request.GET, snapshots=rows)
    if not form.is_valid():
        raise Http404
    by_number = {one.number: one for one in rows}
    return by_number[form.cleaned_data["old"]], by_number[form.cleaned_data["new"]]


def _pair_form(
    rows: list[Snapshot], old: Snapshot | None = None, new: Snapshot | None = None
) -> PairForm:
    numbers = {"old": (old or rows[1]).number, "new": (new or rows[0]).number}
    return PairForm(initial=numbers, snapshots=rows)


def _results(artefacts: Iterable[Artefact], *, row_access: bool) -> list[tuple[str, str, str]]:
    """Title, name in the page and content of sections; small counts for readers of cases only."""
    shown = artefacts if row_access else map(without_small_cells, artefacts)
    return [(one.title, one.key, artefact_html(one)) for one in shown]
