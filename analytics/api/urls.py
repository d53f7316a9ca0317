"""Addresses of the answers in the programming interface."""

from django.urls import path

from analytics.api.views import CurveViewSet

app_name = "api_analytics"

urlpatterns = [
    path(
        "studies/<slug:key>/curves/<str:endpoint>/",
        CurveViewSet.as_view({"get": "retrieve"}),
        name="curve",
    ),
]
