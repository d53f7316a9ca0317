"""Cases of a study by the state of each form."""

import pytest

from registry.models.choices import FormState
from registry.scope import system_scope
from registry.selectors.form_states import form_state_counts
from tests.factories import (
    CaseStatusFactory,
    EnrolmentFactory,
    PatientFactory,
    ProtocolVersionFactory,
)

pytestmark = pytest.mark.django_db


def test_cases_are_counted_by_state_and_those_of_other_studies_are_not() -> None:
    version = ProtocolVersionFactory.create()
    for state in (FormState.COMPLETE, FormState.COMPLETE, FormState.PARTIAL):
        patient = PatientFactory.create()
        EnrolmentFactory.create(patient=patient, protocol_version=version)
        CaseStatusFactory.create(patient=patient, baseline=state)
    CaseStatusFactory.create(baseline=FormState.COMPLETE)

    with system_scope():
        counts = form_state_counts(version.study)

    assert counts["baseline"][FormState.COMPLETE] == 2
    assert counts["baseline"][FormState.PARTIAL] == 1
    assert sum(counts["baseline"].values()) == 3
