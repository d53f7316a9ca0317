"""Curves as JSON: times in whole days, shares from 0 to 1."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from analytics.curves import Estimate, SurvivalResult


class EstimateSerializer(serializers.Serializer):
    """A figure with its 95 % limits; null where it is not reached or not known."""

    estimate = serializers.FloatField(allow_null=True)
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)


class RateSerializer(serializers.Serializer):
    """The curve at one time."""

    months = serializers.FloatField()
    survival = EstimateSerializer()
    n_risk = serializers.IntegerField()
    n_event = serializers.IntegerField()


class StepSerializer(serializers.Serializer):
    """One step of the curve."""

    days = serializers.IntegerField()
    survival = serializers.FloatField()
    lower = serializers.FloatField(allow_null=True)
    upper = serializers.FloatField(allow_null=True)
    n_risk = serializers.IntegerField()
    n_event = serializers.IntegerField()


class CurveSerializer(serializers.Serializer):
    """A survival curve with everything that is said beside it."""

    study = serializers.CharField()
    protocol_version = serializers.IntegerField()
    endpoint = serializers.CharField()
    definition = serializers.CharField()
    data_cut = serializers.DateField(allow_null=True)
    conf_type = serializers.CharField()
    is_clustered = serializers.BooleanField(
        help_text="The limits allow for lesions of one patient being alike."
    )
    n = serializers.IntegerField(help_text="Patients or lesions in the curve.")
    events = serializers.IntegerField()
    excluded = serializers.IntegerField()
    median_months = EstimateSerializer()
    follow_up_months = EstimateSerializer(help_text="Median follow-up by reverse Kaplan-Meier.")
    rates = RateSerializer(many=True)
    steps = StepSerializer(many=True)


def curve_data(result: SurvivalResult) -> dict[str, Any]:
    """The members of :class:`CurveSerializer`."""
    return {
        "study": result.study.key,
        "protocol_version": result.protocol_version,
        "endpoint": result.endpoint.code,
        "definition": result.endpoint.definition,
        "data_cut": result.data_cut,
        "conf_type": result.conf_type,
        "is_clustered": result.is_clustered,
        "n": result.n,
        "events": result.events,
        "excluded": result.numbers.n_excluded,
        "median_months": _estimate(result.median),
        "follow_up_months": _estimate(result.follow_up),
        "rates": [
            {
                "months": rate.months,
                "survival": _estimate(rate.survival),
                "n_risk": rate.n_risk,
                "n_event": rate.n_event,
            }
            for rate in result.rates
        ],
        "steps": _steps(result),
    }


def _estimate(one: Estimate) -> dict[str, float | None]:
    return {"estimate": one.estimate, "lower": one.lower, "upper": one.upper}


def _steps(result: SurvivalResult) -> list[dict[str, Any]]:
    km = result.km
    if km is None:
        return []
    columns = (km.time, km.survival, km.lower, km.upper, km.n_risk, km.n_event)
    return [
        {
            "days": int(days),
            "survival": float(survival),
            "lower": _known(lower),
            "upper": _known(upper),
            "n_risk": round(n_risk),
            "n_event": round(n_event),
        }
        for days, survival, lower, upper, n_risk, n_event in zip(*columns, strict=True)
    ]


def _known(limit: float) -> float | None:
    return None if math.isnan(limit) else float(limit)
