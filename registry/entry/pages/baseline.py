"""State of the patient when a course begins: performance, comorbidities, setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.charlson import NO_CONDITION, charlson_index
from registry.derive import age_at
from registry.entry.answers import ChoiceAnswer, SeveralAnswer
from registry.entry.entry import Entry
from registry.entry.spec import Group, Page, Part
from registry.entry.take import Take, take
from registry.models import Baseline, Course
from registry.models.choices import Comorbidity, MissingReason
from registry.performance import ECOG_GRADES, KPS_STEPS, ecog_of_kps


class ComorbiditiesAnswer(SeveralAnswer):
    """Conditions of the Charlson index as check boxes; "none" and the reasons stand alone."""

    empty = ""

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            (NO_CONDITION, gettext_lazy("None of these")),
            *Comorbidity.choices,
            *MissingReason.choices,
        ]
        super().__init__(choices=choices, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """The codes joined by semicolons, "none", a reason, or "" when nothing is ticked."""
        ticked = super().clean(value)
        alone = [code for code in ticked if code not in Comorbidity.values]
        if alone and len(ticked) > 1:
            labels = dict(self.widget.choices)
            message = _("“{alone}” stands alone: untick it or the others.")
            raise ValidationError(message.format(alone=labels[alone[0]]))
        if alone and alone[0] != NO_CONDITION:
            return MissingReason(alone[0])
        return ";".join(ticked)

    def show(self, value: Any) -> Any:
        """The codes that are ticked."""
        if isinstance(value, MissingReason):
            return [value.value]
        return value.split(";") if value else []


def comorbidities(entry: Entry) -> ComorbiditiesAnswer:
    """The check boxes."""
    return ComorbiditiesAnswer(label=_("Comorbidities"))


def ecog(entry: Entry) -> ChoiceAnswer:
    """ECOG grades with their meaning."""
    return ChoiceAnswer(
        choices=ECOG_GRADES.items(), label=_("ECOG performance status"), required=False
    )


def kps(entry: Entry) -> ChoiceAnswer:
    """Karnofsky steps with their meaning."""
    return ChoiceAnswer(
        choices=KPS_STEPS.items(), label=_("Karnofsky performance status"), required=False
    )


def begin(case: Case, query: QueryDict) -> Mapping[str, Any]:
    """A new baseline belongs to the first course that has none."""
    taken = {row.course_id for row in case.of(Baseline)}
    courses = sorted(case.of(Course), key=lambda row: row.number)
    free = next((row for row in courses if row.pk not in taken), None)
    return {"course": free} if free is not None else {}


def live(entry: Entry) -> Mapping[str, Any]:
    """The Charlson index from the conditions and the age; ECOG beside Karnofsky."""
    row = entry.root
    assert isinstance(row, Baseline)
    on = row.course.started_on if row.course is not None else None
    age = age_at(entry.patient, on or row.assessed_on)
    charlson = charlson_index(row.comorbidities, age)
    return {
        "row": row,
        "age": age,
        "charlson": charlson,
        "usual_ecog": ecog_of_kps(row.kps),
        "takes": list(_takes(row, charlson.index, charlson.age_adjusted)),
    }


def _takes(row: Baseline, index: int | None, adjusted: int | None) -> list[Take]:
    """Indexes to take over, where the reported ones are others or none."""
    told = (("cci", _("index"), index), ("cci_age_adjusted", _("age-adjusted index"), adjusted))
    return [
        take(
            _("Take over the {what}: {value}").format(what=what, value=value),
            "baseline",
            name,
            value,
        )
        for name, what, value in told
        if value is not None and getattr(row, name) != value
    ]


BASELINE = Page(
    key="baseline",
    title=gettext_lazy("Baseline"),
    section="baseline",
    many=True,
    live=live,
    parts=(
        Part(
            model=Baseline,
            prefix="baseline",
            defaults=begin,
            inputs={"comorbidities": comorbidities, "ecog": ecog, "kps": kps},
            groups=(
                Group(
                    title=gettext_lazy("Performance"),
                    fields=("course", "assessed_on", "ecog", "kps"),
                ),
                Group(
                    title=gettext_lazy("Disease at that time"),
                    fields=("setting", "concurrent_lesion_count", "viable_sites"),
                ),
                Group(
                    title=gettext_lazy("Comorbidity (Charlson)"),
                    fields=("comorbidities", "cci", "cci_age_adjusted"),
                ),
            ),
        ),
    ),
)
