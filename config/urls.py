"""Addresses of the whole site: the pages of each room."""

from django.urls import include, path

from registry.api.urls import about as about_api
from registry.api.urls import unknown as unknown_api_address

urlpatterns = [
    path("", include("registry.accounts.urls")),
    path("", include("registry.urls")),
    path("", include("followup.urls")),
    path("", include("analytics.urls")),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/", include("followup.api.urls")),
    path("api/v1/", include("analytics.api.urls")),
    path("api/", include((about_api, "api_about"))),
    unknown_api_address,
]
