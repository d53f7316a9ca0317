"""What was done before and beside the registered courses: surgery, systemic therapy, earlier RT."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.applicability import Condition
from registry.case import Case
from registry.entry.answers import CodeAnswer
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.models import Course, PriorRadiotherapy, Surgery, SystemicTherapy, TreatmentHistory
from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import PartialDate
from registry.protocols import Protocol
from registry.protocols.schedule import Step
from registry.protocols.vocabulary import TimePoint
from registry.selectors.code_names import code_name


def history_in(case: Case, key: str) -> TreatmentHistory | None:
    """The answers of the patient to the three questions, or new ones."""
    held = next(iter(case.of(TreatmentHistory)), None)
    return held or TreatmentHistory(patient=case.patient)


def site(entry: Entry) -> CodeAnswer:
    """Where earlier radiotherapy was given; other words are taken as they are."""
    return CodeAnswer(system="region_site", is_open=True, label=_("Site"), required=False)


@dataclass(frozen=True)
class Interval:
    """Days between surgery and radiotherapy of a course, beside what the protocol states.

    ``days`` is None while one of the days is not known; then ``from_day`` and ``until_day`` say
    when the later one is to be expected, as far as the earlier one is known.
    """

    words: str
    days: int | None
    step: Step | None
    from_day: dt.date | None = None
    until_day: dt.date | None = None

    @property
    def weeks(self) -> float | None:
        """The same in weeks."""
        return None if self.days is None else self.days / 7

    @property
    def is_outside(self) -> bool:
        """True when the protocol wants it otherwise."""
        step = self.step
        return (
            step is not None
            and self.days is not None
            and not step.from_days <= self.days <= step.until_days
        )


def intervals(
    operations: list[Surgery], courses: list[Course], protocol: Protocol | None
) -> Iterator[Interval]:
    """Surgery to radiotherapy, or the other way round under pre-operative protocols."""
    follows_rt = surgery_follows_rt(protocol.schedule if protocol is not None else None)
    steps = protocol.timing if protocol is not None else ()
    event = TimePoint.SURGERY if follows_rt else TimePoint.FIRST_RT_DAY
    step = next((step for step in steps if step.event is event), None)
    performed = [(row.performed_on, row.procedure) for row in operations]
    first = min(courses, key=lambda row: row.number, default=None)
    start = first.started_on if first is not None else None
    day = operation_of(performed, rt_start=start, follows_rt=follows_rt)
    if follows_rt:
        words, begin, finish = _("RT to surgery"), first.ended_on if first else None, day
    else:
        words, begin, finish = _("Surgery to RT"), day, start
    if step is None and (begin is None or finish is None):
        return
    known = begin.to_date() if begin is not None and begin.is_complete else None
    yield Interval(
        words,
        _days(begin, finish),
        step,
        known + dt.timedelta(step.from_days) if known and step else None,
        known + dt.timedelta(step.until_days) if known and step else None,
    )


def _days(begin: PartialDate | None, finish: PartialDate | None) -> int | None:
    if begin is None or finish is None or not (begin.is_complete and finish.is_complete):
        return None
    days: int = (finish.to_date() - begin.to_date()).days
    return days


def prior_doses(rows: list[PriorRadiotherapy]) -> dict[str, Decimal]:
    """Sum of the earlier doses (Gy) by site; doses at different sites do not add up."""
    doses: dict[str, Decimal] = {}
    for row in rows:
        if row.dose_gy is not None:
            name = code_name("region_site", row.site) or _("site not recorded")
            doses[name] = doses.get(name, Decimal()) + row.dose_gy
    return doses


def live(entry: Entry) -> Mapping[str, Any]:
    """The interval between surgery and radiotherapy, and earlier doses."""
    courses = entry.case.of(Course)
    return {
        "intervals": list(intervals(entry.of(Surgery), courses, entry.protocol)),
        "prior_doses": prior_doses(entry.of(PriorRadiotherapy)).items(),
    }


def _asked(field: str) -> tuple[str, Condition]:
    return "history", Condition(field, values=frozenset({"true"}))


TREATMENT = Page(
    key="treatment",
    title=gettext_lazy("Surgery and other treatment"),
    section="treatment",
    only_key="all",
    live=live,
    parts=(
        Part(
            model=TreatmentHistory,
            prefix="history",
            root=history_in,
            is_optional=True,
            groups=(
                Group(fields=("had_surgery", "had_systemic_therapy", "had_prior_radiotherapy")),
            ),
        ),
        Part(
            model=Surgery,
            prefix="surgery",
            title=gettext_lazy("Operations"),
            repeats=True,
            add_label=gettext_lazy("Add an operation"),
            when=_asked("had_surgery"),
            groups=(
                Group(
                    fields=(
                        "performed_on",
                        "procedure",
                        "residual_tumour",
                        "margin_mm",
                        "operation_count",
                        "description",
                    )
                ),
            ),
        ),
        Part(
            model=SystemicTherapy,
            prefix="therapy",
            title=gettext_lazy("Systemic therapy"),
            repeats=True,
            add_label=gettext_lazy("Add a systemic therapy"),
            when=_asked("had_systemic_therapy"),
            groups=(
                Group(
                    fields=(
                        "kind",
                        "timing",
                        "regimen",
                        "started_on",
                        "is_ongoing",
                        "ended_on",
                        "cycle_count",
                        "best_response",
                    )
                ),
            ),
        ),
        Part(
            model=PriorRadiotherapy,
            prefix="prior",
            title=gettext_lazy("Earlier radiotherapy"),
            repeats=True,
            add_label=gettext_lazy("Add an earlier radiotherapy"),
            when=_asked("had_prior_radiotherapy"),
            inputs={"site": site},
            groups=(
                Group(
                    fields=(
                        "site",
                        "radiation_type",
                        "dose_gy",
                        "fraction_count",
                        "ended_on",
                        "relapse_in_field",
                    )
                ),
            ),
        ),
    ),
)
