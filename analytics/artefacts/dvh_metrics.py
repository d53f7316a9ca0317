"""Dose-volume figures in physical dose and in EQD2.

A figure of dose (Max, Mean, D1cc, D95%) is converted by Withers' formula with the fractions of its
course, as every voxel of a dose distribution is (Withers HR, Thames HD, Peters LJ, Radiother Oncol
1983;1:187-191; see :mod:`registry.dose`):

    EQD2 = D (D / n + α/β) / (2 + α/β)          D total dose in Gy, n fractions

    D    = n / 2 (√((α/β)² + 4 EQD2 (2 + α/β) / n) - α/β)          solved for D

A volume V_x (share or cm³ that receives at least x Gy) stays as it is, since EQD2 grows with D:
the voxels above x Gy are those above EQD2(x). Its x is converted.

The formula treats the dose of a voxel as given in n equal fractions. For the mean it is an
approximation: EQD2 of the mean dose is at most the mean EQD2 of the voxels, since the formula
is convex in D.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from registry.dose import eqd2

_VOLUME_AT_DOSE = re.compile(r"V\s*(\d+(?:\.\d+)?)\s*(Gy|%|)", re.IGNORECASE)


@dataclass(frozen=True)
class BothDoses:
    """A dose-volume figure in physical dose and in EQD2.

    Attributes:
        metric, eqd2_metric: its name, "V30Gy" and "V26.5Gy" of a volume, else twice the same.
        physical, eqd2: the figure; a volume is the same in both. None where it cannot be said.
        unit: of both figures.
    """

    metric: str
    eqd2_metric: str
    physical: float | None
    eqd2: float | None
    unit: str


def both_doses(
    metric: str,
    value: float,
    unit: str,
    *,
    fraction_count: float,
    alpha_beta_gy: float,
    is_eqd2: bool = False,
    prescribed_gy: float = math.nan,
) -> BothDoses:
    """A figure in both languages.

    Args:
        metric: name as in TG-263.
        value, unit: the figure on file; "%" of a dose is of the prescribed dose.
        fraction_count: fractions of the course, NaN where not known.
        alpha_beta_gy: α/β of the structure, or of the correction on file, in Gy.
        is_eqd2: the figure on file is one of EQD2.
        prescribed_gy: dose of the course, NaN where not known.
    """
    volume = _VOLUME_AT_DOSE.fullmatch(metric.strip())
    if volume:
        given = float(volume[1])
        if volume[2] != "Gy":
            # Of the prescribed dose; a bare "V20" does not say of what.
            given = given / 100 * prescribed_gy if volume[2] == "%" else math.nan
        other = _other(given, fraction_count, alpha_beta_gy, is_eqd2)
        names = [_volume_name(given) or metric, _volume_name(other)]
        physical_name, eqd2_name = reversed(names) if is_eqd2 else names
        return BothDoses(
            physical_name,
            eqd2_name,
            value if physical_name else None,
            value if eqd2_name else None,
            unit,
        )
    if unit == "%" and not math.isnan(prescribed_gy):
        value, unit = value / 100 * prescribed_gy, "Gy"
    if unit not in ("Gy", "Gy(RBE)"):
        return BothDoses(metric, metric, None if is_eqd2 else value, None, unit)
    other = _other(value, fraction_count, alpha_beta_gy, is_eqd2)
    doses = (other, value) if is_eqd2 else (value, other)
    physical, equieffective = (None if math.isnan(dose) else dose for dose in doses)
    return BothDoses(metric, metric, physical, equieffective, unit)


def physical_dose(eqd2_gy: float, fraction_count: float, alpha_beta_gy: float) -> float:
    """Dose in Gy of which the EQD2 is ``eqd2_gy``, given in that many fractions."""
    root = math.sqrt(alpha_beta_gy**2 + 4 * eqd2_gy * (2 + alpha_beta_gy) / fraction_count)
    return fraction_count / 2 * (root - alpha_beta_gy)


def _other(dose_gy: float, fraction_count: float, alpha_beta_gy: float, is_eqd2: bool) -> float:
    """The dose in the other language; NaN without the number of fractions."""
    if math.isnan(fraction_count) or math.isnan(dose_gy):
        return math.nan
    if dose_gy <= 0:
        return dose_gy
    if is_eqd2:
        return physical_dose(dose_gy, fraction_count, alpha_beta_gy)
    return float(eqd2(dose_gy, round(fraction_count), alpha_beta_gy))


def _volume_name(dose_gy: float) -> str:
    return "" if math.isnan(dose_gy) else f"V{round(dose_gy, 1):g}Gy"
