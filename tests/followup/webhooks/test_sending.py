"""Calls are signed, tried again, given up in the end, and never in each other's way."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from followup import tasks
from followup.models import Webhook, WebhookCall
from followup.services import webhooks as service
from followup.webhooks import queue, sending
from followup.webhooks.calls import enter_calls
from followup.webhooks.messages import body_of
from registry.models import Enrolment
from registry.scope import system_scope
from tests.factories import IdentityFactory, administrator
from tests.followup.factories import expected, followed, full_visit
from tests.followup.sweeping import DUE_DAY
from tests.followup.webhooks.receiver import Receiver, listening
from tests.followup.webhooks.running import NOON, calls, only_call, run_at, run_on

pytestmark = [pytest.mark.django_db, pytest.mark.services]

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOON, tick=False)


def test_a_receiver_can_check_the_signature_by_itself(webhook: Webhook, receiver: Receiver) -> None:
    run_on(DUE_DAY)

    (got,) = receiver.got
    secret = Webhook.objects.get().secret
    assert got.is_signed_with(secret)
    assert not got.is_signed_with(secret[:-4] + "AAA=")
    assert got.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    assert got.headers["content-type"] == "application/json"
    assert calls() == [("due", "delivered")]
    assert only_call().status_code == 204


def test_a_call_that_fails_twice_arrives_under_the_same_key(
    webhook: Webhook, receiver: Receiver
) -> None:
    receiver.replies = [500, 503]
    run_at(NOON)
    assert calls() == [("due", "failed")]
    run_at(NOON + MINUTE - dt.timedelta(seconds=1))
    assert len(receiver.got) == 1
    run_at(NOON + MINUTE)
    run_at(NOON + 6 * MINUTE)

    assert calls() == [("due", "delivered")]
    assert len(receiver.got) == 3
    assert len({one.key for one in receiver.got}) == 1
    assert len({one.body for one in receiver.got}) == 1
    # Each attempt has its own time, and so its own signature.
    assert len({one.headers["webhook-signature"] for one in receiver.got}) == 3
    assert all(one.is_signed_with(webhook.secret) for one in receiver.got)


def test_after_nine_attempts_over_three_days_a_call_is_given_up(
    webhook: Webhook, receiver: Receiver
) -> None:
    receiver.reply = 500
    now, waited = NOON, []
    for _ in range(9):
        run_at(now)
        call = only_call()
        if call.state == "given_up":
            break
        assert call.retry_at is not None
        waited.append(call.retry_at - now)
        now = call.retry_at

    assert waited == [
        MINUTE,
        5 * MINUTE,
        30 * MINUTE,
        2 * HOUR,
        6 * HOUR,
        12 * HOUR,
        24 * HOUR,
        24 * HOUR,
    ]
    call = only_call()
    assert (call.state, call.attempts, call.error, call.status_code) == (
        "given_up",
        9,
        "refused",
        500,
    )
    run_at(now + 48 * HOUR)
    assert [state for kind, state in calls() if kind == "due"] == ["given_up"]


def test_what_was_given_up_is_sent_when_a_person_says_so(
    webhook: Webhook, receiver: Receiver
) -> None:
    run_on(DUE_DAY)
    with system_scope():
        WebhookCall.objects.update(state="given_up", error="refused")

    assert service.send_again(webhook, by=administrator()) == 1
    run_on(DUE_DAY)

    assert calls() == [("due", "delivered")]


def test_a_receiver_that_is_gone_is_left_alone(webhook: Webhook, receiver: Receiver) -> None:
    receiver.reply = 410
    run_on(DUE_DAY)

    webhook.refresh_from_db()
    assert not webhook.is_active
    assert (webhook.disabled_reason, webhook.disabled_at) == ("gone", NOON)
    assert calls() == [("due", "given_up")]
    run_on(DUE_DAY + 30 * 24 * HOUR)
    assert len(receiver.got) == 1

    receiver.reply = 204
    service.enable(webhook, by=administrator())
    run_on(DUE_DAY)
    assert calls() == [("due", "delivered")]


def test_a_receiver_that_never_answers_keeps_no_other_waiting(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment, settings: Any
) -> None:
    settings.WEBHOOK_TOTAL_SECONDS = 0.2
    over = threading.Event()
    receiver.reply = lambda _handler: over.wait(10)
    for _ in range(3):
        expected(followed(centre=enrolment.patient.centre), DUE_DAY)
    with listening() as quick:
        service.add(
            centre=enrolment.patient.centre, name="Quick", url=quick.url, by=administrator()
        )
        summary = run_on(DUE_DAY)

        assert len(quick.got) == 4
    assert len(receiver.got) == 1, "after one that is not answered the others wait"
    assert (summary.delivered, summary.failed) == (4, 1)
    run_at(NOON + dt.timedelta(seconds=59))
    assert len(receiver.got) == 1
    run_at(NOON + MINUTE)
    assert len(receiver.got) == 2
    over.set()


def test_a_test_call_goes_out_while_the_receiver_is_not_reached(
    webhook: Webhook, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    run_on(DUE_DAY)
    assert only_call().error == "address"
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]

    service.send_test(webhook, by=administrator())
    run_on(DUE_DAY)

    (got,) = receiver.got
    assert got.json["type"] == "ping"
    assert got.json["data"] == {"centre": webhook.centre.code}
    assert got.is_signed_with(webhook.secret)
    assert calls() == [("due", "failed"), ("ping", "delivered")]


def test_a_receiver_that_refuses_three_in_a_row_is_left_until_the_next_run(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    for _ in range(4):
        expected(followed(centre=enrolment.patient.centre), DUE_DAY)
    receiver.reply = 400
    run_on(DUE_DAY)
    assert len(receiver.got) == 3

    receiver.reply = 204
    run_on(DUE_DAY)

    assert sorted(state for _kind, state in calls()) == ["delivered"] * 2 + ["failed"] * 3


def test_a_slow_receiver_leaves_the_rest_for_the_next_run(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment, time_machine: Any
) -> None:
    for _ in range(4):
        expected(followed(centre=enrolment.patient.centre), DUE_DAY)

    ticks = iter(range(0, 1000, 3))  # every look at the clock, 3 seconds have passed

    def clock() -> dt.datetime:
        return NOON + dt.timedelta(seconds=next(ticks))

    sending.run(today=DUE_DAY, clock=clock)

    assert 0 < len(receiver.got) < 5


def test_a_call_that_cannot_be_made_does_not_stop_the_others(
    webhook: Webhook,
    receiver: Receiver,
    enrolment: Enrolment,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    expected(followed(centre=enrolment.patient.centre), DUE_DAY)

    def faulty(call: WebhookCall, *, today: dt.date) -> str:
        if call.visit is not None and call.visit.enrolment_id == enrolment.pk:
            raise RuntimeError("a fault in a message")
        return body_of(call, today=today)

    monkeypatch.setattr(sending, "body_of", faulty)
    summary = run_on(DUE_DAY)

    assert (summary.delivered, summary.failed) == (1, 1)
    assert "a fault in a message" in caplog.text


def test_a_call_changed_after_a_doubtful_attempt_is_told_as_changed(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment
) -> None:
    """It may have arrived, so that the receiver must hear of the end."""
    receiver.replies = [500]
    run_on(DUE_DAY)
    full_visit(enrolment, "2024-04-18")
    expected(enrolment, DUE_DAY)
    run_at(NOON + MINUTE)

    assert receiver.types == ["visit.due", "visit.done"]
    assert calls() == [("due", "held"), ("done", "delivered")]


def test_a_claim_whose_sender_was_killed_is_sent_again_under_the_same_key(
    webhook: Webhook, receiver: Receiver
) -> None:
    with system_scope():
        enter_calls(today=DUE_DAY, now=NOON)
        assert queue.claim(webhook.pk, now=NOON) is not None
    run_at(NOON + queue.LEASE)
    assert calls() == [("due", "sending")]

    run_at(NOON + queue.LEASE + dt.timedelta(seconds=1))

    assert calls() == [("due", "delivered")]


def test_a_late_sender_changes_nothing_any_more(webhook: Webhook, receiver: Receiver) -> None:
    with system_scope():
        enter_calls(today=DUE_DAY, now=NOON)
        late = queue.claim(webhook.pk, now=NOON)
        assert late is not None
        run_at(NOON + queue.LEASE + dt.timedelta(seconds=1))
        with pytest.raises(queue.ClaimLost):
            queue.mark_delivered(late, status=200, now=NOON)
        with pytest.raises(queue.ClaimLost):
            queue.keep_body(late, "{}")


def test_a_call_is_claimed_once(webhook: Webhook, receiver: Receiver) -> None:
    with system_scope():
        enter_calls(today=DUE_DAY, now=NOON)
        assert queue.claim(webhook.pk, now=NOON) is not None
        assert queue.claim(webhook.pk, now=NOON) is None


def test_nothing_that_is_sent_or_logged_tells_who_a_patient_is(
    webhook: Webhook, receiver: Receiver, enrolment: Enrolment, caplog: pytest.LogCaptureFixture
) -> None:
    IdentityFactory.create(
        patient=enrolment.patient,
        family_name="Kanarienfeder",
        given_names="Seraphinette",
        record_number="RN-FEDER-17",
    )
    Webhook.objects.update(url=f"{receiver.url}&key=RECEIVERS-OWN")
    receiver.replies = [500]
    with caplog.at_level(logging.DEBUG):
        run_at(NOON)
        run_at(NOON + MINUTE)

    said = " ".join(f"{got.headers} {got.body!r}" for got in receiver.got)
    assert enrolment.patient.pseudonym in said
    for trace in ("kanarienfeder", "seraphinette", "rn-feder-17"):
        assert trace not in f"{said} {caplog.text}".lower()
    lines = [one.getMessage() for one in caplog.records if one.name.startswith("followup")]
    assert len(lines) == 1
    assert "RECEIVERS-OWN" not in lines[0]
    assert enrolment.patient.pseudonym not in lines[0]


def test_the_task_tells_what_it_did(webhook: Webhook, receiver: Receiver) -> None:
    assert tasks.send_webhooks.apply().get() == {
        "entered": 1,
        "delivered": 1,
        "failed": 0,
        "given_up": 0,
        "held": 0,
    }


def test_a_body_that_is_large_is_answered_as_any_other(
    webhook: Webhook, receiver: Receiver
) -> None:
    def much(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 100_000)

    receiver.reply = much
    run_on(DUE_DAY)

    assert calls() == [("due", "delivered")]
