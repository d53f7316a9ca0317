"""Addresses of the answers' pages."""

from django.urls import path

from analytics import views
from analytics.case_views import censoring_audit, dose_volume
from analytics.covariate_views import covariates
from analytics.dashboard.views import dashboard, dashboard_settings, public_dashboard
from analytics.reports import schedule_views as schedules
from analytics.reports.views import report_file, report_page
from analytics.safety import views as safety
from analytics.snapshots import views as snapshots
from analytics.tables.views import paper, tables, tables_file, tables_section
from analytics.workbench.views import workbench, workbench_file, workbench_rows

app_name = "analytics"

urlpatterns = [
    path("studies/", views.studies, name="studies"),
    path("studies/<slug:key>/", views.study, name="study"),
    path("studies/<slug:key>/workbench/", workbench, name="workbench"),
    path("studies/<slug:key>/workbench/rows/<str:name>", workbench_rows, name="workbench_rows"),
    path("studies/<slug:key>/workbench/<str:name>", workbench_file, name="workbench_file"),
    path("studies/<slug:key>/report/", report_page, name="report"),
    path("studies/<slug:key>/report/report.<slug:ending>", report_file, name="report_file"),
    path("studies/<slug:key>/reports/", schedules.reports, name="reports"),
    path("studies/<slug:key>/reports/new/", schedules.new_schedule, name="report_schedule_new"),
    path("studies/<slug:key>/reports/<int:pk>/end/", schedules.end, name="report_schedule_end"),
    path("studies/<slug:key>/reports/<int:pk>/test/", schedules.test, name="report_schedule_test"),
    path("reports/<int:pk>/", schedules.copy, name="report_copy"),
    path("reports/<int:pk>/report.<slug:ending>", schedules.copy_file, name="report_copy_file"),
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
    path("studies/<slug:key>/safety/", safety.safety, name="safety"),
    path(
        "studies/<slug:key>/safety/rules/<int:pk>/end/",
        safety.safety_rule_end,
        name="safety_rule_end",
    ),
    path("studies/<slug:key>/safety/alerts/<int:pk>/", safety.safety_alert, name="safety_alert"),
    path("studies/<slug:key>/dashboard/", dashboard, name="dashboard"),
    path("studies/<slug:key>/dashboard/settings/", dashboard_settings, name="dashboard_settings"),
    path("dashboards/<str:key>/", public_dashboard, name="public_dashboard"),
    path("studies/<slug:key>/curves/", views.study_curves, name="study_curves"),
    path("studies/<slug:key>/tables/", tables, name="tables"),
    path("studies/<slug:key>/tables/<slug:section>/", tables_section, name="tables_section"),
    path("studies/<slug:key>/tables/<slug:name>.<slug:extension>", tables_file, name="tables_file"),
    path("studies/<slug:key>/paper/", paper, name="paper"),
    path("studies/<slug:key>/covariates/", covariates, name="covariates"),
    path("studies/<slug:key>/censoring/<slug:endpoint>/", censoring_audit, name="censoring_audit"),
    path("dose-volume/<path:pseudonym>/", dose_volume, name="dose_volume"),
]
