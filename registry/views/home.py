"""The first page: what there is to do, and the studies."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from registry.selectors.studies import visible_studies


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The worklist of the signed-in person (the duties' own part of the page) and their studies."""
    page = {"today": timezone.localdate(), "studies": visible_studies()}
    return render(request, "registry/home.html", page)
