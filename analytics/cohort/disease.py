"""The sarcoma that a patient was treated for, and the intervals to its treatment and relapse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analytics.cohort.anchors import Anchors
from analytics.cohort.frames import Values, days_between, yes_no
from analytics.cohort.plans import PatientPlans
from analytics.extract.days import Day
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from registry.models import Disease
from registry.models.choices import LesionStatus
from registry.terminology.codes import group_of

_COLUMNS = (
    "site",
    "morphology",
    "histology",
    "grade",
    "size_cm",
    "depth",
    "t_category",
    "n_category",
    "m_category",
    "ajcc_edition",
    "ajcc_stage",
    "metastatic_at_diagnosis",
    "multifocal",
)

_RELAPSED = (
    LesionStatus.LOCAL_RELAPSE,
    LesionStatus.REGIONAL_NODE,
    LesionStatus.DISTANT_METASTASIS,
)


def disease_values(
    rows: StudyRows, anchors: Mapping[str, Anchors], plans: Mapping[str, PatientPlans]
) -> dict[str, Values]:
    """Values by pseudonym, in one query.

    Of several diseases the one with the lowest number counts that was not diagnosed after the
    patient came under observation.
    """
    chosen: dict[str, tuple[int, Values]] = {}
    for facts, (number, diagnosed, *values) in rows.of(
        Disease, "number", DateText("diagnosed_on"), *_COLUMNS
    ):
        day = known_day_of(facts, diagnosed)
        is_late = diagnosed is not None and (day is None or anchors[facts.pseudonym].is_later(day))
        if is_late or number > chosen.get(facts.pseudonym, (number,))[0]:
            continue
        chosen[facts.pseudonym] = number, dict(zip(_COLUMNS, values, strict=True))
    return {
        pseudonym: {
            **(_disease(chosen[pseudonym][1]) if pseudonym in chosen else {}),
            "diagnosis_to_rt_days": days_between(one.facts.diagnosed, one.rt_start),
            "diagnosis_to_relapse_days": _to_relapse(one, plans[pseudonym]),
        }
        for pseudonym, one in anchors.items()
    }


def _disease(values: Values) -> Values:
    edition = values["ajcc_edition"]
    return values | {
        "site_region": group_of("region_site", values["site"]),
        "histology_group": group_of("icdo3_morphology", values["morphology"]),
        "ajcc_edition": "" if edition is None else str(edition),
        "metastatic_at_diagnosis": yes_no(values["metastatic_at_diagnosis"]),
        "multifocal": yes_no(values["multifocal"]),
    }


def _to_relapse(anchors: Anchors, plans: PatientPlans) -> int | None:
    """Days from diagnosis to the first relapse up to the first day of radiotherapy."""
    diagnosed, start = anchors.facts.diagnosed, anchors.rt_start
    if diagnosed is None or start is None:
        return None
    days = [
        day
        for day in _relapses(anchors, plans)
        if day is not None and diagnosed.day <= day.day <= start.day
    ]
    return days_between(diagnosed, min(days, key=lambda day: day.day, default=None))


def _relapses(anchors: Anchors, plans: PatientPlans) -> Iterator[Day | None]:
    """Recorded progressions, recurrences of lesions, and relapsed or metastatic lesions found."""
    facts = anchors.facts
    yield from (progression.day for progression in facts.progressions)
    for lesion in plans.lesions.values():
        yield known_day_of(facts, lesion.recurred)
        if lesion.values["status"] in _RELAPSED:
            yield known_day_of(facts, lesion.found)
