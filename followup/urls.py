"""Addresses of the duties' pages."""

from django.urls import path

from followup.views.grid import grid, open_form
from followup.views.mailbox import mail, mailbox
from followup.views.search import search

app_name = "followup"

urlpatterns = [
    path("patients/", grid, name="grid"),
    path("form/<slug:form>/<path:pseudonym>/", open_form, name="form"),
    path("search/", search, name="search"),
    path("mailbox/", mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", mail, name="mail"),
]
