"""Expected visits: listed, read, and a person's word on one of them."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from followup.api.filters import FILTERS, cut
from followup.api.serializers import (
    ExpectedVisitPage,
    ExpectedVisitSerializer,
    WithdrawBody,
    WordBody,
    WordSerializer,
    WordsSerializer,
)
from followup.models import ExpectedVisit
from followup.schedules import OverrideKind
from followup.selectors.visits import current
from followup.services import say_about_visit, withdraw_word
from registry.api.pagination import PAGING, Page
from registry.api.parameters import refuse_unknown
from registry.api.schema import paging
from registry.api.views import ApiViewSet
from registry.models import User
from registry.permissions import require_case_entry

TAG = ["expected_visits"]


class ExpectedVisitViewSet(ApiViewSet):
    """Expected visits of the scope. They follow from the facts: none is created or changed here."""

    @extend_schema(
        operation_id="expected_visits_list",
        summary="Expected visits: list",
        description="Visits that the protocols expect, page by page.",
        tags=TAG,
        parameters=[*paging(()), *FILTERS],
        responses=ExpectedVisitPage,
    )
    def list(self, request: Request) -> Response:
        """Visits by page."""
        refuse_unknown(request.query_params, {*PAGING, *(one.name for one in FILTERS)})
        today = timezone.localdate()
        page = Page(request, cut(_visits(), request.query_params, today), ())
        shown = [ExpectedVisitSerializer(row, today=today).data for row in page.rows]
        return Response({"next": page.next, "results": shown})

    @extend_schema(
        operation_id="expected_visits_retrieve",
        summary="Expected visits: retrieve",
        description="One expected visit with its status of today.",
        tags=TAG,
        responses=ExpectedVisitSerializer,
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """One visit."""
        refuse_unknown(request.query_params, ())
        return Response(ExpectedVisitSerializer(_visit(pk), today=timezone.localdate()).data)

    @extend_schema(
        operation_id="expected_visits_words",
        summary="Expected visits: words",
        description="What people have said about the visit, the latest first.",
        tags=TAG,
        responses=WordsSerializer,
    )
    def words(self, request: Request, pk: int) -> Response:
        """What was said about it."""
        refuse_unknown(request.query_params, ())
        rows = _visit(pk).overrides.select_related("by").order_by("-at", "-pk")
        return Response({"results": WordSerializer(rows, many=True).data})

    @extend_schema(
        operation_id="expected_visits_say",
        summary="Expected visits: say",
        description="Say that a visit was missed, is postponed or does not apply, and why.",
        tags=TAG,
        request=WordBody,
        responses={201: WordSerializer},
    )
    def say(self, request: Request, pk: int) -> Response:
        """A person's word on a visit."""
        refuse_unknown(request.query_params, ())
        visit = _visit(pk)
        require_case_entry(cast(User, request.user), visit.enrolment.patient.centre_id)
        body = WordBody(data=request.data)
        body.is_valid(raise_exception=True)
        given: dict[str, Any] = body.validated_data
        word = say_about_visit(
            visit,
            by=cast(User, request.user),
            kind=OverrideKind(given["kind"]),
            reason=given["reason"],
            postponed_to=given.get("postponed_to"),
            today=timezone.localdate(),
        )
        return Response(WordSerializer(word).data, status=201)

    @extend_schema(
        operation_id="expected_visits_withdraw",
        summary="Expected visits: withdraw a word",
        description="Take back the word in force on the visit, and say why. It stays on record.",
        tags=TAG,
        request=WithdrawBody,
        responses=WordSerializer,
    )
    def withdraw(self, request: Request, pk: int) -> Response:
        """The word in force, taken back."""
        refuse_unknown(request.query_params, ())
        visit = _visit(pk)
        require_case_entry(cast(User, request.user), visit.enrolment.patient.centre_id)
        body = WithdrawBody(data=request.data)
        body.is_valid(raise_exception=True)
        word = withdraw_word(
            visit,
            by=cast(User, request.user),
            reason=body.validated_data["reason"],
            today=timezone.localdate(),
        )
        return Response(WordSerializer(word).data)


def _visits() -> QuerySet[ExpectedVisit]:
    rows = current(ExpectedVisit.objects.get_queryset())
    return rows.select_related("enrolment__patient__centre", "enrolment__study")


def _visit(pk: int) -> ExpectedVisit:
    row = _visits().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
