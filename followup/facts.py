"""Reads what the schedule engine needs of many patients at once: anchors, contacts, endings."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone

from followup.schedules import AnchorDate, Contact, Ending, Event, Gap
from registry.models import (
    Assessment,
    Course,
    Death,
    Disease,
    Enrolment,
    ImagingStudy,
    LossToFollowUp,
    Progression,
    Surgery,
    Transfer,
)
from registry.models.choices import (
    AssessmentKind,
    ImagingRegion,
    TransferState,
    WithdrawalScope,
)
from registry.operation import operation_of, surgery_follows_rt
from registry.partial_date import FIRST_YEAR, PartialDate, analysis_date
from registry.protocols.schedule import Schedule
from registry.protocols.vocabulary import EndKind, Item, TimePoint

IMAGING_ITEMS: dict[str, frozenset[Item]] = {
    ImagingRegion.TREATED_SITE: frozenset({Item.LOCAL_IMAGING}),
    ImagingRegion.WHOLE_BODY: frozenset({Item.LOCAL_IMAGING, Item.SYSTEMIC_IMAGING}),
    ImagingRegion.CHEST: frozenset({Item.SYSTEMIC_IMAGING}),
    ImagingRegion.CHEST_ABDOMEN: frozenset({Item.SYSTEMIC_IMAGING}),
}
"""What an examination of a region provides. The protocols' systemic imaging looks at the chest,
where sarcoma spreads to; other regions than these count for no scheduled item."""

_BEFORE_EVERYTHING = dt.date(FIRST_YEAR, 1, 1)


class CourseDates(NamedTuple):
    """First and last fraction of a course."""

    started_on: PartialDate | None
    ended_on: PartialDate | None


@dataclass
class PatientFacts:
    """What the schedules of one patient depend on; live rows only."""

    courses: list[CourseDates] = field(default_factory=list)
    surgeries: list[tuple[PartialDate | None, str]] = field(default_factory=list)
    diagnosed_on: PartialDate | None = None
    contacts: list[Contact] = field(default_factory=list)
    endings: list[tuple[EndKind, PartialDate | dt.date | None]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def events(self, enrolment: Enrolment, study_end: dt.date | None = None) -> list[Event]:
        """What may end or thin the follow-up of an enrolment, and when the patient was lost."""
        endings = list(self.endings)
        if enrolment.withdrawal_scope:
            is_from_all = enrolment.withdrawal_scope == WithdrawalScope.ALL
            kind = EndKind.WITHDRAWAL_ALL if is_from_all else EndKind.WITHDRAWAL
            endings.append((kind, enrolment.withdrawn_on))
        if study_end is not None:
            endings.append((EndKind.STUDY_END, study_end))
        return [*(Ending(kind, on or self._last_contact()) for kind, on in endings), *self.gaps]

    def _last_contact(self) -> dt.date:
        """Stands for the unknown day of an ending: nobody is expected after the last contact."""
        return max((contact.date for contact in self.contacts), default=_BEFORE_EVERYTHING)


def read_facts(patient_ids: Collection[int]) -> dict[int, PatientFacts]:
    """The facts of these patients in a fixed number of queries, within the scope in force."""
    facts: dict[int, PatientFacts] = {pk: PatientFacts() for pk in patient_ids}
    _read_treatment(facts)
    _read_contacts(facts)
    _read_endings(facts)
    return facts


def items_provided(kind: str, toxicity: bool | None, regions: Iterable[str]) -> frozenset[Item]:
    """What an assessment provides: by its kind, toxicity assessed, and the regions examined."""
    provided = {item for region in regions for item in IMAGING_ITEMS.get(region, ())}
    provided.add(Item.VITAL_STATUS)  # who was examined, or answered the telephone, is alive
    if kind == AssessmentKind.CLINIC:
        provided.add(Item.CLINIC)
    if toxicity:
        provided.add(Item.TOXICITY)
    return frozenset(provided)


def anchors(
    facts: PatientFacts, enrolment: Enrolment, schedule: Schedule
) -> dict[TimePoint, AnchorDate]:
    """The days that the visits of an enrolment count from; radiotherapy is the first course."""
    course = facts.courses[0] if facts.courses else CourseDates(None, None)
    return {
        TimePoint.FIRST_RT_DAY: course.started_on,
        TimePoint.LAST_RT_DAY: course.ended_on,
        TimePoint.SURGERY: operation_of(
            facts.surgeries, rt_start=course.started_on, follows_rt=surgery_follows_rt(schedule)
        ),
        TimePoint.DIAGNOSIS: facts.diagnosed_on,
        TimePoint.ENROLMENT: enrolment.enrolled_on,
    }


def later_courses(facts: PatientFacts) -> list[dict[TimePoint, AnchorDate]]:
    """First and last day of the second and each further course of radiotherapy."""
    return [
        {TimePoint.FIRST_RT_DAY: course.started_on, TimePoint.LAST_RT_DAY: course.ended_on}
        for course in facts.courses[1:]
    ]


def _read_treatment(facts: dict[int, PatientFacts]) -> None:
    courses: dict[int, list[tuple[str, int, CourseDates]]] = defaultdict(list)
    for patient_id, number, start, end in (
        Course.objects.live()
        .filter(patient__in=facts)
        .values_list("patient_id", "number", "started_on", "ended_on")
    ):
        # A course without any date comes last: "~" sorts after every digit.
        order = str(start or end or "~")
        courses[patient_id].append((order, number, CourseDates(start, end)))
    for patient_id, rows in courses.items():
        facts[patient_id].courses = [dates for _, _, dates in sorted(rows, key=lambda r: r[:2])]
    for patient_id, day, procedure in (
        Surgery.objects.live()
        .filter(patient__in=facts)
        .values_list("patient_id", "performed_on", "procedure")
    ):
        facts[patient_id].surgeries.append((day, procedure))
    for patient_id, day in (
        Disease.objects.live()
        .filter(patient__in=facts, diagnosed_on__isnull=False)
        .order_by("-number")
        .values_list("patient_id", "diagnosed_on")
    ):
        facts[patient_id].diagnosed_on = day


def _read_contacts(facts: dict[int, PatientFacts]) -> None:
    imaging: dict[int, list[tuple[str, PartialDate | None]]] = defaultdict(list)
    for assessment_id, region, performed_on in (
        ImagingStudy.objects.live()
        .filter(assessment__patient__in=facts)
        .values_list("assessment_id", "region", "performed_on")
    ):
        imaging[assessment_id].append((region, performed_on))
    for pk, patient_id, assessed_on, kind, toxicity in (
        Assessment.objects.live()
        .filter(patient__in=facts)
        .values_list("pk", "patient_id", "assessed_on", "kind", "toxicity_assessed")
    ):
        studies = imaging[pk]
        day = assessed_on or min((on for _, on in studies if on is not None), default=None)
        if day is None:
            continue
        provides = items_provided(kind, toxicity, [region for region, _ in studies])
        facts[patient_id].contacts.append(Contact(analysis_date(day)[0], provides, pk))


def _read_endings(facts: dict[int, PatientFacts]) -> None:
    for patient_id, day in (
        Death.objects.live().filter(patient__in=facts).values_list("patient_id", "died_on")
    ):
        facts[patient_id].endings.append((EndKind.DEATH, day))
    for patient_id, day in (
        Progression.objects.live()
        .filter(patient__in=facts)
        .values_list("patient_id", "occurred_on")
    ):
        facts[patient_id].endings.append((EndKind.PROGRESSION, day))
    for patient_id, alive_on, declared_on, found_on in (
        LossToFollowUp.objects.live()
        .filter(patient__in=facts)
        .values_list("patient_id", "last_known_alive_on", "declared_on", "found_again_on")
    ):
        lost_on = alive_on or declared_on
        if found_on is None:
            facts[patient_id].endings.append((EndKind.LOSS, lost_on))
        elif lost_on is not None and lost_on.earliest < found_on.earliest:
            facts[patient_id].gaps.append(Gap(lost_on.earliest, found_on.earliest))
    for patient_id, accepted_at in (
        Transfer.objects.filter(patient__in=facts, state=TransferState.ACCEPTED)
        .order_by("answered_at")
        .values_list("patient_id", "answered_at")
    ):
        facts[patient_id].endings.append((EndKind.TRANSFER, timezone.localdate(accepted_at)))
