"""Addresses of the duties' pages."""

from django.urls import path

from followup import views

app_name = "followup"

urlpatterns = [
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.mail, name="mail"),
]
