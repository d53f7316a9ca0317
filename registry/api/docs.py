"""The schema and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer


class Schema(SpectacularAPIView):
    """OpenAPI 3.1 of the interface, as JSON."""

    renderer_classes = [JSONRenderer, OpenApiJsonRenderer2]
