"""The settings of the tests on the database that BENCH_DATABASE_URL names, and Django's admin."""

from environ import Env

from config.settings.embedded import database
from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS

DATABASES = {"default": database(Env().str("BENCH_DATABASE_URL"))}
INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
ROOT_URLCONF = "tests.bench.grid_urls"
