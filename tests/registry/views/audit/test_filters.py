"""What the trail is cut to, and in which words it is shown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from registry.models import (
    FormMark,
    IdentityLook,
)
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services import records
from registry.views import audit as audit_views
from tests.factories import (
    CourseFactory,
    LesionFactory,
    coordinator,
    data_manager,
)
from tests.registry.views.audit.reading import (
    AUDIT,
    AUDIT_CSV,
    LOOKS,
    names,
    rows_of,
    shown,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"person": "writer"}, 2),
        ({"person": "WRITER"}, 2),
        ({"person": "Writer of A"}, 2),
        ({"patient": "IN-A"}, 1),
        ({"table": "registry_lesion"}, 1),
        ({"table": "registry_lesion", "person": "writer", "patient": "IN-A"}, 0),
        ({"operation": "U"}, 2),
        ({"operation": "D"}, 0),
        ({"person": "The registry itself"}, 0),
    ],
)
def test_the_filters_cut_and_are_cut_together(client: Client, writer, query, count) -> None:
    client.force_login(writer)

    html = shown(client, **query)

    assert html.count("Writer of A</td>") + html.count("Writer of A <span") == count


def test_what_nobody_did_can_be_asked_for(client: Client, writer) -> None:
    client.force_login(writer)

    body = shown(client, person="The registry itself").split("<tbody>")[1]

    assert "Patient: created" in body
    assert "Writer of A" not in body


def test_days_are_days_of_utc_and_both_included(client: Client, world) -> None:
    client.force_login(data_manager(world.a))
    today = timezone.now().date()

    def found(first: object = "", last: object = "") -> set[str]:
        return names(shown(client, first_day=first, last_day=last))

    day = dt.timedelta(days=1)
    assert found(today, today) == {"IN-A", "APART-A"}
    assert found(today) == {"IN-A", "APART-A"}
    assert found("", today) == {"IN-A", "APART-A"}
    assert found(today + day) == set()
    assert found("", today - day) == set()


@pytest.mark.parametrize(
    "query",
    [
        {"first_day": "31.12.2024"},
        {"first_day": "2024-02-30"},
        {"first_day": "2024-02-02", "last_day": "2024-02-01"},
        {"last_day": "9999-12-31"},
        {"table": "auth_permission"},
        {"table": "registry_user"},
        {"operation": "X"},
        {"patient": "P" * 41},
        {"person": "p" * 200},
    ],
)
@pytest.mark.parametrize("address", [AUDIT, AUDIT_CSV])
def test_a_filter_that_makes_no_sense_is_named_and_nothing_shown(
    client: Client, world, address, query
) -> None:
    client.force_login(data_manager(world.a))

    if address == AUDIT_CSV:
        assert len(rows_of(client, **query)) == 1
    else:
        html = shown(client, **query)
        assert "Error:" in html
        assert names(html) == set()


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "1 OR 1=1", "²"])
def test_a_place_that_is_none_is_never_an_error(client: Client, world, before) -> None:
    client.force_login(data_manager(world.a))

    assert client.get(AUDIT, {"before": before}).status_code == 200
    assert client.get(LOOKS, {"before": before}).status_code == 200


def test_pages_follow_one_another_without_a_gap_or_a_repetition(
    client: Client, world, monkeypatch
) -> None:
    monkeypatch.setattr(audit_views, "PAGE_SIZE", 4)
    with system_scope():
        for number in range(10):
            LesionFactory.create(patient=world.of_a, number=number + 1)
    client.force_login(data_manager(world.a))

    seen, address = [], f"{AUDIT}?table=registry_lesion"
    for _ in range(3):
        html = client.get(address).content.decode()
        rows = html.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
        seen.append([row.split("<summary>Lesion ")[1].split(":")[0] for row in rows])
        older = html.split('rel="next" href="')[1].split('"')[0] if 'rel="next"' in html else ""
        address = AUDIT + older.replace("&amp;", "&")

    assert seen == [["10", "9", "8", "7"], ["6", "5", "4", "3"], ["2", "1"]]
    assert address == AUDIT


def test_birth_dates_are_cut_to_the_year_also_in_what_was_confirmed(client: Client, world) -> None:
    manager = data_manager(world.a)
    with system_scope():
        records.change(
            world.of_a,
            by=manager,
            reason="corrected",
            version=1,
            birth_date=PartialDate.parse("1960-05-18"),
        )
        world.of_a.confirmations.create(
            check_id="age",
            entity="patient",
            row_id=world.of_a.pk,
            field="birth_date",
            value="1960-05-18",
            reason="true",
            by=manager,
            at=timezone.now(),
        )
    for person in (manager, coordinator(world.study)):
        client.force_login(person)
        for text in (shown(client), str(rows_of(client))):
            assert "1960-05" not in text
            assert "1960" in text
    assert "1960</del> → 1960" in shown(client, operation="U")
    assert not IdentityLook._base_manager.exists()


def test_marks_and_other_rows_are_named_in_words(client: Client, world) -> None:
    manager = data_manager(world.a)
    course = CourseFactory.create(patient=world.of_a, number=3)
    with system_scope():
        FormMark.objects.create(
            patient=world.of_a,
            kind="verified",
            entity="course",
            row_id=course.pk,
            content_sha256="f" * 64,
            by=manager,
            at=dt.datetime(2024, 3, 14, 9, 30, tzinfo=dt.UTC),
        )
        FormMark.objects.create(
            patient=world.of_a,
            kind="locked",
            entity="case",
            row_id=world.of_a.pk,
            content_sha256="e" * 64,
            by=manager,
            at=dt.datetime(2024, 3, 14, 9, 30, tzinfo=dt.UTC),
        )
    client.force_login(manager)

    case, form = shown(client, table="registry_formmark").split("<tbody>")[1].split("</tr>")[:2]

    assert "<dd>Source data verified</dd>" in form
    assert "<dd>course 3</dd>" in form
    assert "<dd>2024-03-14 09:30</dd>" in form
    assert "fff" not in form
    assert "<dd>whole case</dd>" in case


def test_the_number_of_queries_does_not_grow_with_the_events(
    client: Client, world, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    manager = data_manager(world.a)
    LesionFactory.create(patient=world.of_a, number=1)
    client.force_login(manager)
    shown(client)  # the first request of a session is also written down as such
    with django_assert_max_num_queries(20) as few:
        shown(client, table="registry_lesion")
    with system_scope():
        for number in range(2, 30):
            LesionFactory.create(patient=world.of_a, number=number)

    with django_assert_num_queries(len(few)):
        shown(client, table="registry_lesion")
