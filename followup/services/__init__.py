"""The writers of the duties: one module for each thing that people or the sweep do."""

from followup.services.amendments import Applied, apply_amendment
from followup.services.visits import Changes, recompute, recompute_all
from followup.services.words import say_about_visit, say_missed, withdraw_word

__all__ = [
    "Applied",
    "Changes",
    "apply_amendment",
    "recompute",
    "recompute_all",
    "say_about_visit",
    "say_missed",
    "withdraw_word",
]
