"""The lesions of a patient, all on one page."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import Lesion


def live(entry: Entry) -> Mapping[str, Any]:
    """How many lesions there are, and the sums of volume (cm³) and longest diameter (cm)."""
    lesions = entry.of(Lesion)
    volumes = [row.gtv_cm3 for row in lesions if row.gtv_cm3 is not None]
    diameters = [row.longest_diameter_cm for row in lesions if row.longest_diameter_cm is not None]
    return {
        "lesions": lesions,
        "volume_cm3": sum(volumes, Decimal()),
        "volume_count": len(volumes),
        "largest_cm": max(diameters, default=None),
    }


LESIONS = Page(
    key="lesions",
    title=_("Lesions"),
    section="lesions",
    live=live,
    parts=(
        Part(
            model=Lesion,
            prefix="lesion",
            title=_("All lesions"),
            repeats=True,
            add_label=_("Add a lesion"),
            groups=(
                Group(
                    fields=(
                        "site",
                        "laterality",
                        "status",
                        "longest_diameter_cm",
                        "gtv_cm3",
                        "found_on",
                        "recurred_on",
                        "topography",
                        "description",
                    )
                ),
            ),
        ),
    ),
)
