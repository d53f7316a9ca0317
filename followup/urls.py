"""Addresses of the duties' pages."""

from django.urls import path

from followup.views.amend import amend, amend_live
from followup.views.centres import centre, centres, study_centres, study_centres_csv
from followup.views.grid import grid, open_form
from followup.views.mailbox import mail, mailbox
from followup.views.monitoring import monitoring, monitoring_centre
from followup.views.schedule import schedule, schedule_file
from followup.views.search import search

app_name = "followup"

urlpatterns = [
    path("patients/", grid, name="grid"),
    path("form/<slug:form>/<path:pseudonym>/", open_form, name="form"),
    path("search/", search, name="search"),
    path("steering/", centres, name="centres"),
    path("steering/<slug:study>/", study_centres, name="study_centres"),
    path("steering/<slug:study>/centres.csv", study_centres_csv, name="study_centres_csv"),
    path("steering/<slug:study>/<path:code>/", centre, name="centre"),
    path("monitoring/", monitoring, name="monitoring"),
    path("monitoring/<slug:study>/<path:code>/", monitoring_centre, name="monitoring_centre"),
    path("studies/<slug:study>/schedule/", schedule, name="schedule"),
    path("studies/<slug:study>/schedule/<int:number>.toml", schedule_file, name="schedule_file"),
    path("studies/<slug:study>/schedule/amend/", amend, name="amend"),
    path("studies/<slug:study>/schedule/amend/live/", amend_live, name="amend_live"),
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mail, name="mail"),
]
