"""What must be said of values that come after the time origin: states, and treatment."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed
from analytics.later.states import STATES
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
    """What the states among the covariates are and how they count, and a warning of immortal time.

    The warning: Suissa S, Am J Epidemiol 2008;167:492-499.
    """
    yield from _state_words(rows)
    if rows.table.endpoint.origin is not TimePoint.DIAGNOSIS:
        return
    later = [str(one.label) for one in rows.covariates.values() if one.column in OF_TREATMENT]
    if later:
        yield _(
            "Known only some time after the time origin: %(variables)s. Whoever failed or died "
            "early could not come into every group (immortal time), which flatters treatment. "
            "Radiotherapy, drugs and surgery can be asked for as later states."
        ) % {"variables": ", ".join(dict.fromkeys(later))}


def _state_words(rows: Analysed) -> Iterator[str]:
    in_time = rows.pieces.states if rows.pieces is not None else {}
    if in_time:
        yield _(
            "Time-dependent: the hazard ratio compares, on each day, those in the state with those "
            "not (yet) in it. A state counts from the day after it began. Whoever came into it is "
            "counted in both lines, the event in the line in which it happened."
        )
    for code, one in rows.covariates.items():
        if one.is_later:
            definition = _("%(label)s: %(definition)s")
            yield definition % {"label": one.label, "definition": STATES[code].definition}
