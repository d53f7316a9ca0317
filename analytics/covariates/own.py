"""Groupings that people of a study have made, as they are stored."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.covariates.cuts import Group, Groups, Thresholds
from analytics.models import StudyCovariate
from registry.models import Study


@dataclass(frozen=True, slots=True)
class OwnCovariate:
    """A grouping of the covariate ``of``, made by somebody of the study."""

    code: str
    label: str
    of: str
    cut: Thresholds | Groups


def own_covariates(
    study: Study, *, known_at: dt.datetime | None = None
) -> tuple[OwnCovariate, ...]:
    """The groupings of a study by code, those made by ``known_at``; one query."""
    rows = StudyCovariate.objects.filter(study=study).order_by("code")
    if known_at is not None:
        rows = rows.filter(created_at__lte=known_at)
    return tuple(
        OwnCovariate(code, label, of, cut_of(definition))
        for code, label, of, definition in rows.values_list("code", "label", "of", "definition")
    )


def definition_of(cut: Thresholds | Groups) -> dict[str, Any]:
    """The grouping as JSON."""
    if isinstance(cut, Thresholds):
        return {"borders": list(cut.borders), "upper_includes": cut.upper_includes}
    return {
        "groups": [
            {"code": group.code, "label": group.label, "members": list(group.members)}
            for group in cut.groups
        ]
    }


def cut_of(definition: Any) -> Thresholds | Groups:
    """The grouping that a JSON value describes.

    Raises:
        ValueError: naming what is wrong with it.
    """
    try:
        if "groups" in definition:
            return Groups(
                tuple(
                    Group(str(row["code"]), str(row["label"]), tuple(map(str, row["members"])))
                    for row in definition["groups"]
                )
            )
        borders = tuple(float(border) for border in definition["borders"])
        return Thresholds(borders, bool(definition["upper_includes"]))
    except (KeyError, TypeError) as error:
        raise ValueError(_("this is no grouping: %(what)s") % {"what": error}) from None
