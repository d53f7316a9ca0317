"""Addresses of the whole site: the pages of each room."""

from django.urls import include, path

from registry.api.urls import unknown as unknown_api_address

urlpatterns = [
    path("", include("registry.accounts.urls")),
    path("", include("registry.urls")),
    path("", include("followup.urls")),
    path("", include("analytics.urls")),
    path("api/v1/", include("registry.api.urls")),
    unknown_api_address,
]
