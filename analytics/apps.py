"""Answers: what the recorded facts show."""

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy


class AnalyticsConfig(AppConfig):
    """Registers the analytics room with Django and listens for changed facts."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "analytics"
    verbose_name = gettext_lazy("Analytics")

    def ready(self) -> None:
        """Curves are kept: they are made anew when facts change, and after an upgrade.

        The triggers that keep snapshots as they are, are laid after every migration. Keys in
        addresses of public dashboards are kept out of the logs.
        """
        from analytics.database import prepare_database
        from analytics.listener import refresh_changed
        from registry.announce import facts_changed
        from registry.keys_in_logs import keep_keys_out_of_logs

        facts_changed.connect(refresh_changed, dispatch_uid="analytics.refresh")
        post_migrate.connect(_forget_kept_tables, sender=self)
        post_migrate.connect(prepare_database, sender=self)
        keep_keys_out_of_logs(r"(/dashboards/)[^/\s?]+(/?)")


def _forget_kept_tables(*, using: str, **_: Any) -> None:
    from analytics.kept.refreshing import forget_all
    from analytics.models import KeptRow

    # Migrated only in part, there is nothing to forget yet.
    if KeptRow._meta.db_table in connections[using].introspection.table_names():
        forget_all()
