"""Whole cases: created in one step, read in one piece."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.body import about_write
from registry.api.case_body import CaseBody
from registry.api.case_serializers import IDENTITY, PATIENT, CaseSerializer, shown_case
from registry.api.described import CaseCreate, ShownCase
from registry.api.idempotency import once
from registry.api.looks import note_looks
from registry.api.marks import shown_marks
from registry.api.parameters import refuse_unknown
from registry.api.problems import refusal
from registry.api.schema import IDEMPOTENCY_KEY, LOCATION
from registry.api.views import ApiViewSet
from registry.api.writing import refuse, require_entry, require_somewhere
from registry.case import load_case
from registry.errors import Refused
from registry.models import Identity, Patient, User
from registry.services import records
from registry.services.registration import refusals


class CaseViewSet(ApiViewSet):
    """A patient with everything that is known, as one object."""

    @extend_schema(
        operation_id="cases_create",
        summary="Cases: create",
        description="A patient with all rows, in one step: all of it is written, or nothing.",
        tags=["cases"],
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request=CaseCreate,
        responses={201: ShownCase},
    )
    def create(self, request: Request) -> Response:
        """Write a whole case: all of it or nothing."""
        refuse_unknown(request.query_params, ())

        def again(created: dict[str, Any]) -> Response:
            return Response(_shown(created["pseudonym"]))

        return once(request, lambda: _create(request), again)

    @extend_schema(
        operation_id="cases_retrieve",
        summary="Cases: retrieve",
        description="A whole case in one piece, with the marks of its forms.",
        tags=["cases"],
        responses=ShownCase,
    )
    def retrieve(self, request: Request, pseudonym: str) -> Response:
        """The case as the person may see it."""
        refuse_unknown(request.query_params, ())
        return Response(_shown(pseudonym))


def _create(request: Request) -> Response:
    person = cast(User, request.user)
    require_somewhere(person)
    reason, explain = about_write(request)
    serializer = CaseSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    body = CaseBody.read(serializer.validated_data)
    require_entry(body.patient, person)
    try:
        refuse(refusals(body.rows))
        records.write(body.writes(), by=person, reason=reason or _("Entered"), explain=explain)
    except Refused as error:
        raise refusal(error, body.pointers) from error
    pseudonym = body.patient.pseudonym
    location = reverse("api:case", kwargs={"pseudonym": pseudonym})
    return Response(_shown(pseudonym), status=201, headers={"Location": location})


def _shown(pseudonym: str) -> dict[str, Any]:
    patient = Patient.objects.live().select_related("centre").filter(pseudonym=pseudonym).first()
    if patient is None:
        raise Http404
    case = load_case(patient)
    identity = Identity.objects.live().filter(patient=patient).first()
    note_looks([patient], PATIENT)
    if identity is not None:
        note_looks([identity], IDENTITY)
    return shown_case(case, identity) | {"marks": shown_marks(patient)}
