"""The tables of the native format, made from the models: columns, keys and links between tables.

One table per clinical model, its columns named as the fields. A row names its patient by pseudonym
and the rows it belongs to by their numbers: a phase says ``patient``, ``course``, ``number``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property

from django.db import models

from registry import models as m
from registry.exchange.cells import Column
from registry.models import ClinicalRow

_MODELS: dict[str, type[ClinicalRow]] = {
    "patients": m.Patient,
    "identities": m.Identity,
    "screenings": m.Screening,
    "enrolments": m.Enrolment,
    "diseases": m.Disease,
    "treatment_histories": m.TreatmentHistory,
    "surgeries": m.Surgery,
    "systemic_therapies": m.SystemicTherapy,
    "prior_radiotherapies": m.PriorRadiotherapy,
    "lesions": m.Lesion,
    "courses": m.Course,
    "baselines": m.Baseline,
    "targets": m.Target,
    "target_lesions": m.TargetLesion,
    "phases": m.Phase,
    "dose_metrics": m.DoseMetric,
    "assessments": m.Assessment,
    "imaging_studies": m.ImagingStudy,
    "lesion_assessments": m.LesionAssessment,
    "progressions": m.Progression,
    "deaths": m.Death,
    "losses": m.LossToFollowUp,
    "toxicity_events": m.ToxicityEvent,
}

# Filled by the import itself: from --study and --centre, or derived.
_NOT_IN_FILES = {"study", "centre", "record_number_index", "family_name_index"}


@dataclass(frozen=True)
class Link:
    """A row points to another row of the same patient by the numbers in these columns."""

    field: str
    model: type[ClinicalRow]
    columns: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Entity:
    """One table of the native format."""

    name: str
    model: type[ClinicalRow]
    key: tuple[str, ...]
    links: tuple[Link, ...]
    columns: tuple[Column, ...]

    @property
    def title(self) -> str:
        """Name of the table for people."""
        return str(self.model._meta.verbose_name_plural)

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Names of the columns with the numbers of the row itself and of those it points to."""
        linked = (name for link in self.links for name in link.columns)
        return tuple(dict.fromkeys((*self.key, *linked)))

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that no row can do without."""
        return tuple(column.name for column in self.columns if column.required)


@cache
def entities() -> dict[str, Entity]:
    """Every table of the native format by name, in the order in which rows are written."""
    return {name: _entity(name, model) for name, model in _MODELS.items()}


@cache
def entity_of(model: type[ClinicalRow]) -> Entity:
    """The table of a model."""
    return next(entity for entity in entities().values() if entity.model is model)


def _entity(name: str, model: type[ClinicalRow]) -> Entity:
    above = _numbers_above(model)
    links = tuple(_links(model, above))
    has_number = any(field.name == "number" for field in model._meta.concrete_fields)
    if has_number:
        key = (*above, "number")
    else:
        # A row without a number is known by what it joins: a target and a lesion.
        key = tuple(dict.fromkeys(c for link in links if link.required for c in link.columns))
    return Entity(name, model, key, links, tuple(_columns(model, above)))


def _numbers_above(model: type[ClinicalRow]) -> tuple[str, ...]:
    """Columns with the numbers of the rows between the patient and this row, outermost first."""
    return tuple(reversed(model.patient_path.split("__")))[1:] if model.patient_path else ()


def _links(model: type[ClinicalRow], above: tuple[str, ...]) -> Iterator[Link]:
    for field in model._meta.concrete_fields:
        other = field.related_model
        if (
            isinstance(field, models.ForeignKey)
            and isinstance(other, type)
            and issubclass(other, ClinicalRow)
            and other is not m.Patient
        ):
            columns = (*_numbers_above(other), field.name)
            yield Link(field.name, other, columns, required=not field.null)


def _columns(model: type[ClinicalRow], above: tuple[str, ...]) -> Iterator[Column]:
    if model is not m.Patient:
        needed = model is not m.Screening
        yield Column.text("patient", "Pseudonym of the patient.", required=needed, length=40)
    for name in above:
        yield Column.number(name, f"Number of the {name}.", required=True)
    if any(field.name == "number" for field in model._meta.concrete_fields):
        inside = above[-1] if above else "patient"
        inside = "study and the centre" if model is m.Screening else inside
        yield Column.number("number", f"1, 2, … within the {inside}; 1 when empty.")
    for field in model.content_fields():
        if field.name in {"patient", "number", *above} | _NOT_IN_FILES:
            continue
        if isinstance(field, models.ForeignKey):
            yield from _link_columns(field)
        else:
            yield Column.of(field)


def _link_columns(field: models.ForeignKey[models.Model, models.Model]) -> Iterator[Column]:
    if field.related_model is m.CtcaeTerm:
        yield Column.text("release", "CTCAE release: 3.0, 4.03, 5.0 or 6.0.", True, length=5)
        yield Column.text("term", "Term of that release, as it is spelt there.", True, length=250)
    elif field.related_model is m.ProtocolVersion:
        yield Column.number(
            field.name, "Number of the version; when empty, that of the day of enrolment."
        )
    else:
        help_text = f"Number of the {field.verbose_name}. {field.help_text}".strip()
        yield Column.number(field.name, help_text, required=not field.null)
