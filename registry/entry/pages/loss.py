"""Loss to follow-up: a person decided that the patient cannot be followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from registry.derive import death_of, last_known_alive
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import LossToFollowUp
from registry.partial_date import PartialDate


@dataclass(frozen=True)
class LossFigures:
    """What bears on a loss as typed.

    Attributes:
        last_contact: the latest day at which the patient is recorded as alive.
        later_contact: that day is after the day on which the patient was declared lost.
        is_dead: a death is recorded, so that the patient is not lost.
    """

    last_contact: PartialDate | None
    later_contact: bool
    is_dead: bool


def figures(entry: Entry) -> Mapping[str, LossFigures]:
    """The last contact on record, and what speaks against a loss."""
    (loss,) = entry.of(LossToFollowUp) or [LossToFollowUp()]
    day = last_known_alive(entry.case)
    contact = PartialDate.of(day) if day is not None else None
    declared, found = loss.declared_on, loss.found_again_on
    return {
        "figures": LossFigures(
            last_contact=contact,
            later_contact=contact is not None
            and declared is not None
            and found is None
            and declared.before(contact),
            is_dead=death_of(entry.case) is not None,
        )
    }


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
