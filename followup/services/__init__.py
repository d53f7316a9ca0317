"""The writers of the duties: one module for each thing that people or the sweep do."""

from followup.services.visits import Changes, recompute, recompute_all, say_about_visit

__all__ = ["Changes", "recompute", "recompute_all", "say_about_visit"]
