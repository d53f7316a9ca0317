"""A follow-up visit: the patient's state, imaging, and the response of each lesion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.entry.answers import Answer
from registry.entry.entry import Entry
from registry.entry.expected import asked_visit
from registry.entry.response import trends
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import Assessment, ClinicalRow, ImagingStudy, Lesion, LesionAssessment
from registry.models.choices import AssessmentKind, ImagingRegion, Modality
from registry.partial_date import PartialDate
from registry.protocols.calendar import MEAN_MONTH_DAYS
from registry.protocols.vocabulary import Item, TimePoint, label
from registry.templatetags.values import day_text
from registry.time_points import time_point

SYSTEMIC_REGIONS = (ImagingRegion.CHEST, ImagingRegion.CHEST_ABDOMEN)
"""Regions that count as systemic imaging by themselves."""

USUAL_MODALITY = {
    ImagingRegion.TREATED_SITE: Modality.MR,
    ImagingRegion.CHEST: Modality.CT,
    ImagingRegion.CHEST_ABDOMEN: Modality.CT,
}
"""Proposed where the patient has had no imaging of the region yet."""


class VisitForm(RowForm):
    """The contact itself; its date is hinted at where the protocol expects a visit."""

    def make(self, name: str) -> Answer:
        """The column's field; the date with target and window of the visit asked for."""
        field = super().make(name)
        asked = asked_visit(self.entry.patient, self.entry.query) if name == "assessed_on" else None
        if asked is not None:
            field.help_text = _("{visit}: {target}, window {start} – {end}").format(
                visit=asked.label,
                target=day_text(asked.target),
                start=day_text(asked.window_start),
                end=day_text(asked.window_end),
            )
        return field


class ImagingForm(RowForm):
    """An examination; one that the protocol asks for stands there before anything is typed."""

    def make(self, name: str) -> Answer:
        """The column's field; the date says when a proposed examination counts."""
        field = super().make(name)
        if name == "performed_on" and self.row.pk is None and self.row.region:  # type: ignore[attr-defined]
            field.help_text = _("Enter the day; without it this proposal is not saved.")
        return field


@dataclass(frozen=True)
class Elapsed:
    """Time from one of the protocol's days to the contact; negative before it."""

    since: str
    day: PartialDate
    days: int

    @property
    def months(self) -> float:
        """Months of mean length."""
        return self.days / MEAN_MONTH_DAYS


def figures(entry: Entry) -> Mapping[str, Any]:
    """Response of the lesions, and the time since the days that the protocol counts from."""
    (visit,) = entry.of(Assessment)
    found = trends(entry.case, visit, entry.of(LesionAssessment))
    return {"trends": found, "elapsed": elapsed(entry, visit)}


def elapsed(entry: Entry, visit: Assessment) -> list[Elapsed]:
    """Days since the time origin and since the end of radiotherapy, as far as all are known."""
    protocol, on = entry.protocol, visit.assessed_on
    if protocol is None or on is None or not on.is_complete:
        return []
    found = []
    for point in dict.fromkeys((protocol.time_origin, TimePoint.LAST_RT_DAY)):
        day = time_point(entry.case, point, protocol)
        if day is not None and day.is_complete:
            days = (on.to_date() - day.to_date()).days
            found.append(Elapsed(_(label(point)), day, days))
    return found


def kind_asked(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """A visit that the protocol expects is one in the clinic, or imaging only."""
    items = _items(case, query)
    if Item.CLINIC in items or Item.TOXICITY in items:
        return {"kind": AssessmentKind.CLINIC}
    return {"kind": AssessmentKind.IMAGING} if items else {}


def imaging_asked(case: Case, query: QueryDict) -> Sequence[ClinicalRow]:
    """The examinations that the protocol expects at the visit, as they were done last time."""
    items = _items(case, query)
    before = sorted(
        case.of(ImagingStudy),
        key=lambda row: (str(row.performed_on or row.assessment.assessed_on or ""), row.number),
    )
    proposed = []
    if Item.LOCAL_IMAGING in items:
        proposed.append(_as_last_time(before, (ImagingRegion.TREATED_SITE,)))
    if Item.SYSTEMIC_IMAGING in items:
        proposed.append(_as_last_time(before, SYSTEMIC_REGIONS))
    return proposed


def _items(case: Case, query: QueryDict) -> frozenset[Item]:
    asked = asked_visit(case.patient, query)
    return asked.items if asked is not None else frozenset()


def _as_last_time(before: Sequence[ImagingStudy], regions: Sequence[ImagingRegion]) -> ImagingStudy:
    for row in reversed(before):
        if row.region in regions:
            return ImagingStudy(region=row.region, modality=row.modality)
    return ImagingStudy(region=regions[0], modality=USUAL_MODALITY[regions[0]])


def lesions_to_assess(case: Case, root: ClinicalRow | None) -> Sequence[ClinicalRow]:
    """One row for each lesion that the assessment says nothing of yet."""
    assert isinstance(root, Assessment)
    assessed = {row.lesion for row in case.of(LesionAssessment) if row.assessment == root}
    lesions = sorted(case.of(Lesion), key=lambda row: row.number)
    return [
        LesionAssessment(assessment=root, lesion=lesion)
        for lesion in lesions
        if lesion not in assessed
    ]


ASSESSMENT = Page(
    key="assessment",
    title=gettext_lazy("Visit"),
    section="assessments",
    many=True,
    offers=("toxicity", "progression"),
    live=figures,
    parts=(
        Part(
            model=Assessment,
            prefix="visit",
            form=VisitForm,
            defaults=kind_asked,
            needs=("assessed_on",),
            groups=(
                Group(
                    fields=(
                        "assessed_on",
                        "kind",
                        "toxicity_assessed",
                        "disease_status",
                        "ecog",
                        "kps",
                        "comment",
                    )
                ),
            ),
        ),
        Part(
            model=ImagingStudy,
            prefix="imaging",
            parent="assessment",
            repeats=True,
            title=gettext_lazy("Imaging"),
            add_label=gettext_lazy("Add imaging"),
            form=ImagingForm,
            prefill=imaging_asked,
            groups=(Group(fields=("region", "modality", "performed_on", "with_contrast")),),
        ),
        Part(
            model=LesionAssessment,
            prefix="lesion",
            parent="assessment",
            repeats=True,
            title=gettext_lazy("Lesions"),
            presets=lesions_to_assess,
            groups=(Group(fields=("longest_diameter_cm", "response")),),
        ),
    ),
)
