"""Loss to follow-up: a person decided that the patient cannot be followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from registry.case import Case
from registry.derive import last_known_alive
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import LossToFollowUp
from registry.partial_date import PartialDate


def figures(entry: Entry) -> Mapping[str, PartialDate | None]:
    """The latest day at which the patient is recorded as alive, other losses included."""
    return {"last_contact": last_known_alive(entry.case)}


def last_on_record(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """The latest day on record begins the field; a later one that was heard of replaces it."""
    return {"last_known_alive_on": last_known_alive(case)}


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
            defaults=last_on_record,
            groups=(
                Group(title=_("Lost"), fields=("last_known_alive_on", "declared_on", "reason")),
                Group(
                    title=_("Attempts to reach the patient"),
                    fields=("phoned_on", "wrote_on", "asked_registry_on", "attempts"),
                ),
                Group(title=_("Found again"), fields=("found_again_on",)),
            ),
        ),
    ),
)
