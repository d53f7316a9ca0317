"""Addresses of the duties' pages."""

from django.urls import path

from followup.views.amend import amend, amend_live
from followup.views.calendars import calendar_feed, calendar_revoke, calendars
from followup.views.centres import centre, centres, study_centres, study_centres_csv
from followup.views.doubtful import address_right, doubtful, settle, settle_letter
from followup.views.figures import (
    figures,
    figures_csv,
    forecast_csv,
    own_figures,
    own_figures_csv,
    own_forecast_csv,
)
from followup.views.grid import grid, open_form
from followup.views.losses import losses
from followup.views.mailbox import mail, mailbox
from followup.views.monitoring import monitoring, monitoring_centre
from followup.views.schedule import schedule, schedule_file
from followup.views.search import search
from followup.views.send_log import log, log_csv, reminders
from followup.views.unsubscribe import unsubscribe
from followup.views.webhooks import webhooks
from followup.views.wishes import leave_cancel, reminder_wishes
from followup.views.words import visit_word, visits_missed

app_name = "followup"

urlpatterns = [
    path("patients/", grid, name="grid"),
    path("form/<slug:form>/<path:pseudonym>/", open_form, name="form"),
    path("follow-up/", own_figures, name="own_figures"),
    path("follow-up/figures.csv", own_figures_csv, name="own_figures_csv"),
    path("follow-up/forecast.csv", own_forecast_csv, name="own_forecast_csv"),
    path("search/", search, name="search"),
    path("steering/", centres, name="centres"),
    path("steering/<slug:study>/", study_centres, name="study_centres"),
    path("steering/<slug:study>/centres.csv", study_centres_csv, name="study_centres_csv"),
    path("steering/<slug:study>/follow-up/", figures, name="figures"),
    path("steering/<slug:study>/follow-up.csv", figures_csv, name="figures_csv"),
    path("steering/<slug:study>/forecast.csv", forecast_csv, name="forecast_csv"),
    path("steering/<slug:study>/<path:code>/", centre, name="centre"),
    path("visits/missed/", visits_missed, name="visits_missed"),
    path("visits/<int:pk>/word/", visit_word, name="visit_word"),
    path("losses/", losses, name="losses"),
    path("monitoring/", monitoring, name="monitoring"),
    path("monitoring/<slug:study>/<path:code>/", monitoring_centre, name="monitoring_centre"),
    path("reminders/", reminders, name="reminders"),
    path("reminders/log/", log, name="send_log"),
    path("reminders/log.csv", log_csv, name="send_log_csv"),
    path("reminders/doubtful/", doubtful, name="doubtful"),
    path("reminders/doubtful/<int:pk>/", settle, name="doubtful_settle"),
    path("reminders/doubtful/letters/<int:pk>/", settle_letter, name="doubtful_settle_letter"),
    path("reminders/addresses/<int:pk>/", address_right, name="address_right"),
    path("reminders/wishes/", reminder_wishes, name="reminder_wishes"),
    path("reminders/leave/<int:pk>/", leave_cancel, name="leave_cancel"),
    path("calendars/", calendars, name="calendars"),
    path("calendars/<int:pk>/revoke/", calendar_revoke, name="calendar_revoke"),
    path("calendars/<slug:key>.ics", calendar_feed, name="calendar_feed"),
    path("centres/<int:pk>/webhooks/", webhooks, name="webhooks"),
    path("reminders/off/<str:token>/", unsubscribe, name="unsubscribe"),
    path("studies/<slug:study>/schedule/", schedule, name="schedule"),
    path("studies/<slug:study>/schedule/<int:number>.toml", schedule_file, name="schedule_file"),
    path("studies/<slug:study>/schedule/amend/", amend, name="amend"),
    path("studies/<slug:study>/schedule/amend/live/", amend_live, name="amend_live"),
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mail, name="mail"),
]
