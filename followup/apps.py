"""Duties: what should happen next, to whom, by when."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowupConfig(AppConfig):
    """Registers the follow-up room with Django and listens for changed facts."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "followup"
    verbose_name = _("Follow-up")

    def ready(self) -> None:
        """What is expected of a patient follows from the facts: it is computed when they change."""
        from followup.listener import recompute_changed
        from registry.announce import facts_changed
        from registry.keys_in_logs import keep_keys_out_of_logs

        facts_changed.connect(recompute_changed, dispatch_uid="followup.recompute")
        keep_keys_out_of_logs(r"(/calendars/)[^/\s?]+(\.ics)")
