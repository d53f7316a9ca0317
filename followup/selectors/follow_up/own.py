"""What of the figures of follow-up the reader's own centres see."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from followup.selectors.follow_up.reach import Reach
from registry.models import Enrolment, Participation, Study
from registry.selectors.studies import scope_in_force


def own_reach() -> Reach:
    """The patients of the reader's own centres, in all studies with a calendar."""
    studies = _studies().filter(dates_are_relative=False)
    return Reach(tuple(studies.order_by("key")), scope_in_force().centre_ids)


def relative_studies() -> QuerySet[Study]:
    """The studies of the own centres whose dates say nothing about the calendar."""
    return _studies().filter(dates_are_relative=True).order_by("key")


def _studies() -> QuerySet[Study]:
    """Studies in which the own centres take part, or have patients."""
    centres = scope_in_force().centre_ids
    part = Participation.objects.filter(study=OuterRef("pk"), centre__in=centres)
    patients = Enrolment.objects.live().filter(study=OuterRef("pk"), patient__centre__in=centres)
    return Study.objects.filter(Q(Exists(part)) | Q(Exists(patients)))
