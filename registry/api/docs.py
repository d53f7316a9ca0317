"""The schema of the interface, and the page on which people read it and try it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 as JSON."""

    renderer_classes = [JSONRenderer, OpenApiJsonRenderer2]


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The operations of the interface; tried out as the person who is signed in."""
    return render(request, "registry/api_docs.html")
