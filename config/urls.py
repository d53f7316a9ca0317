"""Addresses of the whole site: administration here, pages from each room."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("registry.urls")),
    path("", include("followup.urls")),
    path("", include("analytics.urls")),
    path("admin/", admin.site.urls),
]
