"""Expected visits as JSON."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from followup.models import ExpectedVisit, VisitOverride
from followup.schedules import OverrideKind, VisitStatus
from registry.api.columns import Text
from registry.api.moments import Moment
from registry.api.strict import StrictSerializer


class ExpectedVisitSerializer(serializers.Serializer):
    """A visit that the protocol expects, with its status of today."""

    id = serializers.IntegerField()
    patient = serializers.CharField(source="enrolment.patient.pseudonym")
    centre = serializers.CharField(source="enrolment.patient.centre.code")
    study = serializers.CharField(source="enrolment.study.key")
    key = serializers.CharField(help_text="Of the schedule; stays over recomputations.")
    name = serializers.CharField(source="label", help_text="Short name, such as “Month 6”.")
    counted_from = serializers.CharField(source="anchor")
    target = serializers.DateField(allow_null=True)
    window_start = serializers.DateField(allow_null=True)
    window_end = serializers.DateField(allow_null=True)
    requirements = serializers.ListField(child=serializers.CharField())
    outstanding = serializers.ListField(child=serializers.CharField())
    status = serializers.SerializerMethodField()
    done_on = serializers.DateField(allow_null=True)

    def __init__(self, *args: Any, today: dt.date | None = None, **kwargs: Any) -> None:
        self.today = today or timezone.localdate()
        super().__init__(*args, **kwargs)

    def get_status(self, visit: ExpectedVisit) -> VisitStatus:
        """Planned, due and overdue follow from the window and the day."""
        return visit.status_on(self.today)


class ExpectedVisitPage(serializers.Serializer):
    """A page of visits."""

    next = serializers.CharField(allow_null=True)
    results = ExpectedVisitSerializer(many=True)


class WordBody(StrictSerializer):
    """What a person says about a visit that will not be as expected."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in OverrideKind])
    reason = Text(max_length=1000, min_length=1)
    postponed_to = serializers.DateField(required=False, allow_null=True)


class WithdrawBody(StrictSerializer):
    """Why the word in force is taken back."""

    reason = Text(max_length=1000, min_length=1)


class WordSerializer(serializers.Serializer):
    """A word on a visit; the one without ``replaced_at`` is in force."""

    kind = serializers.CharField()
    reason = serializers.CharField()
    postponed_to = serializers.DateField(allow_null=True)
    person = serializers.SerializerMethodField()
    at = Moment()
    replaced_at = Moment(
        allow_null=True, help_text="When it went out of force: by a later word, or taken back."
    )
    withdrawn_reason = serializers.CharField(
        help_text="Why it was taken back; empty if it was not."
    )

    def get_person(self, word: VisitOverride) -> str | None:
        """Who said it; null for the installation."""
        return str(word.by) if word.by is not None else None


class WordsSerializer(serializers.Serializer):
    """All that was said about a visit, the latest first."""

    results = WordSerializer(many=True)
