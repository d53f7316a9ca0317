"""Biologically effective and equieffective dose by the linear-quadratic (LQ) model.

Sources
    BED   = D (1 + d / (α/β))
        Barendsen GW, Int J Radiat Oncol Biol Phys 1982;8:1981-1997 ("extrapolated response dose");
        Fowler JF, Br J Radiol 1989;62:679-694 ("biologically effective dose").
    EQD2  = D (d + α/β) / (2 Gy + α/β)
        Withers HR, Thames HD, Peters LJ, Radiother Oncol 1983;1:187-191;
        notation as in Bentzen SM et al. (ICRU), Radiother Oncol 2012;105:266-268.

with D the total dose, n the number of fractions, d = D / n the dose per fraction; doses in gray.

Every function takes single numbers or numpy arrays (broadcast together) and answers in kind.
Neither overall treatment time nor incomplete repair between fractions is part of these formulas;
far above some 10 Gy per fraction the LQ model itself is disputed.

Gy(RBE): for protons and carbon ions the same arithmetic is applied to the RBE-weighted dose. The
weighting already contains the biological effect as predicted by the planning system's RBE model
(for example LEM I), which itself depends on the dose per fraction. Such figures may be compared
within one RBE model; they are not interchangeable with photon doses or between models
(ICRU Report 93, 2016).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Dose = TypeVar("Dose", float, FloatArray)

TUMOUR_ALPHA_BETA_GY = 10.0
"""α/β of tumour, Gy: the default where neither protocol nor structure states another."""

NORMAL_TISSUE_ALPHA_BETA_GY = 3.0
"""α/β of late-responding normal tissue, Gy: the default where nothing else is stated."""

REFERENCE_FRACTION_GY = 2.0
"""Dose per fraction that EQD2 refers to, Gy."""


@dataclass(frozen=True)
class PhaseDose:
    """Dose of one phase (initial, boost, ...) of a course.

    Attributes:
        dose_gy: total dose of the phase in Gy, or in Gy(RBE); greater than 0.
        fraction_count: number of equal fractions; a whole number, at least 1.

    Raises:
        ValueError: a value outside these limits.
    """

    dose_gy: float | Decimal
    fraction_count: int

    def __post_init__(self) -> None:
        _positive("dose_gy", self.dose_gy)
        _fractions("fraction_count", self.fraction_count)


def dose_per_fraction(total_dose_gy: Dose, fraction_count: int | NDArray[Any]) -> Dose:
    """Dose per fraction in Gy of a total dose in Gy given in equal fractions.

    Raises:
        ValueError: dose not greater than 0, or fraction count not a whole number of at least 1.
    """
    total = _positive("total_dose_gy", total_dose_gy)
    count = _fractions("fraction_count", fraction_count)
    return cast(Dose, _answer(total / count))


def bed(
    total_dose_gy: Dose,
    fraction_count: int | NDArray[Any],
    alpha_beta_gy: float | FloatArray,
) -> Dose:
    """Biologically effective dose in Gy: D (1 + d / (α/β)).  Barendsen 1982, Fowler 1989.

    52 Gy in 10 fractions with α/β = 10 Gy is 79.04 Gy.

    Args:
        total_dose_gy: total dose, Gy or Gy(RBE).
        fraction_count: number of equal fractions.
        alpha_beta_gy: α/β of the tissue, Gy.

    Raises:
        ValueError: dose or α/β not greater than 0, or fraction count not a whole number >= 1.
    """
    total = _positive("total_dose_gy", total_dose_gy)
    count = _fractions("fraction_count", fraction_count)
    alpha_beta = _positive("alpha_beta_gy", alpha_beta_gy)
    return cast(Dose, _answer(total * (1.0 + total / count / alpha_beta)))


def eqd2(
    total_dose_gy: Dose,
    fraction_count: int | NDArray[Any],
    alpha_beta_gy: float | FloatArray,
) -> Dose:
    """Equieffective dose in 2-Gy fractions, in Gy: D (d + α/β) / (2 + α/β).  Withers 1983.

    Arguments and errors as for `bed`.
    """
    total = _positive("total_dose_gy", total_dose_gy)
    count = _fractions("fraction_count", fraction_count)
    alpha_beta = _positive("alpha_beta_gy", alpha_beta_gy)
    weighted = total * (total / count + alpha_beta)
    return cast(Dose, _answer(weighted / (REFERENCE_FRACTION_GY + alpha_beta)))


def eqd2_from_bed(bed_gy: Dose, alpha_beta_gy: float | FloatArray) -> Dose:
    """EQD2 in Gy from a BED in Gy of the same α/β: BED / (1 + 2 / (α/β)).

    Raises:
        ValueError: BED or α/β not greater than 0.
    """
    effective = _positive("bed_gy", bed_gy)
    alpha_beta = _positive("alpha_beta_gy", alpha_beta_gy)
    return cast(Dose, _answer(effective / (1.0 + REFERENCE_FRACTION_GY / alpha_beta)))


def course_bed(phases: Iterable[PhaseDose], alpha_beta_gy: float) -> float:
    """BED in Gy of a course: the sum over its phases.

    Holds for a point that receives every phase, such as the boost volume, with full repair between
    fractions.

    Raises:
        ValueError: no phase, or α/β not greater than 0.
    """
    return sum(bed(float(p.dose_gy), p.fraction_count, alpha_beta_gy) for p in _phases(phases))


def course_eqd2(phases: Iterable[PhaseDose], alpha_beta_gy: float) -> float:
    """EQD2 in Gy of a course: the sum over its phases, under the conditions of `course_bed`.

    Raises:
        ValueError: no phase, or α/β not greater than 0.
    """
    return sum(eqd2(float(p.dose_gy), p.fraction_count, alpha_beta_gy) for p in _phases(phases))


def rbe_weighted_dose(physical_dose_gy: Dose, rbe: float | FloatArray) -> Dose:
    """RBE-weighted dose in Gy(RBE): physical (absorbed) dose in Gy times the RBE.  ICRU 93.

    Right for a constant RBE (protons: 1.1, ICRU Report 78). Carbon-ion RBE varies within the
    field: there the weighted dose is what the planning system's RBE model states, not this product.

    Raises:
        ValueError: dose or RBE not greater than 0.
    """
    physical = _positive("physical_dose_gy", physical_dose_gy)
    return cast(Dose, _answer(physical * _positive("rbe", rbe)))


def _answer(values: FloatArray) -> float | FloatArray:
    return float(values) if np.ndim(values) == 0 else values


def _phases(phases: Iterable[PhaseDose]) -> list[PhaseDose]:
    given = list(phases)
    if not given:
        raise ValueError("phases: a course needs at least one phase")
    return given


def _numbers(name: str, value: Any) -> FloatArray:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a number, got {value!r}") from error


def _positive(name: str, value: Any) -> FloatArray:
    numbers = _numbers(name, value)
    wrong = ~(np.isfinite(numbers) & (numbers > 0))
    if wrong.any():
        raise ValueError(
            f"{name} must be greater than 0 and finite, got {numbers[wrong].flat[0]:g}"
        )
    return numbers


def _fractions(name: str, value: Any) -> FloatArray:
    numbers = _numbers(name, value)
    wrong = ~(np.isfinite(numbers) & (numbers >= 1) & (numbers == np.floor(numbers)))
    if wrong.any():
        raise ValueError(
            f"{name} must be a whole number of at least 1, got {numbers[wrong].flat[0]:g}"
        )
    return numbers
