"""What facts refer to: studies, centres and CTCAE terms."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from registry.api.parameters import refuse_unknown
from registry.api.problems import parameter
from registry.api.views import ApiViewSet
from registry.models import Study
from registry.protocol_in_force import in_force
from registry.selectors.ctcae import search_terms
from registry.selectors.studies import visible_centres, visible_studies
from registry.terminology.ctcae import RELEASES


class EndpointSerializer(serializers.Serializer):
    """An endpoint of a study's protocol version in force."""

    code = serializers.CharField()
    definition = serializers.CharField()


class StudySerializer(serializers.Serializer):
    """A study with what its protocol version in force measures."""

    key = serializers.CharField()
    title = serializers.CharField()
    protocol_version = serializers.IntegerField()
    is_synthetic = serializers.BooleanField()
    dates_are_relative = serializers.BooleanField()
    centres = serializers.ListField(child=serializers.CharField(), help_text="Their codes.")
    endpoints = EndpointSerializer(many=True)


class StudiesSerializer(serializers.Serializer):
    """The studies that you take part in."""

    results = StudySerializer(many=True)


class CentreSerializer(serializers.Serializer):
    """A centre."""

    code = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(allow_blank=True)


class CentresSerializer(serializers.Serializer):
    """The centres that you may know about."""

    results = CentreSerializer(many=True)


class TermSerializer(serializers.Serializer):
    """A CTCAE term and the grades that it has."""

    release = serializers.CharField()
    term = serializers.CharField()
    grades = serializers.ListField(child=serializers.IntegerField())


class TermsSerializer(serializers.Serializer):
    """The terms that fit best, and how many fit in all."""

    count = serializers.IntegerField()
    results = TermSerializer(many=True)


class ReferenceViewSet(ApiViewSet):
    """Lists that other rows point to. They are kept by administrators, not here."""

    @extend_schema(
        operation_id="studies_list",
        summary="Studies: list",
        description="Your studies, with the endpoints that their protocols define.",
        tags=["studies"],
        responses=StudiesSerializer,
    )
    def studies(self, request: Request) -> Response:
        """The studies."""
        refuse_unknown(request.query_params, ())
        studies = visible_studies().filter(protocol_versions__isnull=False).distinct()
        rows = studies.prefetch_related("protocol_versions", "centres").order_by("key")
        return Response({"results": [_study(study) for study in rows]})

    @extend_schema(
        operation_id="studies_retrieve",
        summary="Studies: retrieve",
        description="One study.",
        tags=["studies"],
        responses=StudySerializer,
    )
    def study(self, request: Request, key: str) -> Response:
        """One study."""
        refuse_unknown(request.query_params, ())
        studies = visible_studies().filter(key=key, protocol_versions__isnull=False)
        found = studies.prefetch_related("protocol_versions", "centres").first()
        if found is None:
            raise Http404
        return Response(_study(found))

    @extend_schema(
        operation_id="centres_list",
        summary="Centres: list",
        description="Your own centres, and those that take part in your studies.",
        tags=["studies"],
        responses=CentresSerializer,
    )
    def centres(self, request: Request) -> Response:
        """The centres."""
        refuse_unknown(request.query_params, ())
        rows = visible_centres().order_by("code")
        return Response({"results": CentreSerializer(rows, many=True).data})

    @extend_schema(
        operation_id="ctcae_terms_search",
        summary="CTCAE terms: search",
        description="Terms of a release, as toxicity events name them.",
        tags=["toxicity_events"],
        parameters=[
            OpenApiParameter("release", str, enum=RELEASES, required=True),
            OpenApiParameter("search", str, required=True, description="Words of the term."),
        ],
        responses=TermsSerializer,
    )
    def ctcae_terms(self, request: Request) -> Response:
        """CTCAE terms by their words."""
        query = request.query_params
        refuse_unknown(query, {"release", "search"})
        if query.get("release") not in RELEASES:
            raise parameter("release", _("is not one of {names}").format(names=", ".join(RELEASES)))
        found = search_terms(query["release"], query.get("search", "")[:200])
        prefetch_related_objects(found.terms, "grades")
        shown = [
            {
                "release": term.release,
                "term": term.term,
                "grades": sorted(row.grade for row in term.grades.all()),
            }
            for term in found.terms
        ]
        return Response({"count": found.count, "results": shown})


def _study(study: Study) -> dict[str, Any]:
    version = in_force(study.protocol_versions.all(), timezone.localdate())
    endpoints = [
        {"code": one.code, "definition": one.definition} for one in version.protocol.endpoints
    ]
    return {
        "key": study.key,
        "title": study.title,
        "protocol_version": version.number,
        "is_synthetic": study.is_synthetic,
        "dates_are_relative": study.dates_are_relative,
        "centres": sorted(centre.code for centre in study.centres.all()),
        "endpoints": endpoints,
    }
