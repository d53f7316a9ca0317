"""What a receiver is told of a visit, from the first stage to the end, each thing once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from followup.models import Webhook, WebhookCall
from followup.services import webhooks as service
from followup.webhooks.calls import enter_calls
from registry.models import Enrolment
from registry.scope import system_scope
from tests.factories import (
    CentreFactory,
    DeathFactory,
    ParticipationFactory,
    administrator,
    data_manager,
)
from tests.followup.factories import expected, followed, full_visit, stored
from tests.followup.following import change
from tests.followup.sweeping import DUE_DAY
from tests.followup.test_transfer import transfer
from tests.followup.webhooks.receiver import Receiver
from tests.followup.webhooks.running import NOON, calls, run_on

pytestmark = [pytest.mark.django_db, pytest.mark.services]

DAY = dt.timedelta(days=1)
OPENS, TARGET, CLOSES = dt.date(2024, 4, 16), dt.date(2024, 4, 30), dt.date(2024, 5, 14)


@pytest.fixture(autouse=True)
def _now(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)


def about_month_3(receiver: Receiver) -> list[str]:
    """Types of the calls about month 3, in the order in which they came."""
    return [
        f"{one.json['type']} {one.json['data']['round']}"
        for one in receiver.got
        if one.json["data"]["visit"] == "Month 3"
    ]


def test_a_receiver_is_told_once_of_each_stage(webhook: Webhook, receiver: Receiver) -> None:
    # By jinling: 14 days ahead, then overdue after 7, 30 and 60 days.
    days = [
        OPENS - 15 * DAY,
        OPENS - 14 * DAY,
        OPENS - DAY,
        OPENS,
        CLOSES,
        CLOSES + 6 * DAY,
        CLOSES + 7 * DAY,
        CLOSES + 29 * DAY,
        CLOSES + 30 * DAY,
        CLOSES + 60 * DAY,
        CLOSES + 61 * DAY,
    ]
    told = []
    for day in days:
        run_on(day)
        told.append(len(about_month_3(receiver)))
        run_on(day)
        assert len(about_month_3(receiver)) == told[-1]

    assert about_month_3(receiver) == [
        "visit.ahead 1",
        "visit.due 1",
        "visit.overdue 1",
        "visit.overdue 2",
        "visit.overdue 3",
    ]
    assert told == [0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5]


def test_after_an_outage_only_the_last_stage_is_told(webhook: Webhook, receiver: Receiver) -> None:
    run_on(CLOSES + 31 * DAY)

    assert about_month_3(receiver) == ["visit.overdue 2"]


def test_a_call_says_what_when_and_of_whom(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)

    (got,) = receiver.got
    visit, pseudonym = stored(enrolment)["m03"], enrolment.patient.pseudonym
    assert got.json == {
        "id": got.key,
        "type": "visit.due",
        "at": "2024-04-20T12:00:00+00:00",
        "data": {
            "pseudonym": pseudonym,
            "study": "jinling",
            "centre": enrolment.patient.centre.code,
            "visit_id": visit.pk,
            "sequence": 1,
            "round": 1,
            "target": "2024-04-30",
            "visit": "Month 3",
            "window_start": "2024-04-16",
            "window_end": "2024-05-14",
            "required": visit.outstanding,
            "status": "due",
            "link": f"http://testserver/patients/{pseudonym}/",
        },
    }
    assert visit.outstanding


def test_a_visit_that_moves_is_told_as_moved_and_then_by_its_new_stage(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)
    with system_scope():
        course = enrolment.patient.courses.get()
        course.ended_on = "2024-03-31"
        course.save()
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)
    run_on(DUE_DAY)

    # Month 3 is 30 June now, its window opens on 16 June.
    assert about_month_3(receiver) == ["visit.due 1", "visit.moved 1"]
    moved = receiver.got[-1].json["data"]
    assert (moved["target"], moved["window_start"], moved["status"]) == (
        "2024-06-30",
        "2024-06-16",
        "planned",
    )
    run_on(dt.date(2024, 6, 16))
    assert about_month_3(receiver)[-1] == "visit.due 1"
    assert [one.json["data"]["sequence"] for one in receiver.got] == [1, 2, 3]


def test_a_visit_that_is_done_is_told_as_done(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)
    full_visit(enrolment, "2024-04-18")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)
    run_on(DUE_DAY + DAY)

    assert about_month_3(receiver) == ["visit.due 1", "visit.done 1"]
    assert receiver.got[-1].json["data"]["status"] == "done"
    assert receiver.got[-1].json["data"]["required"] == []


def test_a_death_cancels_what_was_announced_and_nothing_else(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)
    DeathFactory.create(patient=enrolment.patient, died_on="2024-04-10")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)

    assert [one.json["type"] for one in receiver.got] == ["visit.due", "visit.cancelled"]


def test_a_visit_that_is_expected_again_is_told_again(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)
    death = DeathFactory.create(patient=enrolment.patient, died_on="2024-04-10")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)
    with system_scope():
        type(death).objects.filter(pk=death.pk).update(voided_at=NOON, void_reason="mistaken")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)

    assert about_month_3(receiver) == ["visit.due 1", "visit.cancelled 1", "visit.due 1"]
    assert len({one.key for one in receiver.got}) == 3


@pytest.mark.parametrize(
    ("state", "type_"),
    [("missed", "visit.missed"), ("superseded", "visit.cancelled"), ("waiting", "visit.cancelled")],
)
def test_each_end_has_its_type(
    webhook: Webhook,
    receiver: Receiver,
    enrolment: Enrolment,
    monkeypatch: pytest.MonkeyPatch,
    state: str,
    type_: str,
) -> None:
    run_on(DUE_DAY)
    monkeypatch.setattr("followup.webhooks.sending.recompute", lambda *_, **__: None)
    change(stored(enrolment)["m03"], state=state)
    run_on(DUE_DAY)

    assert receiver.got[-1].json["type"] == type_


def test_after_a_transfer_the_old_centre_is_told_once_and_no_more_than_that(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    old = enrolment.patient.centre
    new = ParticipationFactory.create(study=enrolment.study, centre__code="B").centre
    service.add(centre=new, name="B", url=f"{receiver.url}&centre=B", by=administrator())
    run_on(DUE_DAY)
    transfer(enrolment.patient, data_manager(old), data_manager(new))
    run_on(DUE_DAY)
    full_visit(enrolment, "2024-04-19")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)

    at_old = [one.json for one in receiver.got if "centre=B" not in one.path]
    at_new = [one.json["type"] for one in receiver.got if "centre=B" in one.path]
    assert [one["type"] for one in at_old] == ["visit.due", "visit.cancelled"]
    assert at_old[-1]["data"] == {
        "pseudonym": enrolment.patient.pseudonym,
        "study": "jinling",
        "centre": old.code,
        "visit_id": stored(enrolment)["m03"].pk,
        "sequence": 2,
        "round": 1,
        "target": "2024-04-30",
        "status": "transferred",
    }
    assert at_new == ["visit.due", "visit.done"]


def test_a_webhook_is_told_of_its_own_centre_only(webhook: Webhook, receiver: Receiver) -> None:
    other = followed(centre=CentreFactory.create(code="Z"))
    expected(other, DUE_DAY)

    run_on(DUE_DAY)

    assert len(receiver.got) == 1
    assert other.patient.pseudonym not in str(receiver.got[0].json)


def test_two_webhooks_of_a_centre_are_both_told(webhook: Webhook, receiver: Receiver) -> None:
    service.add(
        centre=webhook.centre, name="Second", url=f"{receiver.url}&second", by=administrator()
    )
    run_on(DUE_DAY)

    assert len({one.path for one in receiver.got}) == 2
    assert len({one.key for one in receiver.got}) == 2


def test_a_disabled_webhook_is_told_what_has_changed_when_it_is_enabled(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    run_on(DUE_DAY)
    keeper = administrator()
    service.disable(webhook, by=keeper)
    full_visit(enrolment, "2024-04-18")
    expected(enrolment, DUE_DAY)
    run_on(DUE_DAY)
    assert receiver.types == ["visit.due"]

    service.enable(webhook, by=keeper)
    run_on(DUE_DAY)

    assert receiver.types == ["visit.due", "visit.done"]


def test_what_changes_before_it_is_sent_is_not_sent(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    with system_scope():
        enter_calls(today=DUE_DAY, now=NOON)
    full_visit(enrolment, "2024-04-18")
    summary = run_on(DUE_DAY)

    assert receiver.got == []
    assert summary.held == 1
    assert calls() == [("due", "held")]
    assert run_on(DUE_DAY).entered == 0


def test_after_a_call_that_was_held_back_the_next_stage_is_told(
    webhook: Webhook, receiver: Receiver
) -> None:
    with system_scope():
        enter_calls(today=OPENS - DAY, now=NOON)
    run_on(OPENS)

    assert about_month_3(receiver) == ["visit.due 1"]
    assert calls() == [("ahead", "held"), ("due", "delivered")]


def test_the_same_message_has_the_same_key_after_a_restore(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    """What the restored registry does not know to have sent, the receiver knows."""
    run_on(DUE_DAY)
    with system_scope():
        WebhookCall.objects.all().delete()
    run_on(DUE_DAY)

    first, second = receiver.got
    assert first.key == second.key


def test_nothing_new_costs_a_fixed_number_of_queries(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    def queries() -> int:
        run_on(DUE_DAY)
        with CaptureQueriesContext(connection) as made:
            run_on(DUE_DAY)
        return len(made)

    few = queries()
    for _ in range(3):
        expected(followed(centre=enrolment.patient.centre), DUE_DAY)
    assert queries() == few
    assert len(receiver.got) == 4
