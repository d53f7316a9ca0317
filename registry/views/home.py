"""The first page: what there is to do, and the studies."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.models import User
from registry.permissions import actions_of
from registry.roles import Action
from registry.selectors.access_review import overdue_reviews
from registry.selectors.studies import scope_in_force, visible_studies
from registry.selectors.to_do import cases_to_do, open_corrections, own_drafts


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the signed-in person has to see to, and their studies.

    The visits are the duties' own part of the page.
    """
    user = cast(User, request.user)
    may = actions_of(user)
    page = {
        "today": timezone.localdate(),
        "has_role": bool(may),
        "enters_cases": bool(scope_in_force().centre_ids),
        "cases": cases_to_do(),
        "corrections": open_corrections(user),
        "drafts": own_drafts(user),
        "studies": visible_studies(),
        "overdue_reviews": overdue_reviews() if Action.MANAGE_ACCOUNTS in may else 0,
    }
    return render(request, "registry/home.html", page)
