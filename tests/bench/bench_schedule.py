"""The schedules of 100,000 patients computed and stored from nothing, and of one corrected date.

Five studies at five centres, radiotherapy over eight years; a third of the patients were seen four
times, with imaging. Prints patients per second, the processor seconds of this process, which other
work on the machine lengthens less, and the peak memory of all processes together.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import resource
import statistics
import sys
import time

from tests.bench.databases import measure_on_each
from tests.bench.table import print_table

PATIENTS = int(os.environ.get("BENCH_PATIENTS", "100000"))
REPEATS = 15
TODAY = dt.date(2026, 6, 1)
FIRST_DAY = dt.date(2018, 1, 1)
DAYS = 8 * 365
BATCH = 5_000


def measure() -> None:
    """Fill the database of BENCH_DATABASE_URL and print the table."""
    import django

    django.setup()
    from django.core.management import call_command

    from registry.scope import system_scope
    from tests.bench.grid_rows import analyze, fill_patients

    call_command("migrate", verbosity=0)
    begun = time.perf_counter()
    with system_scope():
        fill_patients(PATIENTS)
        _treat()
        analyze()
    print(f"{PATIENTS:,} patients in {time.perf_counter() - begun:.0f} s", flush=True)
    print_table(("", "figure"), [*_from_nothing(), *_again(), *_one_corrected_date()])


def _treat() -> None:
    from django.db import transaction

    from registry.models import Assessment, Course, Enrolment, ImagingStudy, Surgery
    from registry.partial_date import PartialDate

    draw = random.Random(20210314)
    rows = list(Enrolment.objects.values_list("patient_id", "study__key"))
    for first in range(0, len(rows), BATCH):
        courses, surgeries, seen = [], [], []
        for patient, study in rows[first : first + BATCH]:
            begun = FIRST_DAY + dt.timedelta(days=draw.randrange(DAYS))
            ended = begun + dt.timedelta(days=draw.randint(4, 45))
            courses.append(
                Course(
                    patient_id=patient,
                    number=1,
                    started_on=PartialDate.of(begun),
                    ended_on=PartialDate.of(ended),
                )
            )
            if study in ("cams", "preop"):
                away = -35 if study == "cams" else 80
                day = PartialDate.of(begun + dt.timedelta(days=away))
                surgeries.append(
                    Surgery(
                        patient_id=patient, number=1, performed_on=day, procedure="wide_excision"
                    )
                )
            if draw.random() < 1 / 3:
                seen += [
                    Assessment(
                        patient_id=patient,
                        number=number,
                        assessed_on=PartialDate.of(ended + dt.timedelta(days=91 * number)),
                        kind="clinic",
                        toxicity_assessed=True,
                    )
                    for number in range(1, 5)
                ]
        with transaction.atomic():
            Course._base_manager.bulk_create(courses)
            Surgery._base_manager.bulk_create(surgeries)
            visits = Assessment._base_manager.bulk_create(seen)
            ImagingStudy._base_manager.bulk_create(
                ImagingStudy(
                    assessment=visit,
                    number=1,
                    modality="mr",
                    region="treated_site",
                    performed_on=visit.assessed_on,
                )
                for visit in visits
            )


def _from_nothing() -> list[tuple[str, str]]:
    from followup.services import recompute_all

    begun, worked = time.perf_counter(), time.process_time()
    changes = recompute_all(today=TODAY)
    took, processor = time.perf_counter() - begun, time.process_time() - worked
    return [
        ("computed and stored from nothing", f"{took:.1f} s"),
        ("processor", f"{processor:.1f} s"),
        ("patients per second", f"{PATIENTS / took:,.0f}"),
        ("visits stored", f"{changes.created:,}"),
        ("peak memory", f"{_peak_mb():,.0f} MB"),
    ]


def _again() -> list[tuple[str, str]]:
    from followup.services import recompute_all

    begun, worked = time.perf_counter(), time.process_time()
    recompute_all(today=TODAY)
    return [
        ("computed again, nothing changed", f"{time.perf_counter() - begun:.1f} s"),
        ("processor", f"{time.process_time() - worked:.1f} s"),
    ]


def _one_corrected_date() -> list[tuple[str, str]]:
    from followup.services import recompute
    from registry.models import Course
    from registry.partial_date import PartialDate
    from registry.scope import system_scope

    times = []
    for number in range(REPEATS):
        with system_scope():
            course = Course.objects.order_by("pk")[1000 + number]
            day = course.ended_on.to_date() + dt.timedelta(days=1)
            Course._base_manager.filter(pk=course.pk).update(ended_on=PartialDate.of(day))
        begun = time.perf_counter()
        recompute([course.patient_id], today=TODAY)
        times.append(1000 * (time.perf_counter() - begun))
    return [
        ("one corrected date, median", f"{statistics.median(times):.1f} ms"),
        ("one corrected date, slowest", f"{max(times):.1f} ms"),
    ]


def _peak_mb() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + children) / 1024


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    else:
        raise SystemExit(measure_on_each("tests.bench.bench_schedule"))
