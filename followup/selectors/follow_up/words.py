"""The words of the figures of follow-up, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from followup.selectors.follow_up.open_visits import AGES, FORECAST_ITEMS
from registry.protocols.vocabulary import Item


def age_words(place: int) -> str:
    """A group of days since the window closed: "8–30", "> 180"."""
    first, last = AGES[place]
    return f"> {first - 1}" if last is None else f"{first}–{last}"


def item_heads() -> list[str]:
    """What each of the items of the forecast is to those who plan rooms and machines.

    Protocols name an item, not the machine: the treated site is imaged by MRI or CT, the chest by
    CT.
    """
    heads = {
        Item.CLINIC: _("Clinics"),
        Item.TOXICITY: _("Toxicity"),
        Item.LOCAL_IMAGING: _("Local imaging (MRI or CT)"),
        Item.SYSTEMIC_IMAGING: _("Chest imaging (CT)"),
    }
    return [heads[item] for item in FORECAST_ITEMS]
