"""Addresses of the facts' pages, and of signing in and out."""

from django.contrib.auth import views as auth
from django.urls import include, path

from registry.views.corrections import ask_correction, correction
from registry.views.ctcae import ctcae_grades, ctcae_terms
from registry.views.entry import enter, live
from registry.views.home import home
from registry.views.imports import (
    import_cancel,
    import_check,
    import_new,
    import_progress,
    import_start,
    import_step,
    imports,
)
from registry.views.imports_files import import_rows_csv, import_rows_workbook, import_template
from registry.views.imports_mapping import (
    import_columns,
    import_columns_of,
    import_mapping,
    import_preview,
)
from registry.views.new_patient import new_patient, new_patient_live
from registry.views.patient import history, patient
from registry.views.screenings import screening_list
from registry.views.sign_in import SignIn
from registry.views.style import style

# A pseudonym is the study's own text and may hold a slash.
pages = [
    path("", home, name="home"),
    path("patients/<path:pseudonym>/", patient, name="patient"),
    path("enter/patient/", new_patient, name="new_patient"),
    path("live/patient/", new_patient_live, name="new_patient_live"),
    path("screenings/", screening_list, name="screenings"),
    path("enter/<slug:form>/<slug:key>/<path:pseudonym>/", enter, name="enter"),
    path("live/<slug:form>/<slug:key>/<path:pseudonym>/", live, name="live"),
    path("corrections/<int:pk>/", correction, name="correction"),
    path("corrections/ask/<path:pseudonym>/", ask_correction, name="ask_correction"),
    path("history/<path:pseudonym>/", history, name="history"),
    path("import/", imports, name="imports"),
    path("import/new/", import_new, name="import_new"),
    path("import/tables.xlsx", import_template, name="import_template"),
    path("import/<uuid:key>/", import_step, name="import_step"),
    path("import/<uuid:key>/mapping/", import_mapping, name="import_mapping"),
    path("import/<uuid:key>/columns/", import_columns, name="import_columns"),
    path("import/<uuid:key>/columns/<int:number>/", import_columns_of, name="import_columns_of"),
    path("import/<uuid:key>/preview/", import_preview, name="import_preview"),
    path("import/<uuid:key>/check/", import_check, name="import_check"),
    path("import/<uuid:key>/start/", import_start, name="import_start"),
    path("import/<uuid:key>/cancel/", import_cancel, name="import_cancel"),
    path("import/<uuid:key>/progress/", import_progress, name="import_progress"),
    path("import/<uuid:key>/rows.xlsx", import_rows_workbook, name="import_rows_workbook"),
    path("import/<uuid:key>/rows/<int:number>.csv", import_rows_csv, name="import_rows_csv"),
    path("style/", style, name="style"),
    path("ctcae/<str:release>/", ctcae_terms, name="ctcae"),
    path("ctcae/<str:release>/grades/", ctcae_grades, name="ctcae_grades"),
]

urlpatterns = [
    path(
        "login/",
        SignIn.as_view(),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("", include((pages, "registry"))),
]
