"""The plans of the demo's centres begin with their first patients."""

import datetime as dt

import pytest

from registry.demo.plans import activate_centres
from tests.factories import CentreFactory, EnrolmentFactory, ParticipationFactory

pytestmark = pytest.mark.django_db


def test_a_centre_is_active_from_the_month_of_its_first_enrolment() -> None:
    centre = CentreFactory.create()
    enrolment = EnrolmentFactory.create(patient__centre=centre, enrolled_on="2021-03")
    EnrolmentFactory.create(
        patient__centre=centre,
        protocol_version=enrolment.protocol_version,
        enrolled_on="2021-02-17",
    )
    part = ParticipationFactory.create(study=enrolment.study, centre=centre)
    empty = ParticipationFactory.create(study=enrolment.study)

    activate_centres()

    part.refresh_from_db()
    empty.refresh_from_db()
    assert part.activated_on == dt.date(2021, 2, 1)
    assert empty.activated_on is None
