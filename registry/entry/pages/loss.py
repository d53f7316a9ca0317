"""Loss to follow-up: a person decided that the patient cannot be followed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry.derive import last_known_alive
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import LossToFollowUp
from registry.partial_date import PartialDate


def figures(entry: Entry) -> Mapping[str, PartialDate | None]:
    """The latest day at which the patient is recorded as alive, other losses included."""
    day = last_known_alive(entry.case)
    return {"last_contact": PartialDate.of(day) if day is not None else None}


LOSS = Page(
    key="loss",
    title=_("Loss to follow-up"),
    section="outcome",
    many=True,
    live=figures,
    parts=(
        Part(
            model=LossToFollowUp,
            prefix="loss",
            needs=("declared_on",),
            groups=(
                Group(
                    title=_("Lost"),
                    fields=("last_known_alive_on", "declared_on", "reason", "attempts"),
                ),
                Group(title=_("Found again"), fields=("found_again_on",)),
            ),
        ),
    ),
)
