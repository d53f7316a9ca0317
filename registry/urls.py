"""Addresses of the facts' pages, and of signing in and out."""

from django.contrib.auth import views as auth
from django.urls import include, path

from registry.views.ctcae import ctcae_grades, ctcae_terms
from registry.views.entry import enter, live
from registry.views.home import home
from registry.views.patient import history, patient
from registry.views.sign_in import SignIn

# A pseudonym is the study's own text and may hold a slash.
pages = [
    path("", home, name="home"),
    path("patients/<path:pseudonym>/", patient, name="patient"),
    path("enter/<slug:form>/<slug:key>/<path:pseudonym>/", enter, name="enter"),
    path("live/<slug:form>/<slug:key>/<path:pseudonym>/", live, name="live"),
    path("history/<path:pseudonym>/", history, name="history"),
    path("ctcae/<str:release>/", ctcae_terms, name="ctcae"),
    path("ctcae/<str:release>/grades/", ctcae_grades, name="ctcae_grades"),
]

urlpatterns = [
    path(
        "login/",
        SignIn.as_view(),
        name="login",
    ),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("", include((pages, "registry"))),
]
