"""The audit trail over many patients: what it shows, to whom, and as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.audit import recorded
from registry.models import (
    AuditEvent,
    Centre,
    FormMark,
    IdentityLook,
    Patient,
    Screening,
    Study,
    TemporaryAccess,
    User,
)
from registry.models.choices import Role
from registry.partial_date import PartialDate
from registry.scope import scoped_to, system_scope
from registry.services import records
from registry.services.identity_looks import record_look
from registry.views import audit as audit_views
from tests.factories import (
    CentreFactory,
    CourseFactory,
    EnrolmentFactory,
    IdentityFactory,
    LesionFactory,
    MembershipFactory,
    PatientFactory,
    ProtocolVersionFactory,
    ScreeningFactory,
    UserFactory,
    administrator,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]

AUDIT = reverse("registry:audit")
AUDIT_CSV = reverse("registry:audit_csv")
LOOKS = reverse("registry:audit_looks")
LOOKS_CSV = reverse("registry:audit_looks_csv")


@dataclass
class World:
    """Centres A and B in one study, a named patient in each, and one of A outside of the study."""

    study: Study
    a: Centre
    b: Centre
    of_a: Patient
    of_b: Patient
    apart: Patient


@pytest.fixture
def world() -> World:
    version = ProtocolVersionFactory.create()
    a, b = CentreFactory.create(code="A"), CentreFactory.create(code="B")
    of_a, of_b, apart = (
        PatientFactory.create(centre=centre, pseudonym=name)
        for centre, name in ((a, "IN-A"), (b, "IN-B"), (a, "APART-A"))
    )
    for patient in (of_a, of_b):
        EnrolmentFactory.create(patient=patient, protocol_version=version)
    for patient in (of_a, of_b, apart):
        IdentityFactory.create(patient=patient)
    return World(version.study, a, b, of_a, of_b, apart)


def shown(client: Client, address: str = AUDIT, **query: Any) -> str:
    response = client.get(address, query)
    assert response.status_code == 200
    return response.content.decode()


def alike(html: str, asked: str) -> str:
    """A page without what was asked for and without the token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", html).replace(asked, "…")


def names(html: str) -> set[str]:
    """The pseudonyms in the table of a page."""
    body = html.split("<tbody>")[1] if "<tbody>" in html else ""
    return {name for name in ("IN-A", "IN-B", "APART-A") if f">{name}</a>" in body}


def rows_of(client: Client, address: str = AUDIT_CSV, **query: Any) -> list[list[str]]:
    """The lines of a file, read as a spreadsheet reads them."""
    response = client.get(address, query)
    assert response.status_code == 200
    data = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_the_centre_reads_of_its_own_patients_with_the_rows_of_the_identity(client, world) -> None:
    client.force_login(data_manager(world.a))

    html = shown(client)

    assert names(html) == {"IN-A", "APART-A"}
    assert "Identity: created" in html
    assert "(encrypted)" in html
    assert "Canary" not in html


@pytest.mark.parametrize("role", [coordinator, monitor])
def test_a_study_reads_of_its_enrolled_patients_without_identities(client, world, role) -> None:
    client.force_login(role(world.study))

    html = shown(client)

    assert names(html) == {"IN-A", "IN-B"}
    assert "Identity" not in html.split("<tbody>")[1]
    assert "(encrypted)" not in html


def test_a_person_of_centre_and_study_reads_names_rows_of_the_centre_only(client, world) -> None:
    user = data_manager(world.a)
    MembershipFactory.create(user=user, role=Role.COORDINATOR, study=world.study)
    client.force_login(user)

    identities = shown(client, table="registry_identity")

    assert names(shown(client)) == {"IN-A", "IN-B", "APART-A"}
    assert names(identities) == {"IN-A", "APART-A"}


def test_those_who_keep_accounts_read_of_accounts_and_of_no_case(client, world) -> None:
    ScreeningFactory.create()
    client.force_login(administrator())

    html = shown(client)
    tables = set(AuditEvent.objects.values_list("table", flat=True))

    assert {"registry_patient", "registry_screening", "registry_user"} <= tables
    assert names(html) == set()
    assert "User: created" in html
    assert "Membership: created" in html
    assert "Patient: created" not in html
    assert "Screening" not in html
    assert shown(client, patient="IN-A").count("No change fits.") == 1


@pytest.mark.parametrize("address", [AUDIT, AUDIT_CSV, LOOKS, LOOKS_CSV])
def test_people_without_such_a_role_are_refused(client: Client, world, address) -> None:
    analyst = UserFactory.create()
    MembershipFactory.create(user=analyst, role=Role.ANALYST, study=world.study)
    guest = UserFactory.create()
    with system_scope():
        TemporaryAccess.objects.create(
            patient=world.of_a,
            user=guest,
            reason="second opinion",
            given_by=analyst,
            given_at=timezone.now(),
            ends_at=timezone.now() + dt.timedelta(days=1),
        )
    for person in (analyst, guest, UserFactory.create()):
        client.force_login(person)
        assert client.get(address).status_code == 403
    if address in (LOOKS, LOOKS_CSV):
        client.force_login(administrator())
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", [AUDIT, LOOKS])
def test_a_patient_of_another_centre_answers_like_one_that_is_not_there(
    client: Client, world, address
) -> None:
    with scoped_to(data_manager(world.b)):
        record_look(world.of_b, place="patient")
    client.force_login(data_manager(world.a))

    hidden = alike(shown(client, address, patient="IN-B"), "IN-B")
    absent = alike(shown(client, address, patient="NOBODY"), "NOBODY")

    assert "No " in hidden
    assert hidden == absent


def test_a_person_who_did_nothing_visible_answers_like_one_that_is_not_there(client, world) -> None:
    stranger = UserFactory.create(username="stranger", display_name="Stranger of B")
    with recorded(by=stranger), system_scope():
        Patient.objects.filter(pk=world.of_b.pk).update(sex="male")
    client.force_login(data_manager(world.a))

    hidden = alike(shown(client, person="stranger"), "stranger")
    absent = alike(shown(client, person="nobody"), "nobody")

    assert hidden == absent
    assert "Stranger of B" not in hidden


def test_after_a_transfer_the_trail_belongs_to_the_new_centre(client: Client, world) -> None:
    with system_scope():
        Patient.objects.filter(pk=world.apart.pk).update(centre=world.b)

    client.force_login(data_manager(world.a))
    assert names(shown(client)) == {"IN-A"}
    client.force_login(data_manager(world.b))
    assert names(shown(client)) == {"IN-B", "APART-A"}


def test_an_ended_enrolment_ends_the_study_s_reading(client: Client, world) -> None:
    with system_scope():
        world.of_b.enrolments.update(voided_at=timezone.now(), void_reason="entered twice")

    client.force_login(coordinator(world.study))

    assert names(shown(client)) == {"IN-A"}


def test_the_screening_of_a_person_who_is_no_patient_is_its_centre_s(client: Client, world) -> None:
    ScreeningFactory.create(centre=world.a, study=world.study, number=77)

    client.force_login(data_manager(world.a))
    assert "Screening 77: created" in shown(client)
    client.force_login(coordinator(world.study))
    assert "Screening 77: created" in shown(client)
    client.force_login(data_manager(world.b))
    assert "Screening 77: created" not in shown(client)


def test_a_screening_goes_with_its_patient_to_the_other_centre(client: Client, world) -> None:
    screening = ScreeningFactory.create(centre=world.a, study=world.study, number=77)
    with system_scope():
        Screening.objects.filter(pk=screening.pk).update(patient=world.apart, outcome="enrolled")
        Patient.objects.filter(pk=world.apart.pk).update(centre=world.b)

    client.force_login(data_manager(world.a))
    assert "Screening 77" not in shown(client)
    client.force_login(data_manager(world.b))
    assert "Screening 77: created" in shown(client)


@pytest.fixture
def writer(world) -> User:
    """A data manager of A who has changed IN-A and described a lesion of APART-A."""
    user = data_manager(world.a, username="writer", display_name="Wanda Writer")
    lesion = LesionFactory.create(patient=world.apart, number=1, description="left")
    with system_scope():
        records.change(world.of_a, by=user, reason="source read again", version=1, sex="male")
        records.change(lesion, by=user, reason="typing error", version=1, description="right")
    return user


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"person": "writer"}, 2),
        ({"person": "WRITER"}, 2),
        ({"person": "Wanda Writer"}, 2),
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

    assert html.count("Wanda Writer</td>") + html.count("Wanda Writer <span") == count


def test_what_nobody_did_can_be_asked_for(client: Client, writer) -> None:
    client.force_login(writer)

    body = shown(client, person="The registry itself").split("<tbody>")[1]

    assert "Patient: created" in body
    assert "Wanda Writer" not in body


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


def test_the_file_has_a_line_for_every_value_that_the_page_shows(client: Client, writer) -> None:
    client.force_login(writer)

    header, *lines = rows_of(client, person="writer")
    apart = ["Wanda Writer", "APART-A", "lesion 1", "changed"]
    of_a = ["Wanda Writer", "IN-A", "patient", "changed"]

    assert header[:5] == ["When (UTC)", "Who", "Patient", "What", "Done"]
    assert [line[1:9] for line in lines] == [
        [*apart, "description", "left", "right", "typing error"],
        [*of_a, "sex", "Female", "Male", "source read again"],
    ]


def test_the_file_holds_no_name_and_no_formula(client: Client, world) -> None:
    LesionFactory.create(patient=world.of_a, number=1, description="=HYPERLINK(1)")
    client.force_login(data_manager(world.a))

    lines = rows_of(client)
    cells = [cell for line in lines for cell in line]

    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if "Canary" in cell or "CANARY" in cell]
    assert "(encrypted)" in cells


def test_the_file_is_sent_in_chunks_in_the_scope_of_its_reader_and_ends(
    client: Client, world, monkeypatch
) -> None:
    monkeypatch.setattr(audit_views, "CHUNK_SIZE", 3)
    for number in range(1, 9):
        LesionFactory.create(patient=world.of_a, number=number)
    client.force_login(data_manager(world.a))

    response = client.get(AUDIT_CSV, {"table": "registry_lesion"})
    parts = response.streaming_content  # type: ignore[attr-defined]
    assert isinstance(parts, Iterator)
    sizes = [part.count(b"created") > 0 for part in parts]

    assert response.streaming
    assert sizes == [False, True, True, True]
    monkeypatch.setattr(audit_views, "MOST_IN_FILE", 6)
    lines = rows_of(client, table="registry_lesion")[1:]
    assert {line[3] for line in lines} == {f"lesion {number}" for number in range(3, 9)}


def test_the_name_of_the_file_tells_the_day_only(client: Client, world) -> None:
    client.force_login(data_manager(world.a))
    with time_machine.travel(dt.datetime(2024, 5, 2, 12, tzinfo=dt.UTC), tick=False):
        named = [
            client.get(address, {"patient": "IN-A"})["Content-Disposition"]
            for address in (AUDIT_CSV, LOOKS_CSV)
        ]

    assert named == [
        'attachment; filename="audit-2024-05-02.csv"',
        'attachment; filename="looks-2024-05-02.csv"',
    ]


@pytest.fixture
def looked(world) -> World:
    """Each centre's data manager has opened the page of its patient."""
    for patient in (world.of_a, world.of_b):
        user = data_manager(patient.centre, username=f"reader-{patient.centre.code.lower()}")
        with scoped_to(user):
            record_look(patient, place="patient")
    return world


def test_the_centre_sees_who_looked_at_its_patients(client: Client, looked) -> None:
    client.force_login(data_manager(looked.a))

    html = shown(client, LOOKS)

    assert names(html) == {"IN-A"}
    assert "reader-a" in html
    assert "Page of the patient" in html
    assert "Canary" not in html


def test_a_study_sees_who_looked_at_its_patients_and_not_at_whom(client: Client, looked) -> None:
    client.force_login(coordinator(looked.study))

    header, *lines = rows_of(client, LOOKS_CSV)

    assert names(shown(client, LOOKS)) == {"IN-A", "IN-B"}
    assert header == ["When (UTC)", "Who", "Patient", "Where"]
    assert [line[1:] for line in lines] == [
        ["reader-b", "IN-B", "Page of the patient"],
        ["reader-a", "IN-A", "Page of the patient"],
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"patient": "IN-A"}, {"IN-A"}),
        ({"person": "reader-b"}, {"IN-B"}),
        ({"person": "reader-b", "patient": "IN-A"}, set()),
        ({"person": "The registry itself"}, set()),
        ({"first_day": "2020-01-01", "last_day": "2020-12-31"}, set()),
    ],
)
def test_looks_are_cut_by_patient_person_and_day(client: Client, looked, query, found) -> None:
    client.force_login(monitor(looked.study))

    assert names(shown(client, LOOKS, **query)) == found


def test_to_read_who_looked_is_no_look(client: Client, looked) -> None:
    client.force_login(data_manager(looked.a))
    shown(client, LOOKS)
    shown(client)
    rows_of(client)

    assert IdentityLook._base_manager.count() == 2


def test_who_reads_audits_finds_them_in_the_navigation(client: Client, world) -> None:
    link = f'href="{AUDIT}"'
    home = reverse("registry:home")
    for person in (data_manager(world.a), coordinator(world.study), administrator()):
        client.force_login(person)
        assert link in client.get(home).content.decode()
    client.force_login(UserFactory.create())
    assert link not in client.get(home).content.decode()
