"""A course of radiotherapy with its phases, targets and organ doses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.case import Case
from registry.derive import age_at, treatment_term_days
from registry.deviations import deviations
from registry.dose import NORMAL_TISSUE_ALPHA_BETA_GY, TUMOUR_ALPHA_BETA_GY
from registry.entry.answers import Answer, SeveralAnswer
from registry.entry.entry import Entry
from registry.entry.row_form import RowForm
from registry.entry.spec import Group, Page, Part
from registry.models import Course, DoseMetric, Lesion, Phase, Target, TargetLesion
from registry.selectors.patient_file import dose_lines
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
            TargetLesion(target=cast(Target, self.row), lesion=cast(Lesion, lesion))
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


def live(entry: Entry) -> Mapping[str, Any]:
    """Dose, BED and EQD2 by target, treatment term, age, and where the course departs."""
    case, course = entry.case_as_typed(), entry.root
    assert isinstance(course, Course)
    phases, targets = entry.of(Phase), entry.of(Target)
    tumour, normal = alpha_beta(entry)
    lines = dose_lines(targets, phases, entry.protocol)
    return {
        "course": course,
        "doses": [replace(x, alpha_beta_tumour=tumour, alpha_beta_normal=normal) for x in lines],
        "term_days": treatment_term_days(course),
        "age": age_at(entry.patient, course.started_on),
        "deviations": deviations(case, course, entry.protocol) if entry.protocol else [],
    }


def beside(entry: Entry) -> Mapping[str, Any]:
    """The α/β values that the figures use, for changing them."""
    tumour, normal = alpha_beta(entry)
    return {"alpha_beta_tumour": f"{tumour:g}", "alpha_beta_normal": f"{normal:g}"}


def alpha_beta(entry: Entry) -> tuple[float, float]:
    """α/β in Gy of tumour and normal tissue: as typed, else the protocol's, else 10 and 3."""
    policy = entry.protocol.dose if entry.protocol else None
    defaults = (
        policy.alpha_beta_tumour if policy else TUMOUR_ALPHA_BETA_GY,
        policy.alpha_beta_normal if policy else NORMAL_TISSUE_ALPHA_BETA_GY,
    )
    typed = (_number(entry.sent("alpha-beta-tumour")), _number(entry.sent("alpha-beta-normal")))
    return typed[0] or defaults[0], typed[1] or defaults[1]


def _number(text: str) -> float | None:
    """A number above zero, None for anything else."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 < value < 1000 else None


COURSE = Page(
    key="course",
    title=gettext_lazy("Radiotherapy course"),
    section="courses",
    many=True,
    live=live,
    beside=beside,
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
