"""The addresses of the site, and Django's admin, which the registry itself does not have."""

from django.contrib import admin
from django.urls import path

from config.urls import urlpatterns as site

urlpatterns = [*site, path("admin/", admin.site.urls)]
