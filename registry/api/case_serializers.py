"""A whole case as one object: rows stand within the rows they are part of.

Rows point to each other by their numbers, which are the same in every system.
"""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from registry.api.columns import Whole
from registry.api.entities import BY_NAME, ENTITIES, Entity
from registry.api.links import RowLink, unknown_names
from registry.api.serializers import ABOUT_THE_WRITE, EntitySerializer, strictly
from registry.case import Case
from registry.models import ClinicalRow, Identity

PATIENT, IDENTITY = BY_NAME["patients"], BY_NAME["identities"]

LISTS: tuple[Entity, ...] = tuple(
    entity for entity in ENTITIES if entity.parent == "patient" and entity is not IDENTITY
)
"""Tables whose rows stand at the top of a case."""

MOST_ROWS = 500
"""Rows in one list of a case."""


class NumberLink(Whole):
    """Another row of the case by its number."""

    def to_representation(self, value: Any) -> int:
        """The number."""
        return int(value.number)


class CaseRowSerializer(EntitySerializer):
    """A row within its case, with the rows that are part of it."""

    beside = ()

    def __init__(self, *args: Any, with_parts: bool = True, **kwargs: Any) -> None:
        self.with_parts = with_parts
        super().__init__(*args, **kwargs)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Without the row above, in which it stands; with lists of its parts."""
        entity = self.entity
        fields = super().get_fields()
        for name in {"patient", entity.parent} & set(fields):
            del fields[name]
        for name, field in fields.items():
            if isinstance(field, RowLink):
                fields[name] = NumberLink(
                    required=field.required,
                    allow_null=field.allow_null,
                    min_value=1,
                    label=field.label,
                    help_text=field.help_text,
                )
        for name in ("centre", "pseudonym"):
            if name in fields and (entity is not PATIENT or name == "pseudonym"):
                fields[name].required = False  # the patient's centre; the next free pseudonym
        if entity is not PATIENT and self.with_parts:
            fields |= {child.name: _several(child) for child in entity.children}
        return fields


class CaseSerializer(serializers.Serializer):
    """The whole case."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The patient, the identity for those who may read it, and the lists of rows."""
        return {
            "patient": CaseRowSerializer(entity=PATIENT),
            "identity": CaseRowSerializer(entity=IDENTITY, required=False, allow_null=True),
            **{entity.name: _several(entity) for entity in LISTS},
        }

    def to_internal_value(self, data: Any) -> Any:
        """Values as they stand in the body; names are refused that no case has."""
        known = {*self.fields, *ABOUT_THE_WRITE}
        return strictly(super().to_internal_value, data, lambda names: unknown_names(names, known))


def shown_case(case: Case, identity: Identity | None) -> dict[str, Any]:
    """The case as its reader may see it; ``identity`` is None for those who may not."""
    reader = _Reader(case)
    return {
        "patient": reader.row(PATIENT, case.patient),
        "identity": None if identity is None else reader.row(IDENTITY, identity),
        **{entity.name: reader.rows(entity, case.patient) for entity in LISTS},
    }


def _several(entity: Entity) -> Any:
    return CaseRowSerializer(entity=entity, many=True, required=False, max_length=MOST_ROWS)


class _Reader:
    """Rows of one case as JSON; every table's serializer is made once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._serializers = {
            entity: CaseRowSerializer(entity=entity, with_parts=False) for entity in ENTITIES
        }

    def row(self, entity: Entity, row: ClinicalRow) -> dict[str, Any]:
        """One row without its parts."""
        return self._serializers[entity].to_representation(row)

    def rows(self, entity: Entity, above: ClinicalRow) -> list[dict[str, Any]]:
        """Rows of a table that belong to the row above, each with its own parts."""
        return [
            self.row(entity, row) | {child.name: self.rows(child, row) for child in entity.children}
            for row in self.case.of(entity.model)
            if getattr(row, entity.parent) == above
        ]
