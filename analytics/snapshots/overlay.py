"""The curves of two snapshots in one figure for each endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts.km_parts import NamedCurve, km_figure
from analytics.artefacts.parts import Figure
from analytics.curve_figure import median_words
from analytics.curve_words import figure_labels, unit_count
from analytics.curves import LEVEL, median_months
from analytics.estimators import KaplanMeier, kaplan_meier
from analytics.extract.rules import EVENT
from analytics.models import Snapshot
from analytics.snapshots.bundle import PROTOCOL
from analytics.snapshots.stored import Line, StoredAnalysis
from registry.protocols.reader import read_protocol
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import Unit


def overlay(
    old: Snapshot, new: Snapshot, before: StoredAnalysis, after: StoredAnalysis
) -> Iterator[Figure]:
    """A figure for each endpoint of the newer protocol that has rows in either snapshot."""
    protocol = read_protocol(after.text(PROTOCOL), name=str(new))
    for endpoint in protocol.endpoints:
        curves = list(_curves(endpoint, ((old, before), (new, after))))
        if curves:
            code = endpoint.code.lower().replace("_", "-")
            yield km_figure(
                curves,
                key=f"comparison-{code}",
                title=_("%(endpoint)s in both snapshots") % {"endpoint": _(endpoint.label)},
                labels=figure_labels(endpoint),
                caption=(_(endpoint.definition),),
                show_median=False,
            )


def _curves(
    endpoint: Endpoint, pair: Sequence[tuple[Snapshot, StoredAnalysis]]
) -> Iterator[NamedCurve]:
    for snapshot, stored in pair:
        rows = [row for row in stored.rows if row["PARAMCD"] == endpoint.code]
        if rows:
            km = _km(rows, endpoint)
            name = _("Snapshot %(number)d") % {"number": snapshot.number}
            counted = unit_count(endpoint.unit, len(rows))
            yield NamedCurve(name, km, note=f"{counted}, {median_words(median_months(km))}")


def _km(rows: Sequence[Line], endpoint: Endpoint) -> KaplanMeier:
    days = np.array([int(row["AVAL"]) for row in rows], dtype=np.int64)
    event = np.array([int(row["CNSR"]) == EVENT for row in rows], dtype=np.bool_)
    patients = np.array([row["USUBJID"] for row in rows], dtype=object)
    cluster = patients if endpoint.unit is Unit.LESION else None
    return kaplan_meier(days, event, cluster=cluster, level=LEVEL)
