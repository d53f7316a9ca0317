"""Addresses of the whole site: administration here, pages from each room."""

from django.contrib import admin
from django.urls import include, path

from registry.api.urls import unknown as unknown_api_address

urlpatterns = [
    path("", include("registry.urls")),
    path("", include("followup.urls")),
    path("", include("analytics.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("registry.api.urls")),
    unknown_api_address,
]
