"""Addresses of the answers' pages."""

from django.urls import path

from analytics import views
from analytics.reports.views import report_file, report_page
from analytics.workbench.views import workbench, workbench_file

app_name = "analytics"

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:key>/", views.study, name="study"),
    path("studies/<slug:key>/workbench/", workbench, name="workbench"),
    path("studies/<slug:key>/workbench/<str:name>", workbench_file, name="workbench_file"),
    path("studies/<slug:key>/report/", report_page, name="report"),
    path("studies/<slug:key>/report/report.<slug:ending>", report_file, name="report_file"),
    path("studies/<slug:key>/curves/", views.study_curves, name="study_curves"),
]
