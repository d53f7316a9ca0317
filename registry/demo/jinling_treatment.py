"""Lesions and plans of the SBRT cohort: sites, sizes, doses, indices (Table 2 of the paper)."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from registry.demo.draw import deal, ramp, shuffled, spread
from registry.demo.roster import sphere_cm3
from registry.demo.rows import PatientRows

_SITES = {
    "Head and neck": ("neck", "scalp", "parotid"),
    "Lung": ("lung",),
    "Chest": ("chest_wall", "pleura", "mediastinum"),
    "Abdomen/pelvis": ("retroperitoneum", "abdomen", "pelvis", "liver", "psoas", "presacral"),
    "Vertebral body bone": ("thoracic_spine", "lumbar_spine", "cervical_spine"),
    "Limbs": ("thigh", "upper_arm"),
}
# Category of Table 2 and whether larger than 5 cm: the recurrences, and the oligometastases.
_COUNTS = {
    "recurrence": {
        ("Head and neck", False): 3, ("Chest", False): 1, ("Chest", True): 2,
        ("Abdomen/pelvis", True): 9, ("Abdomen/pelvis", False): 1, ("Limbs", True): 2,
    },
    "oligometastasis": {
        ("Head and neck", False): 3, ("Lung", False): 8, ("Lung", True): 9, ("Chest", False): 1,
        ("Chest", True): 1, ("Abdomen/pelvis", True): 8, ("Vertebral body bone", False): 9,
        ("Vertebral body bone", True): 1,
    },
}  # fmt: skip
_DOSES = {
    (30.0, 3): 8, (45.0, 3): 3, (48.0, 4): 1, (54.0, 3): 2, (60.0, 3): 1,
    (40.0, 5): 5, (45.0, 5): 11, (50.0, 5): 15,
    # The twelve "others" are chosen so that the medians and ranges come out.
    (31.5, 5): 1, (35.0, 5): 1, (30.0, 2): 1, (36.0, 3): 1, (40.0, 4): 1, (42.0, 6): 1,
    (50.0, 10): 1, (55.0, 5): 1, (60.0, 5): 1, (60.0, 6): 1, (63.0, 7): 1, (75.0, 5): 1,
}  # fmt: skip
_COUNT = 58


@dataclass(frozen=True)
class Plan:
    """Dose and plan figures of one lesion."""

    dose_gy: float
    fractions: int
    isodose: float
    conformity: float
    new_conformity: float
    homogeneity: float
    coverage: float


@dataclass(frozen=True)
class SbrtLesion:
    """A lesion with its plan."""

    category: str
    site: str
    size_cm: float


def lesions_of(setting: str, rng: Random) -> list[SbrtLesion]:
    """The lesions of a disease setting, in random order.

    The published median of 5.5 cm lies between the third and the fourth of the lesions above 5 cm.
    """
    counts = _COUNTS[setting]
    number = {
        is_large: sum(n for (_, large), n in counts.items() if large is is_large)
        for is_large in (False, True)
    }
    if setting == "recurrence":
        small = ramp(number[False], 2.0, 4.8, rng, decimals=1)
        large = [5.2, 5.5, *ramp(number[True] - 2, 5.8, 20.0, rng, decimals=1, bend=2)]
    else:
        small = ramp(number[False], 1.6, 4.9, rng, decimals=1)
        large = [5.3, 5.5, *ramp(number[True] - 2, 5.6, 15.0, rng, decimals=1, bend=2)]
    sizes = {False: iter(shuffled(small, rng)), True: iter(shuffled(large, rng))}
    return [
        SbrtLesion(category, rng.choice(_SITES[category]), next(sizes[is_large]))
        for category, is_large in deal(counts, rng)
    ]


def plans(rng: Random) -> list[Plan]:
    """The 58 plans in random order. A lower isodose means a hotter middle; both indices agree."""
    doses = deal(_DOSES, rng)
    isodose = spread(_COUNT, 55, 75, 88, rng)
    homogeneity = spread(_COUNT, 1.10, 1.33, 2.00, rng, decimals=2)
    conformity = spread(_COUNT, 1.00, 1.13, 2.77, rng, decimals=2)
    new_conformity = spread(_COUNT, 1.13, 1.42, 2.93, rng, decimals=2)
    coverage = shuffled(spread(_COUNT, 47.81, 86.12, 99.75, rng, decimals=2), rng)
    hot, tight = shuffled(range(_COUNT), rng), shuffled(range(_COUNT), rng)
    return [
        Plan(
            *doses[i],
            isodose=isodose[_COUNT - 1 - hot[i]],
            conformity=conformity[tight[i]],
            new_conformity=new_conformity[tight[i]],
            homogeneity=homogeneity[hot[i]],
            coverage=coverage[i],
        )
        for i in range(_COUNT)
    ]


def write_course(rows: PatientRows, treated: list[tuple[SbrtLesion, Plan]], rng: Random) -> int:
    """The course with a target and a phase for each lesion; returns the day of the last fraction.

    Fractions are given on consecutive days: "over a period of 2 to 10 days".
    """
    last_day = max(plan.fractions for _, plan in treated) - 1
    moves = any(lesion.category in ("Lung", "Abdomen/pelvis") for lesion, _ in treated)
    rows.add(
        "courses",
        intent="definitive",
        technique="cyberknife",
        radiation_type="photon",
        started_on=rows.on(0),
        ended_on=rows.on(last_day),
        is_completed=True,
        machine="CyberKnife (synthetic)",
        energy="6 MV",
        dose_algorithm="ray_tracing",
        ct_slice_mm=1.0,
        simulation_4d=moves,
        image_guidance="fiducials" if moves else "spine or skull tracking",
        motion_management="tracking" if moves else "none",
    )
    for number, (lesion, plan) in enumerate(treated, start=1):
        margin = rng.randint(2, 7)
        rows.add(
            "targets",
            course=1,
            label=f"PTV{number}_{round(100 * plan.dose_gy)}",
            gtv_cm3=sphere_cm3(lesion.size_cm),
            ptv_cm3=sphere_cm3(lesion.size_cm + margin / 5),
            ptv_margin_mm=margin,
            prescription_isodose_percent=plan.isodose,
            ptv_coverage_percent=plan.coverage,
            conformity_index=plan.conformity,
            new_conformity_index=plan.new_conformity,
            homogeneity_index=plan.homogeneity,
        )
        rows.add("target_lesions", course=1, target=number, lesion=number)
        rows.add(
            "phases",
            course=1,
            kind="initial",
            target=number,
            dose_gy=plan.dose_gy,
            fraction_count=plan.fractions,
        )
    return last_day
