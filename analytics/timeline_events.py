"""A patient's facts as events of the timeline, lane by lane, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from analytics.figures import Shape
from followup.models import ExpectedVisit
from followup.schedules import VisitStatus
from registry.models import LesionAssessment
from registry.models.choices import ProgressionKind
from registry.partial_date import PartialDate, analysis_date
from registry.selectors.code_names import code_name, disease_line
from registry.selectors.patient_file import CourseFile, PatientFile, ToxicityFile
from registry.templatetags.ui import STATES

SEVERE_GRADE = 3
"""From this CTCAE grade on ("severe") toxicity is drawn filled."""

OUTSTANDING = {
    VisitStatus.PLANNED: Shape.PLANNED,
    VisitStatus.DUE: Shape.DUE,
    VisitStatus.OVERDUE: Shape.OVERDUE,
    VisitStatus.MISSED: Shape.MISSED,
}


@dataclass(frozen=True)
class Happening:
    """An event with its words and dates as far as they are known; ``what`` is all but the date.

    ``text`` and ``sign`` are what is written at the mark, as in
    :class:`analytics.figures.TimelineEvent`. Without ``start`` it cannot be drawn.
    """

    shape: Shape
    what: str
    start: PartialDate | None
    end: PartialDate | None = None
    is_open: bool = False
    window: tuple[dt.date, dt.date] | None = None
    text: str = ""
    sign: str = ""
    is_severe: bool = False


class NamedLane(NamedTuple):
    """What happened of one kind."""

    name: str
    happenings: list[Happening]


def happenings(file: PatientFile, visits: Iterable[ExpectedVisit]) -> list[NamedLane]:
    """All lanes from top to bottom; lanes may be empty."""
    lanes: list[tuple[str, list[Happening]]] = [
        (_("Disease"), [*_diagnoses(file), *_progressions(file)]),
        (_("Surgery"), list(_surgeries(file))),
        (_("Systemic therapy"), list(_systemic_therapies(file))),
        (_("Radiotherapy"), [*_earlier_radiotherapy(file), *map(_course, file.courses)]),
        (_("Toxicity"), [_toxicity(part) for part in file.toxicities]),
        (_("Visits and imaging"), list(_assessments(file))),
        (_("Expected visits"), list(_expected(visits))),
        (_("Outcome"), list(_outcome(file))),
    ]
    return [NamedLane(*lane) for lane in lanes]


def _diagnoses(file: PatientFile) -> Iterator[Happening]:
    for row in file.diseases:
        what = _joined(_("Diagnosis"), disease_line(row))
        yield Happening(Shape.DIAGNOSIS, what, row.diagnosed_on, text=_("Diagnosis"))


def _progressions(file: PatientFile) -> Iterator[Happening]:
    shapes = {
        ProgressionKind.LOCAL: Shape.LOCAL,
        ProgressionKind.REGIONAL: Shape.REGIONAL,
        ProgressionKind.DISTANT: Shape.DISTANT,
    }
    for row in file.progressions:
        kind = str(row.get_kind_display())
        where = str(row.lesion) if row.lesion else code_name("region_site", row.site)
        what = _joined(_("Progression"), kind, where, row.get_field_relation_display())
        shape = shapes.get(ProgressionKind(row.kind), Shape.PROGRESSION)
        yield Happening(shape, what, row.occurred_on, text=kind, is_severe=True)


def _surgeries(file: PatientFile) -> Iterator[Happening]:
    for row in file.surgeries:
        name = str(row.get_procedure_display()) or _("Surgery")
        margin = row.residual_tumour.upper()
        what = _joined(_("Surgery"), row.get_procedure_display(), row.get_residual_tumour_display())
        text = f"{name}, {margin}" if margin else name
        yield Happening(Shape.SURGERY, what, row.performed_on, text=text)


def _systemic_therapies(file: PatientFile) -> Iterator[Happening]:
    for row in file.systemic_therapies:
        kind = str(row.get_kind_display())
        what = _joined(kind, row.get_timing_display(), row.regimen)
        start, end = row.started_on or row.ended_on, row.ended_on
        is_open = row.started_on is not None and end is None
        yield Happening(Shape.THERAPY, what, start, end, is_open=is_open, text=row.regimen or kind)


def _earlier_radiotherapy(file: PatientFile) -> Iterator[Happening]:
    for row in file.prior_radiotherapies:
        dose = f"{number_format(f'{float(row.dose_gy):g}')} Gy" if row.dose_gy is not None else ""
        text = _("Earlier RT, %(dose)s") % {"dose": dose} if dose else _("Earlier RT")
        what = _joined(_("Earlier radiotherapy"), code_name("region_site", row.site), dose)
        yield Happening(Shape.RADIOTHERAPY, what, row.ended_on, text=text)


def _course(part: CourseFile) -> Happening:
    course = part.course
    dose = _dose(part)
    name = _("RT course %(number)d") % {"number": course.number}
    what = _joined(name, course.get_intent_display(), course.get_technique_display(), dose)
    start, end = course.started_on or course.ended_on, course.ended_on
    is_open = course.started_on is not None and end is None
    return Happening(Shape.RADIOTHERAPY, what, start, end, is_open=is_open, text=dose or name)


def _dose(part: CourseFile) -> str:
    """Total dose and fractions ("50 Gy / 25"), from lowest to highest where targets differ."""
    doses = [line.dose for line in part.doses]
    if not doses:
        return ""
    text = f"{_range(float(dose.total_gy) for dose in doses)} {part.course.dose_unit}"
    counts = [dose.fraction_count for dose in doses if dose.fraction_count is not None]
    return f"{text} / {_range(counts)}" if counts else text


def _range(values: Iterable[float]) -> str:
    ascending = sorted(values)
    low, high = (number_format(f"{value:g}") for value in (ascending[0], ascending[-1]))
    return low if low == high else f"{low}–{high}"


def _toxicity(part: ToxicityFile) -> Happening:
    row = part.event
    shape, when = {
        True: (Shape.ACUTE, _("acute")),
        False: (Shape.LATE, _("late")),
        None: (Shape.UNDECIDED, ""),
    }[part.acute]
    grade = _("grade %(grade)d") % {"grade": row.grade}
    return Happening(
        shape,
        _joined(row.term.term, grade, when),
        row.onset_on or row.resolved_on,
        row.resolved_on,
        is_open=row.onset_on is not None and row.resolved_on is None,
        text=row.term.term,
        sign=str(row.grade),
        is_severe=row.grade >= SEVERE_GRADE,
    )


def _assessments(file: PatientFile) -> Iterator[Happening]:
    for part in file.assessments:
        row = part.assessment
        with_visit = [
            image for image in part.imaging if image.performed_on in (None, row.assessed_on)
        ]
        what = _joined(
            row.get_kind_display(),
            *map(str, with_visit),
            *_responses(part.responses),
            row.get_disease_status_display(),
        )
        yield Happening(Shape.IMAGING if with_visit else Shape.VISIT, what, row.assessed_on)
        for image in part.imaging:
            if image not in with_visit:
                yield Happening(Shape.IMAGING, str(image), image.performed_on)


def _responses(rows: Iterable[LesionAssessment]) -> Iterator[str]:
    for row in rows:
        if row.response:
            yield f"{row.lesion.number}: {row.response.upper()}"


def outstanding(visits: Iterable[ExpectedVisit], today: dt.date) -> list[ExpectedVisit]:
    """The visits with a date that have not taken place: those that have are assessments."""
    return [
        visit
        for visit in visits
        if visit.target is not None and visit.status_on(today) in OUTSTANDING
    ]


def _expected(visits: Iterable[ExpectedVisit]) -> Iterator[Happening]:
    today = timezone.localdate()
    for visit in outstanding(visits, today):
        assert visit.target is not None
        status = visit.status_on(today)
        opens, closes = visit.window_start, visit.window_end
        yield Happening(
            OUTSTANDING[status],
            _joined(visit.label, str(STATES[status]).lower(), visit.requirements_text.lower()),
            PartialDate.of(visit.target),
            window=(opens, closes) if opens and closes else None,
            is_severe=status is VisitStatus.OVERDUE,
        )


def _outcome(file: PatientFile) -> Iterator[Happening]:
    for row in file.losses:
        what = _joined(_("Lost to follow-up"), row.get_reason_display())
        yield Happening(
            Shape.LOST, what, row.declared_on or row.last_known_alive_on, text=_("Lost")
        )
        if row.found_again_on is not None:
            found = _("Found again")
            yield Happening(Shape.ALIVE, found, row.found_again_on, text=found)
    for enrolment in file.enrolments:
        if enrolment.withdrawn_on is not None:
            what = _joined(_("Withdrawn"), enrolment.get_withdrawal_scope_display())
            yield Happening(Shape.WITHDRAWN, what, enrolment.withdrawn_on, text=_("Withdrawn"))
    if file.death is not None:
        died = _joined(_("Died"), file.death.get_cause_display())
        yield Happening(Shape.DEAD, died, file.death.died_on, text=died)
    elif (last := _last_contact(file)) is not None:
        seen = _("Last contact")
        yield Happening(Shape.ALIVE, seen, last, text=seen)


def _last_contact(file: PatientFile) -> PartialDate | None:
    """The latest date at which the patient was seen, by the rule for analyses."""
    dates = [part.assessment.assessed_on for part in file.assessments]
    known = [date for date in dates if date is not None]
    return max(known, key=lambda date: analysis_date(date)[0], default=None)


def _joined(first: object, *more: object) -> str:
    """The first word, a colon, and the others that there are, with commas."""
    details = ", ".join(str(one) for one in more if one)
    return f"{first}: {details}" if details else str(first)
