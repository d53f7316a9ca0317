"""An adverse event: CTCAE term and grade, when, by which course, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.derive import death_of, is_acute
from registry.entry.answers import Answer
from registry.entry.ctcae import GradeAnswer, GradePicker, TermAnswer
from registry.entry.entry import Entry
from registry.entry.intervals import since_course
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import Course, CtcaeTerm, ToxicityEvent
from registry.partial_date import PartialDate
from registry.protocols import Protocol
from registry.protocols.vocabulary import TimePoint
from registry.selectors.ctcae import term_of

USUAL_RELEASE = "5.0"
"""Release of CTCAE for patients whose protocol names none."""


class ToxicityForm(RowForm):
    """An adverse event, with its term and grade picked from the release of the protocol."""

    row: ToxicityEvent

    def make(self, name: str) -> Answer:
        """The pickers of term and grade, else the column's field."""
        if name == "term":
            return TermAnswer(
                release=self.release,
                centre=self.entry.patient.centre,
                label=_("Term (CTCAE {release})").format(release=self.release),
            )
        if name == "grade":
            picker = GradePicker(
                release=self.release, term=self.term, term_name=self.add_prefix("term")
            )
            return GradeAnswer(widget=picker, label=_("Worst grade"))
        return super().make(name)

    def shown(self, name: str) -> Any:
        """A new event has no term yet."""
        return self.saved_term if name == "term" else super().shown(name)

    def lay(self) -> None:
        """A grade means nothing without its term."""
        super().lay()
        if not self.row.term_id:
            self.row.grade = None  # type: ignore[assignment]

    @property
    def saved_term(self) -> CtcaeTerm | None:
        """The term that the row has."""
        return self.row.term if self.row.term_id is not None else None

    @property
    def term(self) -> CtcaeTerm | None:
        """The term as typed, else the one that the row has."""
        if not self.is_bound:
            return self.saved_term
        return term_of(self.release, self.data.get(self.add_prefix("term"), ""))

    @property
    def release(self) -> str:
        """Release of the event's own term, so that it stays what it is; else the protocol's."""
        if self.saved_term is not None:
            return self.saved_term.release
        protocol = self.entry.protocol
        release = protocol.toxicity.release if protocol is not None else None
        return str(release) if release is not None else USUAL_RELEASE


@dataclass(frozen=True)
class ToxicityFigures:
    """What follows from an event as typed.

    Attributes:
        phase: True acute, False late, None where it cannot be said.
        border: the last day of onset that counts as acute; None where it is not known to the day.
        has_rule: the protocol draws a border between acute and late.
        interval: how long after the course the event began, "" where that is not known.
        needs_death: the event is fatal, and no death is recorded.
        similar: other events of the patient with the same term.
    """

    phase: bool | None
    border: PartialDate | None
    has_rule: bool
    interval: str
    needs_death: bool
    similar: list[ToxicityEvent]


def figures(entry: Entry) -> Mapping[str, ToxicityFigures]:
    """Acute or late, the interval to the course, and what is still to be entered."""
    (event,) = entry.of(ToxicityEvent) or [ToxicityEvent()]
    protocol = entry.protocol
    has_rule = protocol is not None and protocol.toxicity.acute is not None
    is_baseline = event.present_before_rt is True
    return {
        "figures": ToxicityFigures(
            phase=None
            if protocol is None or is_baseline
            else is_acute(event, event.course, protocol),
            border=_border(event.course, protocol),
            has_rule=has_rule,
            interval=since_course(event.onset_on, event.course),
            needs_death=event.grade == 5 and death_of(entry.case) is None,
            similar=[
                row
                for row in entry.case.of(ToxicityEvent)
                if event.term_id is not None
                and row.term_id == event.term_id
                and row.number != event.number
            ],
        )
    }


def _border(course: Course | None, protocol: Protocol | None) -> PartialDate | None:
    """The last day that counts as acute, counted from the suspected course."""
    rule = protocol.toxicity.acute if protocol is not None else None
    if rule is None or course is None:
        return None
    anchor = course.started_on if rule.anchor is TimePoint.FIRST_RT_DAY else course.ended_on
    if anchor is None or not anchor.is_complete:
        return None
    return PartialDate.of(rule.last_acute_day(anchor.to_date()))


def only_course(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """A new event is suspected to come from the patient's only course."""
    courses = case.of(Course)
    return {"course": courses[0]} if len(courses) == 1 else {}


TOXICITY = Page(
    key="toxicity",
    title=gettext_lazy("Toxicity"),
    section="toxicity",
    many=True,
    live=figures,
    parts=(
        Part(
            model=ToxicityEvent,
            prefix="event",
            form=ToxicityForm,
            defaults=only_course,
            groups=(
                Group(title=gettext_lazy("Term and grade"), fields=("term", "grade")),
                Group(
                    title=gettext_lazy("When"),
                    fields=("onset_on", "resolved_on", "present_before_rt"),
                ),
                Group(
                    title=gettext_lazy("Cause and action"),
                    fields=(
                        "course",
                        "lesion",
                        "attribution",
                        "action",
                        "is_serious",
                        "comment",
                    ),
                ),
            ),
        ),
    ),
)
