"""Addresses of the answers' pages."""

from django.urls import path

from analytics import views

app_name = "analytics"

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:key>/", views.study, name="study"),
    path("studies/<slug:key>/curves/", views.study_curves, name="study_curves"),
]
