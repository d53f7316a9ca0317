"""A course of radiotherapy with its phases, targets and organ doses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.entry.answers import Answer, SeveralAnswer
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import Course, DoseMetric, Lesion, Phase, Target, TargetLesion
from registry.services.records import RowWrite


class TargetForm(RowForm):
    """A target, with the lesions that it treats as check boxes."""

    def make(self, name: str) -> Answer:
        """The lesions of the patient, else the column's field."""
        if name != "lesions":
            return super().make(name)
        lesions = self.entry.rows_of(Lesion)
        choices = [(str(row.number), self.entry.words_of(row)) for row in lesions]  # type: ignore[attr-defined]
        return SeveralAnswer(label=_("Lesions treated"), required=False, choices=choices)

    def shown(self, name: str) -> Any:
        """Numbers of the lesions that the target treats."""
        if name != "lesions":
            return super().shown(name)
        return [str(link.lesion.number) for link in self.links()]

    def put(self, name: str, answer: Any) -> None:
        """The lesions are written as rows of their own."""
        if name != "lesions":
            super().put(name, answer)
            return
        lesions = {str(row.number): row for row in self.entry.rows_of(Lesion)}  # type: ignore[attr-defined]
        held = {link.lesion: link for link in self.links()}
        self.ticked = [lesions[number] for number in answer]
        self.added = [
            TargetLesion(target=self.row, lesion=lesion)
            for lesion in self.ticked
            if lesion not in held
        ]
        self.dropped = [link for lesion, link in held.items() if lesion not in self.ticked]

    def links(self) -> list[TargetLesion]:
        """Saved links of the target to lesions."""
        return [link for link in self.entry.case.of(TargetLesion) if link.target == self.row]

    def lay_links(self, case: Case) -> None:
        """The links as ticked."""
        dropped = getattr(self, "dropped", [])
        held = case.rows.setdefault(TargetLesion, [])
        held[:] = [link for link in held if link not in dropped]
        for link in getattr(self, "added", []):
            case.add(link)

    def extra_writes(self, reason: str) -> Iterable[RowWrite]:
        """New links, and links taken back."""
        for link in getattr(self, "added", []):
            yield RowWrite(link)
        for link in getattr(self, "dropped", []):
            link.voided_at, link.void_reason = timezone.now(), reason
            yield RowWrite(link, link.version)


COURSE = Page(
    key="course",
    title=gettext_lazy("Radiotherapy course"),
    section="courses",
    many=True,
    parts=(
        Part(
            model=Course,
            prefix="course",
            groups=(
                Group(
                    fields=(
                        "intent",
                        "technique",
                        "radiation_type",
                        "rbe_model",
                        "started_on",
                        "ended_on",
                        "is_completed",
                        "interruption_days",
                        "interruption_reason",
                    )
                ),
                Group(
                    title=gettext_lazy("Planning and delivery"),
                    fields=(
                        "machine",
                        "energy",
                        "planning_system",
                        "dose_algorithm",
                        "ct_slice_mm",
                        "simulation_4d",
                        "immobilisation",
                        "image_guidance",
                        "motion_management",
                        "comment",
                    ),
                ),
            ),
        ),
        Part(
            model=Phase,
            prefix="phase",
            parent="course",
            repeats=True,
            title=gettext_lazy("Phases"),
            add_label=gettext_lazy("Add a phase"),
            groups=(
                Group(fields=("kind", "dose_gy", "fraction_count", "fractions_per_week", "target")),
            ),
        ),
        Part(
            model=Target,
            prefix="target",
            parent="course",
            repeats=True,
            title=gettext_lazy("Targets"),
            add_label=gettext_lazy("Add a target"),
            form=TargetForm,
            groups=(
                Group(
                    fields=(
                        "label",
                        "lesions",
                        "gtv_cm3",
                        "ctv_cm3",
                        "itv_cm3",
                        "ptv_cm3",
                        "ctv_margin_mm",
                        "ptv_margin_mm",
                        "prescription_isodose_percent",
                        "ptv_coverage_percent",
                        "ptv_d95_gy",
                        "gtv_d99_gy",
                        "conformity_index",
                        "new_conformity_index",
                        "homogeneity_index",
                    )
                ),
            ),
        ),
        Part(
            model=DoseMetric,
            prefix="metric",
            parent="course",
            repeats=True,
            title=gettext_lazy("Doses of organs at risk"),
            add_label=gettext_lazy("Add an organ dose"),
            groups=(Group(fields=("structure", "metric", "value", "unit", "eqd2_alpha_beta_gy")),),
        ),
    ),
)
