"""One set of views for every table: list, retrieve, create, change, take back, history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from registry.api import writing
from registry.api.authentication import MayUseApi
from registry.api.body import about_write, body_of
from registry.api.entities import Entity
from registry.api.filters import cut, filters_of
from registry.api.history import history_of
from registry.api.idempotency import once
from registry.api.looks import note_looks
from registry.api.pagination import PAGING, Page
from registry.api.parameters import names, refuse_unknown, yes_or_no
from registry.api.pointers import Pointers
from registry.api.preconditions import etag, require_seen
from registry.api.problems import refusal
from registry.api.serializers import EntitySerializer
from registry.errors import Refused
from registry.models import ClinicalRow, User

LIST_PARAMETERS = PAGING | {"fields", "voided"}


class ApiViewSet(ViewSet):
    """What all views of the interface share."""

    permission_classes = [MayUseApi]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the whole body first: fingerprints need it, and its size is limited there."""
        body_of(request)
        super().initial(request, *args, **kwargs)


class EntityViewSet(ApiViewSet):
    """The rows of one table, in the scope of the person who asks."""

    entity: Entity = cast(Entity, None)

    def list(self, request: Request) -> Response:
        """Rows by page: cut, ordered and with the fields that the address asks for."""
        entity = self.entity
        known = LIST_PARAMETERS | set(filters_of(entity).base_filters)
        refuse_unknown(request.query_params, known)
        rows = entity.rows(voided=yes_or_no(request.query_params, "voided"))
        page = Page(request, cut(rows, entity, request.query_params), entity.ordering)
        serializer = self._serializer(request, page.rows, many=True)
        return Response({"next": page.next, "results": serializer.data})

    def retrieve(self, request: Request, pk: int) -> Response:
        """One row, with its version as ETag."""
        refuse_unknown(request.query_params, {"fields", "voided"})
        voided = yes_or_no(request.query_params, "voided")
        return self._answer(request, self._row(pk, voided=voided))

    def create(self, request: Request) -> Response:
        """A new row; with Idempotency-Key carried out once, however often it arrives."""
        refuse_unknown(request.query_params, ())

        def again(created: dict[str, Any]) -> Response:
            return self._answer(request, self._row(created["pk"], voided=None))

        return once(request, lambda: self._create(request), again)

    def _create(self, request: Request) -> Response:
        writing.require_somewhere(_person(request))
        reason, explain = about_write(request)
        serializer = EntitySerializer(data=request.data, entity=self.entity)
        serializer.is_valid(raise_exception=True)
        row, is_open = writing.new_row(self.entity, serializer.validated_data)
        with _told_at_its_places(row):
            writing.create(
                row,
                by=_person(request),
                reason=reason,
                explain=explain,
                is_open=is_open,
            )
        response = self._answer(request, self._row(row.pk), status=201)
        response.headers["Location"] = reverse(
            f"api:{self.entity.name}-detail", kwargs={"pk": row.pk}
        )
        return response

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change fields of a row, with a reason."""
        refuse_unknown(request.query_params, ())
        row = self._row(pk)
        writing.require_entry(row, _person(request))
        version = require_seen(request, row)
        reason, explain = about_write(request)
        serializer = EntitySerializer(row, data=request.data, entity=self.entity, partial=True)
        serializer.is_valid(raise_exception=True)
        with _told_at_its_places(row):
            writing.change(
                row,
                serializer.validated_data,
                by=_person(request),
                reason=reason,
                explain=explain,
                version=version,
            )
        return self._answer(request, self._row(pk))

    def void(self, request: Request, pk: int) -> Response:
        """Take a row back, with a reason; it stays in the history."""
        refuse_unknown(request.query_params, ())
        row = self._row(pk)
        writing.require_entry(row, _person(request))
        version = require_seen(request, row)
        reason, explain = about_write(request, alone=True)
        with _told_at_its_places(row):
            writing.void(row, by=_person(request), reason=reason, explain=explain, version=version)
        return self._answer(request, self._row(pk, voided=True))

    def history(self, request: Request, pk: int) -> Response:
        """Who changed what of the row, when and why; newest first, of rows taken back as well."""
        return Response(history_of(request, self._row(pk, voided=None)))

    def _row(self, pk: int, *, voided: bool | None = False) -> ClinicalRow:
        row = self.entity.rows(voided=voided).filter(pk=pk).first()
        if row is None:
            raise Http404
        return cast(ClinicalRow, row)

    def _answer(self, request: Request, row: ClinicalRow, *, status: int = 200) -> Response:
        data = self._serializer(request, row).data
        return Response(data, status=status, headers={"ETag": etag(row)})

    def _serializer(self, request: Request, rows: Any, *, many: bool = False) -> Any:
        """The rows as their reader may see them; looks at identities are written down."""
        known = EntitySerializer(entity=self.entity).fields
        only = names(request.query_params, "fields", known)
        note_looks(rows if many else [rows], self.entity, only)
        return EntitySerializer(rows, many=many, entity=self.entity, only=only)


class UnknownAddress(ApiViewSet):
    """Every other address under the interface."""

    schema = None

    def nothing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """There is nothing."""
        raise NotFound(_("There is nothing at this address."))


@contextmanager
def _told_at_its_places(row: ClinicalRow) -> Iterator[None]:
    """Findings on the row are told at the places of the body, which is the row."""
    pointers = Pointers()
    pointers.put(row)
    try:
        yield
    except Refused as error:
        raise refusal(error, pointers) from error


def _person(request: Request) -> User:
    return cast(User, request.user)
