"""Curves and their figures, over all facts or up to a data cut."""

from __future__ import annotations

import datetime as dt

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.serializers import CurveSerializer, curve_data
from analytics.current import current_results
from analytics.curves import AT_MONTHS, survival_result
from registry.api.parameters import refuse_unknown
from registry.api.problems import parameter
from registry.api.views import ApiViewSet
from registry.models import ProtocolVersion
from registry.selectors.studies import visible_studies

CONF_TYPES = ("log-log", "log", "plain")
MOST_TIMES = 50

PARAMETERS = [
    OpenApiParameter(
        "at_months", str, description="Months at which the curve is read, separated by commas."
    ),
    OpenApiParameter("data_cut", dt.date, description="Facts dated later do not count."),
    OpenApiParameter("conf_type", str, enum=CONF_TYPES, description="Scale of the limits."),
]


class CurveViewSet(ApiViewSet):
    """Survival curves of a study over the patients that the person may see."""

    @extend_schema(
        operation_id="curves_retrieve",
        summary="Curves: retrieve",
        description="Kaplan-Meier curve of an endpoint, as the study's newest protocol defines it.",
        tags=["studies"],
        parameters=PARAMETERS,
        responses=CurveSerializer,
    )
    def retrieve(self, request: Request, key: str, endpoint: str) -> Response:
        """One curve."""
        query = request.query_params
        refuse_unknown(query, {"at_months", "data_cut", "conf_type"})
        study = visible_studies().filter(key=key).first()
        if study is None:
            raise Http404
        conf_type = query.get("conf_type", "log-log")
        if conf_type not in CONF_TYPES:
            raise parameter(
                "conf_type", _("is not one of {names}").format(names=", ".join(CONF_TYPES))
            )
        months = _months(query.get("at_months"))
        data_cut = _day(query.get("data_cut"))
        if data_cut is not None and study.dates_are_relative:
            raise parameter("data_cut", _("dates of this study carry intervals only"))
        try:
            if data_cut is None:
                now = timezone.now()
                (result,) = current_results(
                    study, [endpoint], now=now, at_months=months, conf_type=conf_type
                ).results
            else:
                result = survival_result(
                    study, endpoint, at_months=months, data_cut=data_cut, conf_type=conf_type
                )
        except (LookupError, ProtocolVersion.DoesNotExist):
            raise Http404 from None
        return Response(curve_data(result))


def _months(text: str | None) -> tuple[float, ...]:
    if text is None:
        return AT_MONTHS
    try:
        months = tuple(float(part) for part in text.split(","))
    except ValueError:
        raise parameter("at_months", _("is no list of numbers")) from None
    if len(months) > MOST_TIMES or not all(0 <= one <= 1200 for one in months):
        raise parameter("at_months", _("takes up to 50 numbers from 0 to 1200"))
    return months


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise parameter("data_cut", _("is no day (YYYY-MM-DD)")) from None
