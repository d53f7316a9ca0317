"""The person-time of studies, for Clark's index of the completeness of follow-up.

Rows come as plain values and days as whole numbers: of 100,000 patients nothing else is kept.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Max, QuerySet

from followup.person_time import PersonTime, days_seen
from followup.selectors.follow_up.analysis_day import analysis_day, day_text, ordinal
from followup.selectors.follow_up.origins import Origins
from followup.selectors.follow_up.reach import Key, Reach
from registry.models import (
    Assessment,
    ClinicalRow,
    Death,
    Enrolment,
    ImagingStudy,
    LossToFollowUp,
    Study,
)
from registry.models.choices import WithdrawalScope
from registry.partial_date import PartialDate

_CHUNK = 10_000


def person_times(reach: Reach, cut: dt.date) -> dict[Key, PersonTime]:
    """The person-time up to the data cut at each centre of each study, in a fixed number of
    queries.

    What is dated after the cut does not count, and neither does what is dated after a patient's
    withdrawal from all further collection. Of a study that is closed, time ends with its close: who
    is known to have lived after it was seen to the end. Contacts are those of
    :func:`registry.derive.last_known_alive`: visits, imaging, and the last day alive of a loss.
    """
    origins = Origins.read(reach)
    contacts, deaths = _last_contacts(reach, cut), _deaths(reach)
    ends = {study.pk: _end(study, cut) for study in reach.studies}
    sums: dict[Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for study, centre, patient, version, enrolled, scope, withdrawn in _enrolments(reach):
        known_to = cut.toordinal()
        if scope == WithdrawalScope.ALL and withdrawn:
            known_to = min(known_to, _earliest(withdrawn))
        end = ends[study]
        # Who withdrew was there to say so: a contact after that day tells as much.
        contact = min(contacts.get(patient, 0), known_to)
        died = deaths.get(patient)
        is_dead = patient in deaths and (died is None or died <= min(known_to, end))
        if died is not None and end < died <= known_to:
            contact = max(contact, died)
        days = days_seen(
            origin=origins.of(patient, version, enrolled),
            last_contact=contact or None,
            died=died if is_dead else None,
            is_dead=is_dead,
            cut=end,
        )
        counted = sums[study, centre]
        if days is None:
            counted[1] += 1
            continue
        counted[0] += 1
        counted[2] += days[0]
        counted[3] += days[1]
    return {key: PersonTime(*counted) for key, counted in sums.items()}


def _end(study: Study, cut: dt.date) -> int:
    """The last day that patients of the study can be seen on."""
    closed = study.follow_up_ends_on
    return (cut if closed is None else min(cut, closed)).toordinal()


def _enrolments(reach: Reach) -> Iterator[tuple[Any, ...]]:
    rows = Enrolment.objects.filter(reach.of_enrolments()).order_by()
    return rows.values_list(
        "study_id",
        "patient__centre_id",
        "patient_id",
        "protocol_version_id",
        day_text("enrolled_on"),
        "withdrawal_scope",
        day_text("withdrawn_on"),
    ).iterator(chunk_size=_CHUNK)


def _last_contacts(reach: Reach, cut: dt.date) -> dict[int, int]:
    """Patient → the last day of a contact up to the cut."""
    found: dict[int, int] = {}
    of_visit = {"assessment__voided_at__isnull": True}
    for model, column, more in (
        (Assessment, "assessed_on", {}),
        (ImagingStudy, "performed_on", of_visit),
        (LossToFollowUp, "last_known_alive_on", {}),
    ):
        for patient, day in _latest(model, column, more, reach, cut):
            found[patient] = max(found.get(patient, 0), ordinal(day))
    return found


def _latest(
    model: type[ClinicalRow], column: str, more: dict[str, Any], reach: Reach, cut: dt.date
) -> Iterator[tuple[int, str]]:
    """Each patient with the last of the days in a column, in one query."""
    path = model.patient_path
    rows = (
        model.objects.live()
        .filter(**{f"{path}__in": reach.patients(), f"{column}__isnull": False}, **more)
        .annotate(day=analysis_day(column))
        .filter(day__lte=cut.isoformat())
    )
    by_patient = rows.order_by().values_list(f"{path}_id")
    latest: QuerySet[Any, tuple[int, str]] = by_patient.annotate(last=Max("day"))
    return latest.iterator(chunk_size=_CHUNK)


def _deaths(reach: Reach) -> dict[int, int | None]:
    """Patient → the day of death; None where it has no date."""
    rows = Death.objects.live().filter(patient__in=reach.patients()).order_by()
    days = rows.values_list("patient_id", analysis_day("died_on")).iterator(chunk_size=_CHUNK)
    return {patient: None if day is None else ordinal(day) for patient, day in days}


def _earliest(day: str) -> int:
    """In doubt for the patient: the first day that a partial date may stand for."""
    return PartialDate.parse(day).earliest.toordinal()
