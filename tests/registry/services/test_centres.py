"""Centres and their plans, kept by administrators."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from registry.announce import facts_changed
from registry.errors import Refused
from registry.models import AuditEvent, Centre, Participation
from registry.services import centres
from registry.services.studies import add_centre_to_study
from tests.factories import (
    CentreFactory,
    EnrolmentFactory,
    ParticipationFactory,
    ProtocolVersionFactory,
    administrator,
    data_manager,
)
from tests.factories.people import StudyFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]

NEW = {"code": "KYO", "name": "Kyoto", "country": "JP", "timezone": "Asia/Tokyo"}
PLAN: dict[str, Any] = {
    "activated_on": dt.date(2026, 1, 1),
    "target_accrual": 40,
    "planned_per_month": Decimal("1.5"),
}


def test_a_centre_is_added_and_changed_with_a_reason() -> None:
    by = administrator()
    centre = centres.add_centre(**NEW, by=by)

    centres.change_centre(
        centre, name="Kyoto North", country="jp", timezone="Asia/Tokyo", by=by, reason="renamed"
    )

    stored = Centre.objects.get(code="KYO")
    assert (stored.name, stored.country, stored.timezone) == ("Kyoto North", "JP", "Asia/Tokyo")
    event = AuditEvent.objects.filter(table="registry_centre", row_id=centre.pk).latest("id")
    assert (event.actor_id, event.reason, event.old["name"]) == (by.pk, "renamed", "Kyoto")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("code", ""),
        ("code", "a b"),
        ("code", "C" * 21),
        ("code", "taken"),
        ("name", "  "),
        ("country", "JPN"),
        ("country", "12"),
        ("timezone", "Mars/Base"),
        ("timezone", "../etc/passwd"),
    ],
)
def test_what_is_no_centre_is_refused_at_its_field(field: str, value: str) -> None:
    CentreFactory.create(code="Taken")

    with pytest.raises(Refused) as refused:
        centres.add_centre(**NEW | {field: value}, by=administrator())

    assert [finding.field for finding in refused.value.findings] == [field]
    assert not Centre.objects.filter(name="Kyoto").exists()


def test_a_plan_is_changed_with_a_reason() -> None:
    by, part = administrator(), ParticipationFactory.create()

    centres.change_participation(part, **PLAN, by=by, reason="more staff")

    stored = Participation.objects.get(pk=part.pk)
    assert stored.planned_per_month == Decimal("1.50")
    assert (stored.activated_on, stored.target_accrual) == (dt.date(2026, 1, 1), 40)
    event = AuditEvent.objects.filter(table="registry_participation").latest("id")
    assert (event.actor_id, event.reason) == (by.pk, "more staff")


@pytest.mark.parametrize("planned", [Decimal("0"), Decimal("-1")])
def test_nobody_planned_a_month_is_no_plan(planned: Decimal) -> None:
    part, by = ParticipationFactory.create(), administrator()
    study, centre = StudyFactory.create(key="cams"), CentreFactory.create()

    with pytest.raises(Refused, match="More than zero"):
        centres.change_participation(
            part, **PLAN | {"planned_per_month": planned}, by=by, reason="none"
        )
    with pytest.raises(Refused, match="More than zero"):
        add_centre_to_study(study=study, centre=centre, planned_per_month=planned, by=by)


def test_a_study_keeps_its_key_and_gets_another_title() -> None:
    by, study = administrator(), StudyFactory.create()

    plan: dict[str, Any] = {"target_accrual": 90, "note": "", "follow_up_ends_on": None}
    centres.change_study(study, title="Sarcoma IV", **plan, by=by, reason="amendment")

    study.refresh_from_db()
    assert (study.key, study.title, study.target_accrual) == ("jinling", "Sarcoma IV", 90)
    with pytest.raises(Refused, match="Enter a title"):
        centres.change_study(study, title=" ", **plan, by=by, reason="none")


def test_another_end_of_follow_up_is_announced_for_the_patients_of_the_study_alone(
    django_capture_on_commit_callbacks,
) -> None:
    by, study = administrator(), ProtocolVersionFactory.create().study
    enrolled = [
        EnrolmentFactory.create(protocol_version=study.protocol_version()).patient_id
        for _one in range(2)
    ]
    EnrolmentFactory.create(protocol_version=ProtocolVersionFactory.create(study__key="cnao"))
    heard: list[frozenset[int]] = []

    def listen(patient_ids: frozenset[int], **_rest: object) -> None:
        heard.append(patient_ids)

    facts: dict[str, Any] = {"title": study.title, "target_accrual": None, "note": "", "by": by}
    end = dt.date(2030, 6, 30)
    facts_changed.connect(listen)
    try:
        for _twice in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                centres.change_study(study, follow_up_ends_on=end, reason="closed", **facts)
    finally:
        facts_changed.disconnect(listen)

    study.refresh_from_db()
    assert study.follow_up_ends_on == end
    assert heard == [frozenset(enrolled)], "the second time nothing was changed"
    event = AuditEvent.objects.filter(table="registry_study", operation="U").earliest("pk")
    assert (event.actor_id, event.reason) == (by.pk, "closed")
    assert event.new["follow_up_ends_on"] == "2030-06-30"


def test_no_change_without_a_reason_or_by_somebody_else() -> None:
    part, keeper = ParticipationFactory.create(), administrator()
    study, centre = part.study, part.centre
    place = {"name": "X", "country": "", "timezone": "UTC"}
    facts = {"title": "X", "target_accrual": None, "note": "", "follow_up_ends_on": None}
    stranger = data_manager(centre)

    for by, reason, error in ((keeper, " ", Refused), (stranger, "mine", PermissionDenied)):
        with pytest.raises(error):
            centres.change_centre(centre, **place, by=by, reason=reason)
        with pytest.raises(error):
            centres.change_participation(part, **PLAN, by=by, reason=reason)
        with pytest.raises(error):
            centres.change_study(study, **facts, by=by, reason=reason)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        centres.add_centre(**NEW, by=stranger)
    with pytest.raises(PermissionDenied):
        add_centre_to_study(study=study, centre=CentreFactory.create(), by=stranger)
