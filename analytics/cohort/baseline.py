"""State of the patient at the time origin: sex, age, performance, comorbidity, setting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from analytics.cohort.anchors import Anchors
from analytics.cohort.frames import Values
from analytics.extract.origins import at_first_course
from analytics.extract.rows import StudyRows, known_day_of
from analytics.extract.tables import DateText
from registry.charlson import age_points, charlson_index
from registry.derive import age_years
from registry.models import Baseline, Patient
from registry.partial_date import PartialDate

_COLUMNS = ("ecog", "kps", "setting", "concurrent_lesion_count", "viable_sites")


class _Baseline(NamedTuple):
    number: int
    course_id: int | None
    values: Values
    cci: int | None
    cci_age_adjusted: int | None
    comorbidities: str


def baseline_values(rows: StudyRows, anchors: Mapping[str, Anchors]) -> dict[str, Values]:
    """Values by pseudonym, in two queries.

    Of each value the first that is on file counts, from the baseline of the first course to those
    without a course. Those of other courses do not count, nor does one without a course that was
    assessed after the patient came under observation.
    """
    values: dict[str, Values] = {}
    for facts, (sex, birth) in rows.of(Patient, "sex", DateText("birth_date")):
        values[facts.pseudonym] = {"sex": sex, "age": _age(birth, anchors[facts.pseudonym])}
    for pseudonym, baselines in _baselines(rows, anchors).items():
        values[pseudonym] |= _state(baselines, anchors[pseudonym], values[pseudonym]["age"])
    return values


def _baselines(rows: StudyRows, anchors: Mapping[str, Anchors]) -> dict[str, list[_Baseline]]:
    found: dict[str, list[_Baseline]] = defaultdict(list)
    for facts, (number, course_id, assessed, cci, adjusted, conditions, *values) in rows.of(
        Baseline,
        "number",
        "course_id",
        DateText("assessed_on"),
        "cci",
        "cci_age_adjusted",
        "comorbidities",
        *_COLUMNS,
    ):
        is_late = assessed is not None and (
            (day := known_day_of(facts, assessed)) is None or anchors[facts.pseudonym].is_later(day)
        )
        if course_id is not None or not is_late:
            named = dict(zip(_COLUMNS, values, strict=True))
            row = _Baseline(number, course_id, named, cci, adjusted, conditions)
            found[facts.pseudonym].append(row)
    return found


def _state(baselines: list[_Baseline], anchors: Anchors, age: int | None) -> Values:
    course = anchors.course
    own = at_first_course(baselines, course.id if course else None)
    state = {name: _first(row.values[name] for row in own) for name in _COLUMNS}
    cci = _first(_index(row) for row in own)
    adjusted = _first(row.cci_age_adjusted for row in own)
    points = age_points(age)
    if adjusted is None and cci is not None and points is not None:
        adjusted = cci + points
    return state | {"cci": cci, "cci_age_adjusted": adjusted}


def _index(row: _Baseline) -> int | None:
    """The index as reported, else that of the conditions."""
    return row.cci if row.cci is not None else charlson_index(row.comorbidities).index


def _first(values: Any) -> Any:
    return next((value for value in values if value not in (None, "")), None)


def _age(birth: str | None, anchors: Anchors) -> int | None:
    if birth is None or anchors.origin is None:
        return None
    return age_years(PartialDate.parse(birth), PartialDate.of(anchors.origin.day))
