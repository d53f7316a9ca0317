"""Checks of screening, consent, enrolment and withdrawal."""

from __future__ import annotations

import pytest

from registry.models import Assessment, Enrolment, Progression, ProtocolVersion, Screening
from tests.registry.checks.examples import Example, adding, both, places, second_course

pytestmark = pytest.mark.django_db

ENROLLED = adding(Enrolment, enrolled_on="2024-01-10")
WITHDRAWN = adding(Enrolment, withdrawn_on="2024-04-30", withdrawal_scope="all")

EXAMPLES = (
    Example(
        "enrolled-before-consent",
        adding(Enrolment, enrolled_on="2024-01-09", consent_on="2024-01-10"),
        "enrolment enrolled_on",
        adding(Enrolment, enrolled_on="2024-01-10", consent_on="2024-01-10"),
    ),
    Example(
        "consent-after-rt",
        adding(Enrolment, consent_on="2024-01-16"),
        "enrolment consent_on",
        adding(Enrolment, consent_on="2024-01"),
    ),
    Example(
        "consent-after-rt",
        adding(Enrolment, consent_on="2025"),
        "enrolment consent_on",
        both(second_course("2025-02-01", "2025-02-10"), adding(Enrolment, consent_on="2025-02-01")),
    ),
    Example(
        "screened-after-enrolment",
        both(ENROLLED, adding(Screening, outcome="enrolled", screened_on="2024-01-11")),
        "screening 2 screened_on",
        both(ENROLLED, adding(Screening, outcome="enrolled", screened_on="2024-01-10")),
    ),
    Example(
        "screening-outcome",
        both(ENROLLED, adding(Screening, outcome="not_enrolled", reason_not_enrolled="declined")),
        "screening 2 outcome",
        both(
            adding(Enrolment, study_id=2, protocol_version=ProtocolVersion(study_id=2)),
            adding(Screening, outcome="not_enrolled", reason_not_enrolled="declined"),
        ),
    ),
    Example(
        "after-withdrawal",
        WITHDRAWN,
        "assessment 1 assessed_on",
        adding(Enrolment, withdrawn_on="2024-04-30", withdrawal_scope="visits"),
    ),
    Example(
        "after-withdrawal",
        both(WITHDRAWN, adding(Progression, kind="local", occurred_on="2024-06")),
        "progression 2 occurred_on",
        both(
            adding(Enrolment, withdrawn_on="2024-05", withdrawal_scope="all"),
            adding(Assessment, kind="phone", assessed_on="2024-05"),
        ),
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.check_id)
def test_a_disorder_of_consent_and_enrolment_is_found(example: Example) -> None:
    assert example.place in places(example.check_id, example.found)
    assert places(example.check_id, example.let_pass) == set()
