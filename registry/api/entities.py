"""What the interface offers: one declaration per table of clinical facts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from registry import models as m
from registry.models import ClinicalRow
from registry.scope import ScopedQuerySet

NEVER_SHOWN = frozenset({"record_number_index", "family_name_index"})
"""Columns that only find rows."""


@dataclass(frozen=True, kw_only=True)
class Entity:
    """A table in the interface.

    Attributes:
        name: plural, as of the native tables: "toxicity_events"; in addresses with hyphens.
        filters: columns by which lists are cut, besides patient, centre and study.
        ordering: columns by which lists are ordered, besides the key; never empty ones.
        fixed: columns that stay as they were created, besides the row above and the number.
    """

    name: str
    model: type[ClinicalRow]
    filters: tuple[str, ...] = ()
    ordering: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The name in addresses."""
        return self.name.replace("_", "-")

    @property
    def title(self) -> str:
        """Name for people."""
        return str(self.model._meta.verbose_name_plural)

    @property
    def parent(self) -> str:
        """The link to the row above: "patient", "course"; "" for patients."""
        return self.model.patient_path.split("__")[0]

    @cached_property
    def children(self) -> tuple[Entity, ...]:
        """Tables whose rows are parts of a row of this one."""
        return tuple(
            entity
            for entity in ENTITIES
            if entity.parent
            and entity.model._meta.get_field(entity.parent).related_model == self.model
        )

    @cached_property
    def columns(self) -> tuple[models.Field[Any, Any], ...]:
        """What a person reads and writes, in the order of the table."""
        return tuple(
            column for column in self.model.content_fields() if column.name not in NEVER_SHOWN
        )

    @cached_property
    def has_number(self) -> bool:
        """Whether its rows are numbered within the row above."""
        return any(column.name == "number" for column in self.columns)

    @cached_property
    def may_be_missing(self) -> frozenset[str]:
        """Columns that may hold nothing, with the reason why."""
        return frozenset(column.name for column in self.columns if column.blank)

    @cached_property
    def unchangeable(self) -> frozenset[str]:
        """Columns that no change takes: a row does not move, and keeps its number."""
        # Of a screening it may be decided later who the patient is.
        above = {self.parent} - {""} if self.model is not m.Screening else set()
        return frozenset({"number", *above, *self.fixed})

    def rows(self, *, voided: bool | None = False) -> ScopedQuerySet[Any]:
        """Rows of the scope in force with what they point to, in a fixed number of queries.

        Args:
            voided: None for all rows, True for those that were taken back.
        """
        rows: ScopedQuerySet[Any] = self.model.objects.get_queryset()
        if voided is not None:
            rows = rows.filter(voided_at__isnull=not voided)
        links = [c.name for c in self.columns if isinstance(c, models.ForeignKey)]
        if self.model.patient_path:
            links += [self.model.patient_path, f"{self.model.patient_path}__centre"]
        return rows.select_related(*links)


_NUMBERED = ("number",)

ENTITIES: tuple[Entity, ...] = (
    Entity(
        name="patients",
        model=m.Patient,
        filters=("pseudonym", "sex"),
        ordering=("pseudonym",),
        fixed=("centre", "pseudonym"),
    ),
    Entity(name="identities", model=m.Identity),
    Entity(
        name="screenings",
        model=m.Screening,
        filters=("number", "screened_on", "outcome", "reason_not_enrolled"),
        ordering=_NUMBERED,
        fixed=("study", "centre"),
    ),
    Entity(
        name="enrolments",
        model=m.Enrolment,
        filters=("enrolled_on", "consent_on", "withdrawn_on", "withdrawal_scope"),
        fixed=("study",),
    ),
    Entity(
        name="diseases",
        model=m.Disease,
        filters=("number", "diagnosed_on", "site", "topography", "morphology", "grade"),
        ordering=_NUMBERED,
    ),
    Entity(name="treatment_histories", model=m.TreatmentHistory),
    Entity(
        name="surgeries",
        model=m.Surgery,
        filters=("number", "performed_on", "procedure"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="systemic_therapies",
        model=m.SystemicTherapy,
        filters=("number", "kind", "timing"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="prior_radiotherapies",
        model=m.PriorRadiotherapy,
        filters=_NUMBERED,
        ordering=_NUMBERED,
    ),
    Entity(
        name="lesions",
        model=m.Lesion,
        filters=("number", "site", "topography", "status", "found_on"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="courses",
        model=m.Course,
        filters=("number", "intent", "technique", "radiation_type", "started_on", "ended_on"),
        ordering=_NUMBERED,
    ),
    Entity(name="baselines", model=m.Baseline, filters=("number", "course"), ordering=_NUMBERED),
    Entity(name="targets", model=m.Target, filters=("course", "number"), ordering=_NUMBERED),
    Entity(name="target_lesions", model=m.TargetLesion, filters=("target", "lesion")),
    Entity(
        name="phases",
        model=m.Phase,
        filters=("course", "number", "kind", "target"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="dose_metrics",
        model=m.DoseMetric,
        filters=("course", "number", "structure", "metric"),
        ordering=(*_NUMBERED, "structure"),
    ),
    Entity(
        name="assessments",
        model=m.Assessment,
        filters=("number", "assessed_on", "kind", "disease_status"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="imaging_studies",
        model=m.ImagingStudy,
        filters=("assessment", "number", "modality", "region", "performed_on"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="lesion_assessments",
        model=m.LesionAssessment,
        filters=("assessment", "lesion", "response"),
    ),
    Entity(
        name="progressions",
        model=m.Progression,
        filters=("number", "occurred_on", "kind", "lesion", "field_relation"),
        ordering=_NUMBERED,
    ),
    Entity(name="deaths", model=m.Death, filters=("died_on", "cause")),
    Entity(
        name="losses",
        model=m.LossToFollowUp,
        filters=("number", "declared_on", "found_again_on", "reason"),
        ordering=_NUMBERED,
    ),
    Entity(
        name="toxicity_events",
        model=m.ToxicityEvent,
        filters=("number", "course", "lesion", "grade", "onset_on", "attribution", "is_serious"),
        ordering=(*_NUMBERED, "grade"),
    ),
)
"""Every table of clinical facts, parents before children."""

BY_NAME: dict[str, Entity] = {entity.name: entity for entity in ENTITIES}
