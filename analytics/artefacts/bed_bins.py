"""Treated lesions by the biologically effective dose (BED) that they received."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from analytics.artefacts.dose_words import bed_name, dose_notes, dose_text
from analytics.artefacts.labels import not_known
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Column, Row, Table
from analytics.artefacts.words import count, count_percent
from analytics.cohort import Cohort

KEY = "bed-bins"


def bed_bins(
    cohort: Cohort, *, edges_gy: Sequence[float] = (70, 80, 90, 100, 110, 120)
) -> Artefact:
    """Lesions in bins of BED with the protocol's α/β of tumour, by the first course of each.

    Args:
        edges_gy: ascending borders in Gy; a lesion on a border counts above it. The defaults are
            those of the published series of refractory sarcoma (protocol ``miyakojima``).

    Raises:
        ValueError: no border, or borders that do not ascend.
    """
    edges = [float(edge) for edge in edges_gy]
    if not edges or any(not low < high for low, high in pairwise(edges)):
        raise ValueError(f"edges_gy must be ascending borders, at least one, got {edges_gy!r}")
    bed = bed_name(cohort.protocol.dose.alpha_beta_tumour)
    title = _("Treated lesions by %(bed)s") % {"bed": bed}
    if cohort.lesions.empty:
        return Artefact(KEY, title, reason=_("There is no treated lesion."))
    values = cohort.lesions["lesion_bed_tumour_gy"].to_numpy(dtype=np.float64)
    if np.isnan(values).all():
        return Artefact(KEY, title, reason=_("The dose of no treated lesion is known."))
    table = Table(
        key=KEY,
        title=title,
        stub=_("%(bed)s (%(unit)s)") % {"bed": bed, "unit": str(cohort.protocol.dose.unit)},
        columns=(Column(_("Lesions, n (%)")),),
        rows=tuple(_rows(values, edges)),
        notes=(
            _("Each lesion counts, by the first course that treats it."),
            *dose_notes(cohort),
            *standard_notes(cohort),
        ),
    )
    return Artefact(KEY, title, (table,))


def _rows(values: NDArray[np.float64], edges: Sequence[float]) -> Iterator[Row]:
    known = values[~np.isnan(values)]
    bins = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    for label, lesions in zip(_labels(edges), bins, strict=True):
        yield Row(label, (count_percent(int(lesions), known.size),))
    yield Row(_("Total"), (count_percent(known.size, known.size),))
    if missing := values.size - known.size:
        yield Row(not_known(), (count(missing),))


def _labels(edges: Sequence[float]) -> list[str]:
    texts = [dose_text(edge) for edge in edges]
    return [
        f"< {texts[0]}",
        *(f"≥ {low}, < {high}" for low, high in pairwise(texts)),
        f"≥ {texts[-1]}",
    ]
