"""A synthetic cohort as files of the native import format: 32 rows a patient, in 16 tables.

Followed for two years after radiotherapy, as trials ask for it: a visit with imaging and response
every three months, some toxicities, now and then a progression or a death.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from pathlib import Path

ROWS_A_PATIENT = 32
VISITS = 5

COLUMNS = {
    "patients": "pseudonym,sex,birth_date",
    "identities": "patient,family_name,given_names,record_number",
    "enrolments": "patient,enrolled_on,consent_on,consent_version",
    "diseases": "patient,number,diagnosed_on,site,topography,laterality,morphology,grade,size_cm,"
    "depth,t_category,n_category,m_category,ajcc_edition,ajcc_stage",
    "surgeries": "patient,number,performed_on,procedure,residual_tumour,margin_mm",
    "lesions": "patient,number,site,topography,laterality,status,longest_diameter_cm,found_on",
    "courses": "patient,number,intent,technique,radiation_type,started_on,ended_on,is_completed",
    "baselines": "patient,number,course,assessed_on,ecog,kps,setting",
    "targets": "patient,course,number,label,gtv_cm3,ptv_cm3,ptv_d95_gy",
    "target_lesions": "patient,course,target,lesion",
    "phases": "patient,course,number,kind,target,dose_gy,fraction_count,fractions_per_week",
    "dose_metrics": "patient,course,number,structure,metric,value,unit",
    "assessments": "patient,number,assessed_on,kind,toxicity_assessed,ecog,kps,disease_status",
    "imaging_studies": "patient,assessment,number,modality,region,performed_on,with_contrast",
    "lesion_assessments": "patient,assessment,lesion,longest_diameter_cm,response",
    "toxicity_events": "patient,number,course,lesion,release,term,grade,onset_on,resolved_on,"
    "attribution,action,is_serious",
}

TERMS = ("Dermatitis radiation", "Fatigue", "Lymphedema", "Fibrosis deep connective tissue")

STAGE = ("T2", "N0", "M0", 8, "IIIA")

Cells = tuple[object, ...]


def write_cohort(folder: Path, rows: int, *, seed: int = 20210314) -> int:
    """One CSV file per table, with at least this many rows; returns how many they are."""
    draw = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    written = 0
    for name, columns in COLUMNS.items():
        files[name] = (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
        csv.writer(files[name]).writerow(columns.split(","))
    writers = {name: csv.writer(file) for name, file in files.items()}
    patient = 0
    while written < rows:
        patient += 1
        for table, cells in _patient(f"BENCH-{patient:06d}", patient, draw):
            writers[table].writerow(cells)
            written += 1
    for file in files.values():
        file.close()
    return written


def _patient(name: str, number: int, draw: random.Random) -> Iterator[tuple[str, Cells]]:
    start = dt.date(2016, 1, 4) + dt.timedelta(days=draw.randrange(2400))
    end = start + dt.timedelta(days=32)

    def day(offset: int) -> dt.date:
        return end + dt.timedelta(days=offset)

    size = draw.randint(30, 180) / 10
    side = draw.choice(("left", "right"))
    birth = start.year - draw.randint(25, 85)
    yield "patients", (name, draw.choice(("female", "male")), f"{birth}-{draw.randint(1, 12):02d}")
    yield "identities", (name, f"Family {number}", "Given", f"MRN {number:07d}")
    yield "enrolments", (name, day(-45), day(-46), "2.0")
    yield (
        "diseases",
        (
            name,
            1,
            day(-70),
            "thigh",
            "C49.2",
            side,
            "8890/3",
            draw.choice("23"),
            size,
            "deep",
            *STAGE,
        ),
    )
    yield "surgeries", (name, 1, day(30), "wide_excision", draw.choice(("r0", "r1")), 2.5)
    for lesion in (1, 2):
        yield (
            "lesions",
            (name, lesion, "thigh", "C49.2", side, "resectable_primary", size / lesion, day(-70)),
        )
    yield "courses", (name, 1, "preoperative", "imrt", "photon", start, end, "yes")
    yield "baselines", (name, 1, 1, day(-40), draw.choice("01"), draw.choice((80, 90)), "primary")
    yield "targets", (name, 1, 1, "PTV", draw.randint(50, 900), draw.randint(950, 2000), 48.1)
    for lesion in (1, 2):
        yield "target_lesions", (name, 1, 1, lesion)
    yield "phases", (name, 1, 1, "initial", 1, 50, 25, 5)
    for metric in (1, 2):
        structure = ("Femur_Head_L", "Bladder")[metric - 1]
        yield "dose_metrics", (name, 1, metric, structure, "Mean", draw.randint(10, 450) / 10, "Gy")
    for visit in range(1, VISITS + 1):
        seen = day(90 * visit)
        yield (
            "assessments",
            (name, visit, seen, "clinic", "yes", 1, draw.choice((70, 80, 90)), "no_evidence"),
        )
        yield "imaging_studies", (name, visit, 1, "mr", "treated_site", seen, "yes")
        diameter = round(size * (0.9**visit), 1)
        yield "lesion_assessments", (name, visit, 1, diameter, draw.choice(("pr", "sd")))
    for event in (1, 2):
        term, grade = TERMS[(number + event) % len(TERMS)], draw.choice("12")
        span = day(draw.randint(0, 80)), day(draw.randint(90, 400))
        how = "definite", "none", "no"
        yield "toxicity_events", (name, event, 1, "", "5.0", term, grade, *span, *how)
