"""The pages of a schedule: read by all who see the study, changed by its coordinators."""

from __future__ import annotations

import datetime as dt
import tomllib
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from followup.services import recompute_all
from registry.models import AuditEvent, Enrolment, ProtocolVersion, Study
from registry.models.choices import AmendmentReach
from registry.services.studies import create_study_from_preset
from tests.factories import (
    CentreFactory,
    ParticipationFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.followup.amending import REASON, posted, schedule_of
from tests.followup.factories import followed, stored

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NOW = dt.datetime(2024, 6, 1, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
FROM = dt.date(2025, 2, 1)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def patient() -> Enrolment:
    """Radiotherapy ended on 31 January 2024; visits to month 60 are stored."""
    enrolment = followed(centre=CentreFactory.create(code="A", name="Centre A"))
    ParticipationFactory.create(study=enrolment.study, centre=enrolment.patient.centre)
    recompute_all(today=TODAY)
    return enrolment


@pytest.fixture
def version(patient: Enrolment) -> ProtocolVersion:
    return patient.protocol_version


@pytest.fixture
def steering(client: Client, version: ProtocolVersion) -> Client:
    """Signed in as the coordinator."""
    client.force_login(coordinator(version.study, display_name="The coordinator"))
    return client


def address(version: ProtocolVersion, name: str = "amend") -> str:
    return reverse(f"followup:{name}", args=[version.study.key])


def send(client: Client, version: ProtocolVersion, data: Any, **more: str) -> Any:
    return client.post(address(version), {**dict(data.lists()), **more})


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def three_years(version: ProtocolVersion) -> Any:
    return posted(version, FROM, {"c0-r1-last": "36"})


def test_who_sees_the_study_reads_its_schedule(client: Client, version: ProtocolVersion) -> None:
    centre = version.study.centres.get()
    for person in (data_manager(centre), monitor(version.study)):
        client.force_login(person)
        text = text_of(client.get(address(version, "schedule")))
        assert "Every 6 months, months 12 to 60" in text
        assert "Change the schedule" not in text


def test_a_coordinator_is_led_to_the_editor(steering: Client, version: ProtocolVersion) -> None:
    assert "Change the schedule" in text_of(steering.get(address(version, "schedule")))


def test_the_file_of_a_version_is_its_text(steering: Client, version: ProtocolVersion) -> None:
    answer = steering.get(reverse("followup:schedule_file", args=[version.study.key, 1]))

    assert answer.content.decode() == version.source
    assert answer.headers["Content-Disposition"] == 'attachment; filename="jinling-1.toml"'
    missing = steering.get(reverse("followup:schedule_file", args=[version.study.key, 2]))
    assert missing.status_code == 404


def test_the_editor_shows_the_schedule_and_an_example_of_today(
    steering: Client, version: ProtocolVersion
) -> None:
    text = text_of(steering.get(address(version)))

    assert 'name="c0-r1-last" value="60"' in text
    assert 'name="example-last_rt_day" value="2024-06-01"' in text
    # Month 3 after 1 June 2024: 1 September, a Sunday.
    assert "Sun <time" in text
    assert "11 visits in 5 years" in text


def test_live_dates_follow_what_is_typed(steering: Client, version: ProtocolVersion) -> None:
    data = three_years(version)
    data["example-last_rt_day"] = "2024-01-31"

    text = text_of(steering.post(address(version, "amend_live"), dict(data.lists())))

    assert "7 visits in 5 years" in text
    assert "31 Jan 2027" in text
    assert "31 Jul 2027" not in text


def test_live_dates_say_what_is_wrong(steering: Client, version: ProtocolVersion) -> None:
    data = posted(version, FROM, {"c0-r1-every": "7"})

    text = text_of(steering.post(address(version, "amend_live"), dict(data.lists())))

    assert "60 is not reached from 12 in steps of 7" in text
    assert "Reason" not in text


def test_a_preview_shows_each_patient_and_writes_nothing(
    steering: Client, version: ProtocolVersion, patient: Enrolment
) -> None:
    events = AuditEvent.objects.count()

    answer = send(steering, version, three_years(version), do="preview")

    text = text_of(answer)
    assert answer.status_code == 200
    # Months 42, 48, 54 and 60 go; 3, 6, 12, 18, 24, 30 and 36 stay.
    assert "4 dropped" in text
    assert "Month 42: dropped (31 Jul 2027)" in text
    assert 'data-label="As before">7<' in text
    assert "Save as version 2" in text
    assert (ProtocolVersion.objects.count(), AuditEvent.objects.count()) == (1, events)
    assert stored(patient)["m42"].state == "open"


def test_what_is_typed_is_carried_through_the_preview(
    steering: Client, version: ProtocolVersion
) -> None:
    data = three_years(version)
    answer = send(steering, version, data, do="preview", page="1")

    carried = dict(data.lists())
    assert {key: [] for key in carried} | _grouped(answer.context["carried"]) == carried

    back = text_of(send(steering, version, data, do="edit"))
    assert 'name="c0-r1-last" value="36"' in back
    assert REASON in back


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def test_saving_makes_the_version_and_moves_the_visits(
    steering: Client, version: ProtocolVersion, patient: Enrolment
) -> None:
    answer = steering.post(
        address(version), {**dict(three_years(version).lists()), "do": "save"}, follow=True
    )

    second = version.study.protocol_versions.get(number=2)
    assert (second.effective_on, second.applies_to) == (FROM, AmendmentReach.OPEN_VISITS)
    assert [row.last for row in schedule_of(second).clocks[0].segments] == [3, 6, 36]
    assert stored(patient)["m42"].state == "superseded"
    text = text_of(answer)
    assert "Saved as version 2. The visits of all patients follow it now." in text
    assert "The coordinator" in text
    assert REASON in text
    # Version 1 is in force until the second is effective.
    assert "Every 6 months, months 12 to 60" in text
    later = text_of(steering.get(address(version, "schedule"), {"version": "2"}))
    assert "Every 6 months, months 12 to 36" in later
    assert steering.get(address(version, "schedule"), {"version": "9"}).status_code == 404
    file = steering.get(reverse("followup:schedule_file", args=[version.study.key, 2]))
    assert tomllib.loads(file.content.decode())["version"] == "2"


def test_for_new_patients_only_nothing_changes_for_the_others(
    steering: Client, version: ProtocolVersion, patient: Enrolment
) -> None:
    data = posted(version, FROM, {"c0-r1-last": "36"}, AmendmentReach.NEW_PATIENTS)

    text = text_of(send(steering, version, data, do="preview"))
    answer = send(steering, version, data, do="save")

    assert "nothing changes for them" in text
    assert answer.status_code == 302
    assert stored(patient)["m42"].state == "open"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"c0-r1-every": "7"}, "36 is not reached from 12 in steps of 7"),
        ({"c0-r1-last": "60"}, "nothing changes"),
        ({"amendment-reason": " "}, "This field is required"),
        ({"amendment-effective_on": "2014-12-31"}, "Not before version 1"),
        ({"amendment-effective_on": "soon"}, "Enter a valid date"),
        ({"amendment-applies_to": "nobody"}, "nobody is not one of"),
        ({"reminders-lost_after_days": "30"}, "Later than the coordinator is told"),
        ({"reminders-overdue_rounds_days": "30, 7"}, "in rising order"),
    ],
)
@pytest.mark.parametrize("do", ["preview", "save"])
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_saved(
    steering: Client, version: ProtocolVersion, changed: dict[str, Any], message: str, do: str
) -> None:
    answer = send(steering, version, posted(version, FROM, {"c0-r1-last": "36"} | changed), do=do)

    assert answer.status_code == 422
    assert message in text_of(answer)
    assert version.study.protocol_versions.count() == 1


def test_the_second_of_two_coordinators_is_told_and_keeps_what_was_typed(
    steering: Client, version: ProtocolVersion
) -> None:
    send(steering, version, posted(version, FROM, {"c0-r1-last": "48"}), do="save")

    answer = send(steering, version, three_years(version), do="save")

    text = text_of(answer)
    assert answer.status_code == 422
    assert "Version 2 was saved meanwhile by The coordinator" in text
    assert 'name="c0-r1-last" value="36"' in text
    assert 'name="seen" value="2"' in text
    assert version.study.protocol_versions.count() == 2


def test_rows_and_clocks_are_added_by_buttons_without_a_script(
    steering: Client, version: ProtocolVersion
) -> None:
    data = three_years(version)

    more = text_of(send(steering, version, data, do="add-row c0"))
    clocks = text_of(send(steering, version, data, do="add-clock"))
    fewer = text_of(send(steering, version, data, do="drop c0-r0"))

    assert 'name="c0-r2-every"' in more
    assert 'id="problems"' not in more
    assert 'name="c1-r0-every"' in clocks
    assert 'name="c0-r0-numbers"' not in fewer
    assert 'name="c0-r1-last" value="36"' in fewer


def test_a_hostile_body_is_an_error_or_nothing(steering: Client, version: ProtocolVersion) -> None:
    for body in (
        {},
        {"seen": "1"},
        {"seen": "1", "clock": "c0"},
        {"seen": "1", "clock": ["c0"] * 500, "c0-row": ["r0"] * 500, "c0-r0-kind": "every"},
        {"seen": "x" * 1000, "do": "save"},
        {"do": "add-row c999999999"},
        {"do": "drop ../c0"},
        {**dict(three_years(version).lists()), "c0-r1-every": "9" * 400},
        {**dict(three_years(version).lists()), "example-last_rt_day": "9999-12-31"},
        {**dict(three_years(version).lists()), "c0-name": "\x00"},
    ):
        assert steering.post(address(version), body).status_code in (200, 422)
        live = steering.post(address(version, "amend_live"), body)
        assert live.status_code == 200
    assert version.study.protocol_versions.count() == 1


@pytest.mark.parametrize("key", ["tcga_sarc", "sts_mcgill"])
def test_a_study_without_a_calendar_says_that_nothing_is_scheduled(
    client: Client, key: str
) -> None:
    study = create_study_from_preset(key=key, by=None, effective_on=dt.date(2020, 1, 1))
    client.force_login(coordinator(study))

    text = text_of(client.get(reverse("followup:schedule", args=[key])))

    assert "nothing is scheduled" in text or "no calendar to schedule visits on" in text
    assert "Change the schedule" not in text
    assert client.get(reverse("followup:amend", args=[key])).status_code == 404


def test_a_study_without_a_protocol_has_a_page(client: Client) -> None:
    study = Study.objects.create(key="bare", title="Bare")
    client.force_login(coordinator(study))

    assert "No protocol yet" in text_of(client.get(reverse("followup:schedule", args=["bare"])))


def test_a_preview_turns_its_pages(
    steering: Client, version: ProtocolVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followup.selectors.amendment_preview.PAGE_SIZE", 1)
    followed(centre=CentreFactory.create(code="B", name="Centre B"))
    recompute_all(today=TODAY)

    first = text_of(send(steering, version, three_years(version)))
    second = text_of(send(steering, version, three_years(version), page="2"))

    assert "1–1 of 2" in first
    assert "Totals" in first
    assert "2–2 of 2" in second
    assert "The totals stand on the first page." in second


def test_a_version_that_is_not_effective_yet_is_what_is_amended(
    steering: Client, version: ProtocolVersion
) -> None:
    send(steering, version, three_years(version), do="save")

    text = text_of(steering.get(address(version)))

    assert 'name="c0-r1-last" value="36"' in text
    assert 'name="amendment-effective_on" value="2025-02-01"' in text
