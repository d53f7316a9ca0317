"""Addresses of the facts' pages, and of signing in and out."""

from django.urls import include, path

from registry.views.access_review import access_review
from registry.views.audit import audit, audit_csv, audit_looks, audit_looks_csv
from registry.views.case_pdf import case_pdf
from registry.views.centres import centre, centre_new, centres, participation, study_facts
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
from registry.views.invitation import invitation
from registry.views.marks import mark_form, sign_form, unlock_form
from registry.views.messages import message, send_message
from registry.views.new_patient import new_patient, new_patient_live
from registry.views.past_state import past
from registry.views.patient import history, patient
from registry.views.people import invite, people_list, person
from registry.views.screenings import screening_list
from registry.views.style import style
from registry.views.temporary_access import end_access, give_access
from registry.views.tokens import token_revoke, tokens
from registry.views.transfers import offer_transfer, transfer, transfer_list

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
    path("mark/<slug:entity>/<int:row_id>/<path:pseudonym>/", mark_form, name="mark_form"),
    path("unlock/<slug:entity>/<int:row_id>/<path:pseudonym>/", unlock_form, name="unlock_form"),
    path("sign/<slug:entity>/<int:row_id>/<path:pseudonym>/", sign_form, name="sign_form"),
    path("case/<path:pseudonym>.pdf", case_pdf, name="case_pdf"),
    path("transfers/", transfer_list, name="transfers"),
    path("transfers/<int:pk>/", transfer, name="transfer"),
    path("transfers/offer/<path:pseudonym>/", offer_transfer, name="offer_transfer"),
    path("access/<int:pk>/end/", end_access, name="end_access"),
    path("access/give/<path:pseudonym>/", give_access, name="give_access"),
    path("messages/<int:pk>/", message, name="message"),
    path("messages/send/<path:pseudonym>/", send_message, name="send_message"),
    path("past/<path:pseudonym>/", past, name="past"),
    path("audit/", audit, name="audit"),
    path("audit/changes.csv", audit_csv, name="audit_csv"),
    path("audit/looks/", audit_looks, name="audit_looks"),
    path("audit/looks.csv", audit_looks_csv, name="audit_looks_csv"),
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
    path("people/", people_list, name="people"),
    path("people/invite/", invite, name="invite"),
    path("people/<int:pk>/", person, name="person"),
    path("invitation/<slug:code>/", invitation, name="invitation"),
    path("centres/", centres, name="centres"),
    path("centres/new/", centre_new, name="centre_new"),
    path("centres/<int:pk>/", centre, name="centre"),
    path("centres/participations/<int:pk>/", participation, name="participation"),
    path("centres/studies/<slug:key>/", study_facts, name="study_facts"),
    path("access-review/", access_review, name="access_review"),
    path("account/tokens/", tokens, name="tokens"),
    path("account/tokens/<int:pk>/revoke/", token_revoke, name="token_revoke"),
    path("style/", style, name="style"),
    path("ctcae/<str:release>/", ctcae_terms, name="ctcae"),
    path("ctcae/<str:release>/grades/", ctcae_grades, name="ctcae_grades"),
]

urlpatterns = [
    path("", include((pages, "registry"))),
]
