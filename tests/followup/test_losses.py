"""Who may be lost to follow-up: proposed after the protocol's limit, and while nothing is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup.schedules import OverrideKind
from followup.selectors.losses import (
    LossProposal,
    as_proposals,
    losses,
    proposals_by_centre,
    proposed_patients,
)
from followup.services import recompute, say_about_visit
from registry.models import Enrolment, LossToFollowUp
from registry.partial_date import PartialDate
from registry.protocols import preset_text
from registry.scope import scoped_to, system_scope
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    DeathFactory,
    ImagingStudyFactory,
    LossToFollowUpFactory,
    ProtocolVersionFactory,
    coordinator,
    data_manager,
)
from tests.followup.factories import followed, full_visit, stored

pytestmark = [pytest.mark.django_db, pytest.mark.services]

D = dt.date
CLOSED = D(2024, 5, 14)
"""Last day of the window of month 3; the protocol proposes a loss after 365 days: 14 May 2025."""

DAY = D(2025, 5, 15)
"""The first day on which it is proposed. Months 6 and 12 are overdue as well, for less long."""


@pytest.fixture
def enrolment() -> Enrolment:
    return followed()


def proposals(today: dt.date = DAY, **cut: str) -> list[LossProposal]:
    with system_scope():
        ids = list(Enrolment.objects.live().values_list("patient_id", flat=True))
        recompute(ids, today=today)
        return as_proposals(proposed_patients(today, **cut), today)


def names(today: dt.date = DAY) -> list[str]:
    return [row.pseudonym for row in proposals(today)]


def test_a_loss_is_proposed_once_a_visit_is_overdue_for_longer_than_the_limit(enrolment):
    assert names(D(2025, 5, 14)) == []
    assert names(DAY) == [enrolment.patient.pseudonym]


def test_a_proposal_says_since_when_and_when_the_patient_was_last_known_alive(enrolment):
    AssessmentFactory.create(patient=enrolment.patient, assessed_on="2024-03")
    (row,) = proposals()
    assert (row.centre, row.studies) == (enrolment.patient.centre.name, "jinling")
    assert row.last_known_alive == PartialDate(2024, 3)
    assert (row.overdue_since, row.days_overdue, row.visits) == (CLOSED, 366, 1)


def test_each_visit_over_the_limit_counts_and_the_first_gives_the_day(enrolment):
    # Month 6 closes on 14 August 2024, month 12 on 2 March 2025.
    (row,) = proposals(D(2026, 3, 3))
    assert (row.overdue_since, row.visits) == (CLOSED, 3)


def test_the_longest_overdue_come_first():
    later, first = followed(ended_on="2024-02-10"), followed()
    found = proposals(D(2025, 6, 30))
    assert [row.pseudonym for row in found] == [
        first.patient.pseudonym,
        later.patient.pseudonym,
    ]


@pytest.mark.parametrize(
    ("on", "is_proposed"),
    [
        ("2024-05-14", True),  # the last day of the window
        ("2024-05-15", False),
        ("2024-04", True),
        ("2024-05", False),  # may have been after it
        ("2024-06", False),
        ("2023", True),
        ("2024", False),
        ("2025-01-01", False),
    ],
)
@pytest.mark.parametrize("what", ["contact", "image", "statement"])
def test_whoever_may_have_been_known_alive_since_the_window_closed_is_not_proposed(
    enrolment, what, on, is_proposed
):
    patient = enrolment.patient
    if what == "contact":
        AssessmentFactory.create(patient=patient, kind="phone", assessed_on=on)
    elif what == "image":
        visit = AssessmentFactory.create(patient=patient, kind="imaging", assessed_on=None)
        ImagingStudyFactory.create(assessment=visit, performed_on=on, region="abdomen")
    else:
        LossToFollowUpFactory.create(
            patient=patient, last_known_alive_on=on, declared_on=None, found_again_on="2024-05-14"
        )
    assert names() == ([patient.pseudonym] if is_proposed else [])


def test_found_again_is_known_alive_on_that_day(enrolment):
    LossToFollowUpFactory.create(
        patient=enrolment.patient,
        last_known_alive_on="2024-02-01",
        declared_on="2024-05-20",
        found_again_on="2024-06-01",
    )
    assert names() == []


def test_a_voided_contact_is_none(enrolment):
    seen = AssessmentFactory.create(patient=enrolment.patient, assessed_on="2025-01-01")
    assert names() == []
    seen.voided_at = dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    with system_scope():
        seen.save()
    assert names() == [enrolment.patient.pseudonym]


def dead(enrolment: Enrolment) -> None:
    DeathFactory.create(patient=enrolment.patient, died_on="2025-05-01")


def lost(enrolment: Enrolment) -> None:
    LossToFollowUpFactory.create(patient=enrolment.patient, last_known_alive_on="2024-02-01")


def withdrawn(enrolment: Enrolment) -> None:
    enrolment.withdrawn_on, enrolment.withdrawal_scope = PartialDate(2025, 5, 1), "visits"
    with system_scope():
        enrolment.save()


def voided(enrolment: Enrolment) -> None:
    enrolment.voided_at = dt.datetime(2025, 1, 2, tzinfo=dt.UTC)
    with system_scope():
        enrolment.save()


def spoken_of(enrolment: Enrolment) -> None:
    recompute([enrolment.patient_id], today=DAY)
    say_about_visit(
        stored(enrolment)["m03"], by=None, kind=OverrideKind.MISSED, reason="Away", today=DAY
    )


def seen(enrolment: Enrolment) -> None:
    full_visit(enrolment, "2024-05-02")


@pytest.mark.parametrize("change", [dead, lost, withdrawn, voided, spoken_of, seen])
def test_nobody_is_proposed_whose_follow_up_has_ended_or_whose_visit_is_settled(
    enrolment: Enrolment, change: Callable[[Enrolment], None]
) -> None:
    change(enrolment)
    assert names() == []


def test_a_postponed_visit_asks_on(enrolment):
    recompute([enrolment.patient_id], today=DAY)
    say_about_visit(
        stored(enrolment)["m03"],
        by=None,
        kind=OverrideKind.POSTPONED,
        reason="Told by telephone to come in summer",
        postponed_to=D(2025, 7, 1),
        today=DAY,
    )
    assert names() == []


def test_each_protocol_has_its_own_limit():
    source = preset_text("jinling").replace("lost_after_days = 365", "lost_after_days = 500")
    ProtocolVersionFactory.create(study__key="jinling", source=source)
    enrolment = followed()
    # 500 days after 14 May 2024 are 26 September 2025.
    assert names(D(2025, 9, 26)) == []
    assert names(D(2025, 9, 27)) == [enrolment.patient.pseudonym]


def test_proposals_are_counted_by_study_and_centre_and_cut_to_them(enrolment):
    centre = enrolment.patient.centre
    followed(centre=centre)
    elsewhere = followed("cnao", centre=CentreFactory.create(code="ZZ"))
    assert len(proposals()) == 3
    with system_scope():
        found = {(row.study_key, row.centre_code): row.patients for row in proposals_by_centre(DAY)}
    assert found == {("jinling", centre.code): 2, ("cnao", "ZZ"): 1}
    assert len(proposals(study="jinling")) == len(proposals(centre=centre.code)) == 2
    assert [row.pseudonym for row in proposals(study="cnao")] == [elsewhere.patient.pseudonym]


def test_everybody_sees_those_of_the_own_patients(enrolment):
    elsewhere = followed("cnao")
    assert len(proposals()) == 2
    for person, own in (
        (data_manager(enrolment.patient.centre), True),
        (coordinator(enrolment.study), False),
    ):
        with scoped_to(person):
            found = as_proposals(proposed_patients(DAY), DAY)
            assert [row.patient_id for row in found] == [enrolment.patient_id]
            assert [row.is_own_centre for row in found] == [own]
            assert [row.study_key for row in proposals_by_centre(DAY)] == ["jinling"]
    with scoped_to(data_manager(CentreFactory.create())):
        assert not proposed_patients(DAY).exists()
    assert elsewhere.study.key == "cnao"


def test_losses_hold_until_the_patient_is_found_again(enrolment):
    other = followed("cnao")
    first = LossToFollowUpFactory.create(
        patient=enrolment.patient, declared_on="2024-07", found_again_on="2024-09-01"
    )
    second = LossToFollowUpFactory.create(patient=enrolment.patient, number=2, declared_on="2025")
    third = LossToFollowUpFactory.create(patient=other.patient, declared_on="2025-03-01")
    with system_scope():
        assert list(losses(found_again=True)) == [first]
        assert list(losses(found_again=False)) == [third, second]
        assert list(losses(found_again=False, study="cnao")) == [third]
        assert list(losses(found_again=False, centre=enrolment.patient.centre.code)) == [second]
        LossToFollowUp.objects.filter(pk=third.pk).update(
            voided_at=dt.datetime(2025, 4, 1, tzinfo=dt.UTC)
        )
        assert list(losses(found_again=False)) == [second]


def test_queries_do_not_grow_with_the_patients(enrolment):
    def queries() -> int:
        assert proposals()
        with CaptureQueriesContext(connection) as captured, system_scope():
            as_proposals(proposed_patients(DAY)[:50], DAY)
            proposals_by_centre(DAY)
        return len(captured)

    before = queries()
    for _more in range(5):
        AssessmentFactory.create(patient=followed().patient, assessed_on="2024-03-01")
    assert queries() == before
