"""Values of treatment in an analysis that counts from the diagnosis: they come after its origin."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed
from registry.protocols.vocabulary import TimePoint

OF_TREATMENT = frozenset(
    {
        # The operation.
        "had_surgery",
        "procedure",
        "residual_tumour",
        "margin_mm",
        "operation_count",
        "surgery_to_rt_days",
        # Drugs.
        "had_chemotherapy",
        "chemotherapy_before_rt",
        "had_targeted_therapy",
        "had_immunotherapy",
        "had_interventional_therapy",
        # Radiotherapy.
        "had_radiotherapy",
        "diagnosis_to_rt_days",
        "intent",
        "technique",
        "radiation_type",
        "dose_gy",
        "fraction_count",
        "dose_per_fraction_gy",
        "bed_tumour_gy",
        "bed_normal_gy",
        "eqd2_tumour_gy",
        "eqd2_normal_gy",
        "target_count",
        "treated_lesion_count",
        "gtv_cm3",
        "ptv_cm3",
    }
)
"""Columns of patients that are known only when they are treated."""


def later_words(rows: Analysed) -> Iterator[str]:
    """A warning of immortal time, where there is any: Suissa S, Am J Epidemiol 2008;167:492-499."""
    if rows.table.endpoint.origin is not TimePoint.DIAGNOSIS:
        return
    later = [str(one.label) for one in rows.covariates.values() if one.column in OF_TREATMENT]
    if later:
        yield _(
            "Known only some time after the time origin: %(variables)s. Whoever failed or died "
            "early could not come into every group (immortal time), which flatters treatment."
        ) % {"variables": ", ".join(dict.fromkeys(later))}
