"""Addresses of the answers' pages."""

from django.urls import path

from analytics import views
from analytics.snapshots import views as snapshots
from analytics.workbench.views import workbench, workbench_file

app_name = "analytics"

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:key>/", views.study, name="study"),
    path("studies/<slug:key>/workbench/", workbench, name="workbench"),
    path("studies/<slug:key>/workbench/<str:name>", workbench_file, name="workbench_file"),
    path("studies/<slug:key>/snapshots/", snapshots.snapshots, name="snapshots"),
    path(
        "studies/<slug:key>/snapshots/compare/",
        snapshots.compare_snapshots,
        name="compare_snapshots",
    ),
    path("studies/<slug:key>/snapshots/<int:number>/", snapshots.snapshot, name="snapshot"),
    path(
        "studies/<slug:key>/snapshots/<int:number>/bundle.zip",
        snapshots.snapshot_bundle,
        name="snapshot_bundle",
    ),
    path("studies/<slug:key>/curves/", views.study_curves, name="study_curves"),
]
