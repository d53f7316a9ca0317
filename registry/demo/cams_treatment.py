"""Post-operative IMRT: 50 Gy in 25 fractions, boost, and doses of the organs at risk."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from registry.demo.roster import last_fraction_day, sphere_cm3
from registry.demo.rows import PatientRows

_WAIT_DAYS = (28, 42)
_FIRST_GY, _FIRST_FRACTIONS = 50, 25
_FRACTION_GY = 2

# Structure, metric, unit, range of values, and the published limit above it.
_TRUNK_WALL = (
    ("Lungs", "V20Gy", "%", 2.0, 14.5, 15),
    ("Heart", "V30Gy", "%", 0.0, 22.0, 30),
    ("SpinalCord", "Max", "Gy", 8.0, 39.0, 40),
    ("Liver", "V40Gy", "%", 0.0, 24.0, 30),
    ("Kidneys", "V20Gy", "%", 0.0, 21.0, 30),
    ("Bowel_Small", "V50Gy", "%", 0.0, 8.5, 10),
)
_EXTREMITY = (
    ("Bone", "V40Gy", "%", 12.0, 58.0, 60),
    # The hot spot: 107 % of 50 Gy, written in Gy for a percentage ends at 100 in the registry.
    ("Bone", "Max", "Gy", 49.0, 53.2, 53.5),
)
_EXCEEDED_IN = 0.03
_EXCESS = 1.04


@dataclass(frozen=True)
class Treatment:
    """Days of the first and last fraction from surgery, and the boost."""

    first_day: int
    last_day: int
    boost_gy: int

    @property
    def boost_fractions(self) -> int:
        """Fractions of the boost; not published, 2 Gy each."""
        return self.boost_gy // _FRACTION_GY


def treatment(surgery_weekday: int, boost_gy: int, rng: Random) -> Treatment:
    """Radiotherapy from a Monday four to six weeks after surgery."""
    first, last = _WAIT_DAYS
    mondays = [day for day in range(first, last + 1) if (surgery_weekday + day) % 7 == 0]
    start = rng.choice(mondays)
    fractions = _FIRST_FRACTIONS + boost_gy // _FRACTION_GY
    return Treatment(start, start + last_fraction_day(fractions), boost_gy)


def write_treatment(
    rows: PatientRows, plan: Treatment, size_cm: float, *, is_extremity: bool, rng: Random
) -> None:
    """Course, targets of both phases, doses of organs at risk; a few of these exceed the limit."""
    rows.add(
        "courses",
        intent="postoperative",
        technique="imrt",
        radiation_type="photon",
        started_on=rows.on(plan.first_day),
        ended_on=rows.on(plan.last_day),
        is_completed=True,
        machine="Linear accelerator (synthetic)",
        energy="6 MV",
        planning_system="Pinnacle 3.0",
        dose_algorithm="convolution_superposition",
        ct_slice_mm=5.0,
        immobilisation="board-fixed shoe" if is_extremity else "vacuum cushion",
    )
    bed = size_cm + 2
    volumes = (("PTV_Low", sphere_cm3(bed + 3)), ("PTV_High", sphere_cm3(bed)))
    for number, (label, volume) in enumerate(volumes, start=1):
        rows.add(
            "targets",
            course=1,
            label=label,
            ptv_cm3=volume,
            ptv_margin_mm=rng.choice((5, 7, 10)),
            ptv_coverage_percent=round(rng.uniform(95.0, 99.5), 1),
        )
        rows.add("target_lesions", course=1, target=number, lesion=1)
    rows.add(
        "phases",
        course=1,
        kind="initial",
        dose_gy=_FIRST_GY,
        fraction_count=_FIRST_FRACTIONS,
        fractions_per_week=5,
    )
    rows.add(
        "phases",
        course=1,
        kind="boost",
        target=2,
        dose_gy=plan.boost_gy,
        fraction_count=plan.boost_fractions,
        fractions_per_week=5,
    )
    for structure, metric, unit, low, high, limit in _EXTREMITY if is_extremity else _TRUNK_WALL:
        value = round(rng.uniform(low, high), 1)
        if rng.random() < _EXCEEDED_IN:
            value = round(limit * _EXCESS, 1)
        rows.add(
            "dose_metrics", course=1, structure=structure, metric=metric, value=value, unit=unit
        )
