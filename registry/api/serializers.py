"""Rows to JSON and back: one serializer for every table, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as _
from rest_framework import serializers

from registry.api.columns import Text, field_for
from registry.api.entities import Entity
from registry.api.links import link_for, unknown_names
from registry.api.moments import Moment
from registry.models import ClinicalRow, Enrolment, Patient
from registry.models.choices import MissingReason
from registry.partial_date import PartialDate
from registry.protocol_in_force import day_of_enrolment, in_force
from registry.selectors.own_centre import is_own_centre

ABOUT_THE_WRITE = ("reason_for_change", "confirm")
"""Members of a body beside the columns: not "reason", which is a column of some tables."""


class Reasons(serializers.DictField):
    """Field → why it holds nothing."""

    def __init__(self, **kwargs: Any) -> None:
        child = serializers.ChoiceField(choices=MissingReason.choices, allow_null=True)
        super().__init__(child=child, **kwargs)


class Confirmed(serializers.Serializer):
    """An unlikely finding that is right, and why."""

    check = Text(max_length=60)
    entity = Text(max_length=40)
    field = Text(max_length=60, required=False, allow_null=True)
    number = serializers.IntegerField(required=False, allow_null=True)
    row = serializers.IntegerField(required=False, allow_null=True)
    reason = Text(max_length=1000)


class AboutWrite(serializers.Serializer):
    """Why a row is written, and which unlikely findings are right."""

    reason_for_change = Text(max_length=1000, required=False, allow_null=True)
    confirm: Any = serializers.ListSerializer(child=Confirmed(), required=False, max_length=200)


class EntitySerializer(serializers.Serializer):
    """A row of one table; ``instance`` for a change of a saved one."""

    beside: tuple[str, ...] = ABOUT_THE_WRITE
    """Members of the body that are no columns and are read elsewhere."""

    def __init__(
        self, *args: Any, entity: Entity, only: frozenset[str] | None = None, **kwargs: Any
    ):
        self.entity = entity
        self.only = only
        super().__init__(*args, **kwargs)

    def get_fields(self) -> dict[str, serializers.Field]:
        """The key, the version, the columns, the reasons for missing values, the voiding."""
        entity = self.entity
        fields: dict[str, serializers.Field] = {
            "id": serializers.IntegerField(read_only=True),
            "version": serializers.IntegerField(read_only=True),
        }
        path = entity.model.patient_path.split("__")
        if len(path) > 1:
            fields["patient"] = serializers.CharField(
                source=".".join([*path, "pseudonym"]), read_only=True
            )
        for column in entity.columns:
            fields[column.name] = field_of(entity, column)
        fields["missing"] = Reasons(required=False)
        fields["voided_at"] = Moment(read_only=True, allow_null=True)
        fields["void_reason"] = serializers.CharField(read_only=True)
        if self.only is not None:
            fields = {name: field for name, field in fields.items() if name in self.only}
        return fields

    def to_representation(self, instance: ClinicalRow) -> dict[str, Any]:
        """The row as its reader may see it: outside of the own centre a birth date is a year."""
        shown: dict[str, Any] = super().to_representation(instance)
        if isinstance(instance, Patient) and "birth_date" in shown and not is_own_centre(instance):
            date = instance.birth_date
            shown["birth_date"] = None if date is None else str(PartialDate(date.year))
        return shown

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values to lay into a row.

        Raises:
            ValidationError: a value is none of its column's; a name is unknown or not writable.
        """
        values: dict[str, Any] = strictly(super().to_internal_value, data, self._refused_names)
        return values

    def _refused_names(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Names that the table does not have, or that nobody writes."""
        refused = unknown_names(data, {*self.fields, *self.beside})
        for name in sorted(set(data) & set(self.fields)):
            if self.fields[name].read_only:
                refused[name] = [serializers.ErrorDetail(_("is not written here"), "read-only")]
            elif self.instance is not None and name in self.entity.unchangeable:
                message = _("stays as it was created")
                refused[name] = [serializers.ErrorDetail(message, "read-only")]
        return refused

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Reasons stand for columns that hold nothing; a protocol version is one of its study."""
        if errors := dict(self._refused_reasons(attrs)):
            raise serializers.ValidationError({"missing": errors}, code="missing-reason")
        if self.entity.model is Enrolment:
            _resolve_version(attrs, self.instance)
        return attrs

    def _refused_reasons(self, attrs: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
        optional = self.entity.may_be_missing
        for name, reason in attrs.get("missing", {}).items():
            if name not in optional:
                yield name, [_("there is no such field that may be missing")]
            elif reason is not None and attrs.get(name) not in (None, ""):
                yield name, [_("has a value and a reason why it is missing")]


def strictly(
    read: Callable[[Any], Any], data: Any, refused_names: Callable[[Mapping[str, Any]], Any]
) -> Any:
    """What a serializer reads of an object; names that it does not take are errors as well.

    Raises:
        ValidationError: with both kinds of errors.
    """
    if not isinstance(data, Mapping):
        raise serializers.ValidationError({"non_field_errors": [_("is no object")]}, code="field")
    errors, values = dict(refused_names(data)), None
    try:
        values = read(data)
    except serializers.ValidationError as error:
        errors = {**cast(dict[str, Any], error.detail), **errors}
    if errors:
        raise serializers.ValidationError(errors)
    return values


def field_of(entity: Entity, column: models.Field[Any, Any]) -> serializers.Field:
    """The field of any column."""
    if isinstance(column, models.ForeignKey):
        return link_for(column)
    field = field_for(entity.model, column)
    if column.name == "number":
        field.required = False  # the next one
    return field


def _resolve_version(attrs: dict[str, Any], enrolment: Any) -> None:
    if enrolment is not None and "protocol_version" not in attrs:
        return
    study = attrs["study"] if enrolment is None else enrolment.study
    versions = list(study.protocol_versions.all())
    number = attrs.get("protocol_version")
    found = next((version for version in versions if version.number == number), None)
    if number is None and versions:
        found = in_force(versions, day_of_enrolment(attrs.get("enrolled_on")))
    if found is None:
        message = _("the study has no such protocol version")
        raise serializers.ValidationError({"protocol_version": [message]}, code="link")
    attrs["protocol_version"] = found
