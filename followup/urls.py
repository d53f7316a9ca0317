"""Addresses of the duties' pages."""

from django.urls import path

from followup.views.centres import centre, centres, study_centres, study_centres_csv
from followup.views.figures import (
    figures,
    figures_csv,
    forecast_csv,
    own_figures,
    own_figures_csv,
    own_forecast_csv,
)
from followup.views.grid import grid, open_form
from followup.views.mailbox import mail, mailbox
from followup.views.monitoring import monitoring, monitoring_centre
from followup.views.search import search

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
    path("monitoring/", monitoring, name="monitoring"),
    path("monitoring/<slug:study>/<path:code>/", monitoring_centre, name="monitoring_centre"),
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mail, name="mail"),
]
