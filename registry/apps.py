"""The room of facts."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    """Hooks into Django: database functions on connection, triggers after migration."""

    name = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the two hooks."""
        from registry.audit.context import add_sqlite_function
        from registry.database import prepare_database

        connection_created.connect(add_sqlite_function)
        post_migrate.connect(prepare_database, sender=self)
