"""Bodies that the schema describes and that no view needs as a class of its own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from registry.api.case_serializers import CaseRowSerializer, CaseSerializer
from registry.api.columns import Text
from registry.api.entities import Entity
from registry.api.moments import Moment
from registry.api.serializers import AboutWrite, EntitySerializer
from registry.models.choices import MarkKind


def component_name(serializer: EntitySerializer) -> str:
    """Name of a row in the schema: "ToxicityEvent", "ToxicityEventCreate"."""
    suffix = "InCase" if isinstance(serializer, CaseRowSerializer) else ""
    return f"{singular(serializer.entity)}{getattr(serializer, 'suffix', suffix)}"


def singular(entity: Entity) -> str:
    """Name of one row of the table: "ToxicityEvent"."""
    return entity.model.__name__


class CreateBody(EntitySerializer):
    """What is sent to create a row."""

    suffix = "Create"

    def get_fields(self) -> dict[str, serializers.Field]:
        """The writable columns, and what is said about the write."""
        return {**_writable(super().get_fields()), **AboutWrite().get_fields()}


class ChangeBody(EntitySerializer):
    """What is sent to change a row: the fields that change, and why."""

    suffix = "Change"

    def get_fields(self) -> dict[str, serializers.Field]:
        """The columns that a change takes, none of them needed, and the reason."""
        columns = _writable(super().get_fields())
        for name in self.entity.unchangeable:
            columns.pop(name, None)
        for field in columns.values():
            field.required = False
        return {**columns, **_with_reason()}


class VoidBody(AboutWrite):
    """What is sent to take a row back."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The reason is needed."""
        return _with_reason()


class CaseCreate(CaseSerializer):
    """What is sent to create a whole case."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The rows of the case, and what is said about the write."""
        return {**super().get_fields(), **AboutWrite().get_fields()}


class MarkOfForm(serializers.Serializer):
    """What somebody said of a form: source data verified, locked, signed."""

    kind = serializers.ChoiceField(choices=MarkKind.choices)
    entity = serializers.CharField()
    row = serializers.IntegerField()
    form = serializers.CharField()
    person = serializers.CharField(allow_null=True)
    at = Moment()
    meaning = serializers.CharField(allow_null=True)
    content_sha256 = serializers.CharField()
    holds = serializers.BooleanField(help_text="In force, and the form is as it was marked.")
    ended_at = Moment(allow_null=True)
    end_reason = serializers.CharField(allow_null=True)


class ShownCase(CaseSerializer):
    """A whole case as its reader may see it."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The rows, and the marks of their forms."""
        return {**super().get_fields(), "marks": MarkOfForm(many=True, read_only=True)}


class ProblemError(serializers.Serializer):
    """One thing that is wrong, and where."""

    field = serializers.CharField(required=False, allow_blank=True)
    pointer = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    check = serializers.CharField(required=False)
    severity = serializers.CharField(required=False)
    message = serializers.CharField()
    entity = serializers.CharField(required=False)
    number = serializers.IntegerField(required=False, allow_null=True)
    row = serializers.IntegerField(required=False, allow_null=True)
    parameter = serializers.CharField(required=False)


class ProblemBody(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(allow_blank=True)
    instance = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """With "errors", a name that the class itself uses."""
        return {**super().get_fields(), "errors": ProblemError(many=True, required=False)}


class ValueChanged(serializers.Serializer):
    """One field before and after, in words."""

    field = serializers.CharField()
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class ChangeOfRow(serializers.Serializer):
    """One change of a row."""

    at = Moment()
    person = serializers.CharField(allow_null=True)
    reason = serializers.CharField(allow_null=True)
    origin = serializers.CharField(allow_null=True)
    operation = serializers.CharField()
    values = ValueChanged(many=True)


class HistoryPage(serializers.Serializer):
    """Changes of a row, newest first."""

    before = serializers.IntegerField(allow_null=True)
    results = ChangeOfRow(many=True)


def page_of(entity: Entity) -> serializers.Serializer:
    """A page of rows."""
    return inline_serializer(
        f"{singular(entity)}Page",
        {
            "next": serializers.CharField(allow_null=True),
            "results": EntitySerializer(entity=entity, many=True),
        },
    )


def _writable(fields: dict[str, serializers.Field]) -> dict[str, serializers.Field]:
    return {name: field for name, field in fields.items() if not field.read_only}


def _with_reason() -> dict[str, Any]:
    fields: dict[str, Any] = AboutWrite().get_fields()
    fields["reason_for_change"] = Text(max_length=1000, min_length=1)
    return fields
