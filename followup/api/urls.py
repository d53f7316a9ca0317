"""Addresses of the duties in the programming interface."""

from django.urls import path

from followup.api.views import ExpectedVisitViewSet

app_name = "api_followup"

urlpatterns = [
    path(
        "expected-visits/",
        ExpectedVisitViewSet.as_view({"get": "list"}),
        name="expected_visits",
    ),
    path(
        "expected-visits/<int:pk>/",
        ExpectedVisitViewSet.as_view({"get": "retrieve"}),
        name="expected_visit",
    ),
    path(
        "expected-visits/<int:pk>/words/",
        ExpectedVisitViewSet.as_view({"get": "words", "post": "say"}),
        name="expected_visit_words",
    ),
    path(
        "expected-visits/<int:pk>/words/withdraw/",
        ExpectedVisitViewSet.as_view({"post": "withdraw"}),
        name="expected_visit_withdraw",
    ),
]
