"""The room of facts."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    """Hooks into Django: database functions on connection, triggers after migration, limits of
    sessions from the sign-in.
    """

    name = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the hooks."""
        from registry.accounts.session_limits import begin
        from registry.audit.context import add_sqlite_function
        from registry.database import prepare_database

        connection_created.connect(add_sqlite_function)
        user_logged_in.connect(begin)
        post_migrate.connect(prepare_database, sender=self)
