"""Since when each centre of the demo takes part: the month of its first patient."""

from __future__ import annotations

from django.db.models import Min

from registry.models import Enrolment, Participation
from registry.scope import system_scope


def activate_centres() -> None:
    """Let every plan begin with the first enrolment, so that accrual can be held against it."""
    with system_scope():
        first = (
            Enrolment.objects.live()
            .order_by()
            .values_list("study", "patient__centre")
            .annotate(day=Min("enrolled_on"))
        )
        for study, centre, day in first:
            if day is not None:
                Participation.objects.filter(study=study, centre=centre).update(
                    activated_on=day.earliest.replace(day=1)
                )
