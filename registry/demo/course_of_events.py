"""Writes what happened to a patient after treatment: visits, findings, death, loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from registry.demo.lives import Life
from registry.demo.placing import LOST_AFTER_DAYS
from registry.demo.rows import PatientRows
from registry.demo.visits import Visit
from registry.protocols.vocabulary import Item

DISTANT_SITES = ("lung", "lung", "liver", "lung", "bone", "lung", "peritoneum", "lung")


@dataclass(frozen=True)
class Tumour:
    """A lesion to measure: its number and site, its diameter at the start (None: nothing to
    measure), and the days on which its treatment began and on which it failed."""

    number: int
    site: str
    diameter_cm: float | None
    start: int
    failed: int | None


@dataclass(frozen=True)
class Look:
    """How a study looks at its patients."""

    local_modality: str
    systemic_region: str
    disease_free: bool = False
    """True where no tumour is left after treatment."""


def write_events(
    rows: PatientRows,
    life: Life,
    visits: Sequence[Visit],
    tumours: Sequence[Tumour],
    look: Look,
    rng: Random,
    *,
    cause: str = "",
    is_lost: bool = False,
) -> None:
    """Assessments with imaging and measurements, progressions, death, loss to follow-up."""
    sizes = [_course_of_size(tumour, visits, rng) for tumour in tumours]
    first = life.first_progression
    for visit in visits:
        progressed = first is not None and visit.day >= first
        status = "with_disease" if progressed or not look.disease_free else "no_evidence"
        number = rows.add(
            "assessments",
            assessed_on=rows.on(visit.day),
            kind="phone" if visit.is_call else "clinic",
            toxicity_assessed=Item.TOXICITY in visit.items,
            ecog=None if visit.is_call else min(3, rng.choice((0, 0, 1, 1, 1)) + progressed),
            disease_status="" if visit.is_call else status,
        )
        _write_imaging(rows, number, visit, look)
        for tumour, size in zip(tumours, sizes, strict=True):
            if visit.day in size:
                diameter, response = size[visit.day]
                rows.add(
                    "lesion_assessments",
                    assessment=number,
                    lesion=tumour.number,
                    longest_diameter_cm=diameter,
                    response=response,
                )
    _write_progressions(rows, life, tumours, rng)
    if life.died:
        rows.add("deaths", died_on=rows.on(life.end), cause=cause or _cause(first))
    if is_lost:
        rows.add(
            "losses",
            last_known_alive_on=rows.on(life.seen),
            declared_on=rows.on(life.seen + LOST_AFTER_DAYS),
            reason=rng.choice(("moved", "no_contact", "no_contact", "care_elsewhere")),
            attempts="Telephone, letter and inquiry at the referring hospital (synthetic).",
        )


def _cause(first_progression: int | None) -> str:
    return "unknown" if first_progression is None else "disease"


def _write_imaging(rows: PatientRows, assessment: int, visit: Visit, look: Look) -> None:
    if Item.LOCAL_IMAGING in visit.items:
        rows.add(
            "imaging_studies",
            assessment=assessment,
            modality=look.local_modality,
            region="treated_site",
            with_contrast=True,
        )
    if Item.SYSTEMIC_IMAGING in visit.items:
        rows.add(
            "imaging_studies",
            assessment=assessment,
            modality="ct",
            region=look.systemic_region,
            with_contrast=look.systemic_region == "chest_abdomen",
        )


def _write_progressions(
    rows: PatientRows, life: Life, tumours: Sequence[Tumour], rng: Random
) -> None:
    found: list[tuple[int, Tumour | None]] = [
        (tumour.failed, tumour) for tumour in tumours if tumour.failed is not None
    ]
    if life.distant is not None:
        found.append((life.distant, None))
    for day, tumour in sorted(found, key=lambda event: event[0]):
        if tumour is not None:
            rows.add(
                "progressions",
                occurred_on=rows.on(day),
                kind="local",
                lesion=tumour.number,
                field_relation="in_field",
                site=tumour.site,
                is_new_lesion=False,
                basis="imaging",
            )
        else:
            rows.add(
                "progressions",
                occurred_on=rows.on(day),
                kind="distant",
                field_relation="out_of_field",
                site=rng.choice(DISTANT_SITES),
                is_new_lesion=True,
                basis="imaging",
            )


def _course_of_size(
    tumour: Tumour, visits: Sequence[Visit], rng: Random
) -> dict[int, tuple[float, str]]:
    """Diameter and RECIST 1.1 response of a lesion at each visit with local imaging.

    A lesion under control shrinks a little or stays; from its failure on it is at least 20 % and
    5 mm larger than it was at its smallest.
    """
    looked = [visit.day for visit in visits if Item.LOCAL_IMAGING in visit.items]
    if tumour.diameter_cm is None:
        # Nothing to measure until the tumour is back.
        failed = tumour.failed
        return {} if failed is None else {failed: (round(rng.uniform(1.2, 4.5), 1), "pd")}
    first = tumour.diameter_cm
    floor = first * rng.choice((0.35, 0.6, 0.75, 0.85, 0.9, 1.0))
    size, smallest = first, first
    found: dict[int, tuple[float, str]] = {}
    for day in looked:
        if day <= tumour.start:
            continue
        if tumour.failed is not None and day >= tumour.failed:
            grown = max(smallest * rng.uniform(1.22, 1.45), smallest + 0.5)
            size = max(size, round(grown + 0.05, 1))
        else:
            size = round(max(floor, size * rng.uniform(0.86, 0.99)), 1)
        found[day] = (size, response_of(size, first, smallest))
        smallest = min(smallest, size)
    return found


def response_of(size_cm: float, first_cm: float, smallest_cm: float) -> str:
    """RECIST 1.1 response of one lesion: against the smallest size for growth, the first for
    shrinkage (20 % and 5 mm; 30 %)."""
    if size_cm == 0:
        return "cr"
    if size_cm >= 1.2 * smallest_cm - 1e-9 and size_cm - smallest_cm >= 0.5 - 1e-9:
        return "pd"
    return "pr" if size_cm <= 0.7 * first_cm + 1e-9 else "sd"
