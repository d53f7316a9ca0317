"""How many cases of a study stand in which state, form by form."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, Q

from registry.models import CaseStatus, Study
from registry.models.choices import FormState
from registry.models.status import FORMS
from registry.selectors.centre_facts import of_study


def form_state_counts(study: Study) -> Mapping[str, Mapping[str, int]]:
    """Form → state → cases, over the patients that the scope in force shows, in one query."""
    counts = {
        f"{form}__{state}": Count("pk", filter=Q(**{form: state}))
        for form in FORMS
        for state in FormState.values
    }
    found = CaseStatus.objects.filter(of_study(study)).order_by().aggregate(**counts)
    return {
        form: {state: found[f"{form}__{state}"] for state in FormState.values} for form in FORMS
    }
