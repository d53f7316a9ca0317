"""What a study counts: patients, or the lesions that are treated."""

from __future__ import annotations

from analytics.cohort import Cohort
from registry.protocols.vocabulary import Unit


def counts_lesions(cohort: Cohort) -> bool:
    """True where an endpoint of the protocol is counted by lesion."""
    return any(endpoint.unit is Unit.LESION for endpoint in cohort.protocol.endpoints)
