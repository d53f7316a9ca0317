"""The interface described (OpenAPI 3.1), from the same declarations that it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from registry.api.columns import Choice, Date, Number
from registry.api.described import (
    ChangeBody,
    CreateBody,
    HistoryPage,
    ProblemBody,
    VoidBody,
    component_name,
    page_of,
)
from registry.api.entities import Entity
from registry.api.filters import filters_of
from registry.api.pagination import MOST, USUAL
from registry.api.problems import MEDIA_TYPE
from registry.api.serializers import EntitySerializer

ISO_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"

READING = (400, 401, 403, 404, 405, 406, 429)
"""Statuses of problems that any request may be answered with."""

WRITING = (409, 413, 415, 422)
"""Statuses that only writing requests are answered with."""

SEEN = (412, 428)
"""Statuses of writes that name the version they were based on."""

WORDS: Mapping[str, Any] = {
    "list": _("Rows that you may see, page by page."),
    "retrieve": _("One row. Its version is in the ETag."),
    "create": _("Create a row. The same checks run as in the forms."),
    "partial_update": _("Change fields of a row. Name the version you have read in If-Match."),
    "void": _("Take a row back. It stays in the history and counts no more."),
    "history": _("Who changed what of the row, when and why, newest first."),
}
"""What the operations of a table do."""


class ApiSchema(AutoSchema):
    """Describes the operations of the tables; other views say theirs with ``extend_schema``."""

    @property
    def entity(self) -> Entity | None:
        """The table of the view, None for other views."""
        return getattr(self.view, "entity", None)

    @property
    def action(self) -> str:
        """ "list", "create", …"""
        return str(self.view.action)  # type: ignore[attr-defined]

    def get_operation_id(self) -> str:
        """ "toxicity_events_create"."""
        if self.entity is None:
            return str(super().get_operation_id())
        return f"{self.entity.name}_{self._verb}"

    def get_tags(self) -> list[str]:
        """One group per table."""
        return [self.entity.name] if self.entity is not None else list(super().get_tags())

    def get_summary(self) -> str | None:
        """ "Radiotherapy courses: list"."""
        if self.entity is None:
            return super().get_summary()
        title = self.entity.title
        return f"{title[:1].upper()}{title[1:]}: {self._verb}"

    def get_description(self) -> str:  # type: ignore[override]
        """What the operation does."""
        if self.entity is None:
            return str(super().get_description())
        return str(WORDS[self.action])

    def get_request_serializer(self) -> Any:
        """What is sent."""
        if self.entity is None:
            return super().get_request_serializer()
        if self.action == "create":
            return CreateBody(entity=self.entity)
        if self.action == "partial_update":
            return ChangeBody(entity=self.entity)
        return VoidBody() if self.action == "void" else None

    def get_response_serializers(self) -> Any:
        """What is answered when all is well: the row, or a page of rows."""
        if self.entity is None:
            return super().get_response_serializers()
        if self.action == "list":
            return {200: page_of(self.entity)}
        if self.action == "history":
            return {200: HistoryPage()}
        return {201 if self.action == "create" else 200: EntitySerializer(entity=self.entity)}

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        """The answers, problems among them."""
        problem = OpenApiResponse(ProblemBody(), description=str(_("A problem (RFC 9457).")))
        answers = dict(super()._get_response_bodies(direction))
        for status in self._problems():
            code = str(status)
            answers[code] = self._get_response_for_code(problem, code, [MEDIA_TYPE], direction)  # type: ignore[no-untyped-call]
        return answers

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Never: a list comes as an object, with the address of the next page."""
        return False

    def get_override_parameters(self) -> list[Any]:
        """Parameters of the address and headers."""
        if self.entity is None:
            return list(super().get_override_parameters())
        return list(self._parameters(self.entity))

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """ "ToxicityEvent", "ToxicityEventCreate"."""
        if isinstance(serializer, EntitySerializer):
            return component_name(serializer)
        return str(super().get_serializer_name(serializer, direction))

    def _get_request_for_media_type(self, serializer: Any, direction: Any = "request") -> Any:
        """Of a change the reason is needed, though no column is."""
        if isinstance(serializer, ChangeBody):
            return self.resolve_serializer(serializer, direction).ref, True
        return super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]

    def _map_serializer_field(
        self, field: Any, direction: Any, bypass_extensions: bool = False
    ) -> Any:
        """Dates of reduced precision, and numbers that are JSON numbers."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        if isinstance(field, Date):
            return {**schema, "pattern": ISO_DATE}
        if isinstance(field, Number):
            kept = {name: schema[name] for name in ("title", "description") if name in schema}
            assert field.max_digits is not None
            limit = 10 ** (field.max_digits - (field.decimal_places or 0))
            return {
                **kept,
                "type": ["number", "null"] if field.allow_null else "number",
                "exclusiveMinimum": -limit,
                "exclusiveMaximum": limit,
            }
        if isinstance(field, Choice):
            codes = [code for code in field.choices if code != ""]
            kept = {name: schema[name] for name in ("title", "description") if name in schema}
            return {**kept, "enum": [*codes, None] if field.allow_null else codes}
        return schema

    @property
    def _verb(self) -> str:
        return "change" if self.action == "partial_update" else self.action

    def _problems(self) -> list[int]:
        """Statuses of the problems that the operation may be answered with."""
        statuses = [*READING, *(WRITING if self.method != "GET" else ())]
        if self.entity is not None and self.action in ("partial_update", "void"):
            statuses += SEEN
        return sorted(statuses)

    def _parameters(self, entity: Entity) -> Iterator[OpenApiParameter]:
        action = self.action
        if "pk" in self.view.kwargs or action not in ("list", "create"):
            yield OpenApiParameter(
                "id",
                {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
                OpenApiParameter.PATH,
                description=str(_("Key of the row.")),
            )
        if action in ("retrieve", "create", "partial_update", "void"):
            yield OpenApiParameter(
                "ETag",
                str,
                OpenApiParameter.HEADER,
                response=[200, 201],
                description=str(_("The version of the row.")),
            )
        if action in ("partial_update", "void"):
            yield IF_MATCH
        if action == "create":
            yield IDEMPOTENCY_KEY
            yield LOCATION
        if action in ("list", "retrieve"):
            yield OpenApiParameter(
                "fields", str, description=str(_("Names of fields, separated by commas."))
            )
            yield OpenApiParameter(
                "voided", bool, description=str(_("Rows that were taken back, instead of others."))
            )
        if action == "list":
            yield from paging(entity.ordering)
            yield from _filters(entity)
        if action == "history":
            yield _limit()
            yield OpenApiParameter(
                "before", int, description=str(_("From the answer before: further back."))
            )


IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description=str(_("The ETag of the version that you have read.")),
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255},
    OpenApiParameter.HEADER,
    description=str(_("The same key again gives the same row, not another one.")),
)

LOCATION = OpenApiParameter(
    "Location",
    str,
    OpenApiParameter.HEADER,
    response=[201],
    description=str(_("Address of what was created.")),
)


def paging(ordering: tuple[str, ...]) -> Iterator[OpenApiParameter]:
    """Parameters of a list that comes page by page."""
    names = [sign + name for name in ("id", *ordering) for sign in ("", "-")]
    yield _limit()
    yield OpenApiParameter("cursor", str, description=str(_("From “next” of the page before.")))
    yield OpenApiParameter("ordering", str, enum=names, description=str(_("Stable in any case.")))


def _limit() -> OpenApiParameter:
    schema = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
    return OpenApiParameter("limit", schema, description=str(_("Rows on a page.")))


def _filters(entity: Entity) -> Iterator[OpenApiParameter]:
    for name, one in filters_of(entity).base_filters.items():
        choices = one.extra.get("choices")
        enum = [code for code, _label in choices if code != ""] if choices else None
        is_number = one.extra.get("max_value") is not None
        about = str(one.extra.get("help_text") or "")
        yield OpenApiParameter(name, int if is_number else str, enum=enum, description=about)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """``Authorization: Token …``."""

    target_class = "registry.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """How a token is sent."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": str(_("“Token ” and the token.")),
        }
