"""Whole cases in bulk: checked, recorded, announced; a patient is written whole or not at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from registry import models as m
from registry.announce import facts_changed
from registry.case_forms import FormKey, whole_case
from registry.errors import Stale
from registry.models import AuditEvent
from registry.partial_date import PartialDate
from registry.scope import system_scope
from registry.services import marks
from registry.services.case_drafts import CaseDraft, Draft, natural_key
from registry.services.case_merge import Destination, fold
from registry.services.cases import CaseResult, Pseudonyms, write_cases
from tests.factories import (
    CentreFactory,
    CourseFactory,
    LesionAssessmentFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    TargetLesionFactory,
    coordinator,
    data_manager,
    monitor,
)

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def into() -> Destination:
    version = ProtocolVersionFactory.create()
    return Destination(version.study, CentreFactory.create(code="A"), version)


def draft(pseudonym: str, *rows: Draft, **values: object) -> CaseDraft:
    """A patient with these rows; the origin of each row is its place in the arguments."""
    patient = Draft(m.Patient, (), {"pseudonym": pseudonym, **values}, origin="patient")
    return CaseDraft(pseudonym, patient, list(rows))


def course(number: int = 1, start: str = "2021-01-04") -> Draft:
    values = {"started_on": PartialDate.parse(start)}
    return Draft(m.Course, (number,), values, origin=f"course {number}")


def death(day: str) -> Draft:
    return Draft(m.Death, (), {"died_on": PartialDate.parse(day)}, origin="death")


def write(into: Destination, *drafts: CaseDraft, by: m.User | None = None) -> list[CaseResult]:
    return write_cases(drafts, into=into, pseudonyms=Pseudonyms(), by=by, reason="import of x")


def count(model: type[m.ClinicalRow]) -> int:
    with system_scope():
        return int(model.objects.count())


def test_every_row_leaves_one_event_with_person_and_reason(into: Destination) -> None:
    person = data_manager(into.centre)

    write(into, draft("A-1", course(1), course(2, "2022-01-04")), draft("A-2"), by=person)

    events = AuditEvent.objects.filter(table__in=["registry_patient", "registry_course"])
    assert [(e.operation, e.actor_id, e.reason) for e in events] == [
        ("I", person.pk, "import of x")
    ] * 4


def test_only_people_who_enter_cases_at_the_centre_write(into: Destination) -> None:
    for stranger in (data_manager(CentreFactory.create()), coordinator(into.study)):
        with pytest.raises(PermissionDenied):
            write(into, draft("A-1"), by=stranger)
    assert count(m.Patient) == 0


def test_a_case_that_a_check_refuses_is_not_written_and_the_others_are(into: Destination) -> None:
    bad = draft("A-1", course(1), death("2020-12-31"))

    refused, fine = write(into, bad, draft("A-2", course(1)))

    assert [(one.origin, one.field) for one in refused.refusals] == [("course 1", "started_on")]
    assert fine.refusals == []
    with system_scope():
        assert [patient.pseudonym for patient in m.Patient.objects.all()] == ["A-2"]


def test_what_only_the_database_refuses_is_found_row_by_row(into: Destination) -> None:
    """A second loss to follow-up while one is open passes the checks of cases."""
    losses = [Draft(m.LossToFollowUp, (n,), {}, origin=f"loss {n}") for n in (1, 2)]

    refused, fine = write(
        into, draft("A-1", course(1), *losses), draft("A-2", course(1), course(2, "2022"))
    )

    (one,) = refused.refusals
    assert one.origin == "loss 2"
    assert "the database refuses it" in one.reason
    assert "losstofollowup" in one.reason
    assert fine.refusals == []
    assert (count(m.Patient), count(m.Course), count(m.LossToFollowUp)) == (1, 2, 0)
    with system_scope():
        rows = m.Course.objects.select_related("patient")
        assert {row.patient.pseudonym for row in rows} == {"A-2"}


def test_two_people_with_one_record_number_are_refused_without_showing_it(
    into: Destination,
) -> None:
    values = {"record_number": "MRN-77", "family_name": "Canary"}
    first, second = (
        draft(name, Draft(m.Identity, (), values, origin=f"identity of {name}"))
        for name in ("A-1", "A-2")
    )

    results = write(into, first, second)

    (one,) = [refusal for result in results for refusal in result.refusals]
    assert one.origin == "identity of A-2"
    assert "MRN" not in one.reason
    assert "Canary" not in one.reason
    assert count(m.Identity) == 1


def test_rows_that_stand_as_stated_are_not_touched(into: Destination) -> None:
    write(into, draft("A-1", course(1)))
    before = AuditEvent.objects.count()

    (result,) = write(into, draft("A-1", course(1)))

    assert (dict(result.created), dict(result.changed)) == ({}, {})
    assert result.unchanged == {m.Patient: 1, m.Course: 1}
    assert AuditEvent.objects.count() == before


def test_a_changed_row_gets_the_next_version(into: Destination) -> None:
    write(into, draft("A-1", course(1)))

    (result,) = write(into, draft("A-1", course(1, "2021-01-05")))

    assert result.changed == {m.Course: 1}
    with system_scope():
        row = m.Course.objects.get()
    assert (str(row.started_on), row.version) == ("2021-01-05", 2)


def test_a_row_changed_by_somebody_in_the_same_moment_is_not_overwritten(
    into: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry.services import cases

    write(into, draft("A-1", course(1)))
    check = cases._check

    def somebody_saves_meanwhile(*args: object) -> CaseResult:
        m.Course._base_manager.update(machine="L1", version=2)
        return check(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(cases, "_check", somebody_saves_meanwhile)
    with pytest.raises(Stale):
        write(into, draft("A-1", course(1, "2021-01-05")))


def test_the_other_rooms_hear_of_patients_that_changed_and_of_no_others(
    into: Destination, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[frozenset[int]] = []

    def listen(patient_ids: frozenset[int], **_: object) -> None:
        heard.append(patient_ids)

    facts_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            write(into, draft("A-1"), draft("A-2", course(1), death("2020")))
        with django_capture_on_commit_callbacks(execute=True):
            write(into, draft("A-1"))
    finally:
        facts_changed.disconnect(listen)

    with system_scope():
        assert heard == [frozenset({m.Patient.objects.get().pk})]


def test_checking_only_reads(into: Destination) -> None:
    before = AuditEvent.objects.count()

    write_cases(
        [draft("A-1", course(1))],
        into=into,
        pseudonyms=Pseudonyms(),
        by=None,
        reason="x",
        check_only=True,
    )

    assert AuditEvent.objects.count() == before
    assert count(m.Patient) == 0


def test_the_number_of_queries_does_not_grow_with_the_patients(
    into: Destination, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    cases = [draft(f"A-{n}", course(1), course(2, "2022")) for n in range(30)]
    with django_assert_max_num_queries(45):
        write(into, *cases)


def test_rows_of_another_study_are_left_alone(into: Destination) -> None:
    patient = PatientFactory.create(pseudonym="A-1", centre=into.centre)
    other = ProtocolVersionFactory.create(study__key="cams")
    from tests.factories import EnrolmentFactory

    EnrolmentFactory.create(patient=patient, protocol_version=other)

    write(into, draft("A-1", Draft(m.Enrolment, (), {}, origin="enrolment")))

    with system_scope():
        assert sorted(row.study.key for row in patient.enrolments.all()) == ["cams", "jinling"]


def test_a_key_is_made_of_the_numbers_down_to_the_row() -> None:
    patient = PatientFactory.create()
    one = CourseFactory.create(patient=patient, number=3)
    phase = PhaseFactory.create(course=one, number=2)
    treated = TargetLesionFactory.create()
    assessed = LesionAssessmentFactory.create()

    assert natural_key(one) == (3,)
    assert natural_key(phase) == (3, 2)
    assert natural_key(treated) == (
        treated.target.course.number,
        treated.target.number,
        treated.lesion.number,
    )
    assert natural_key(assessed) == (assessed.assessment.number, assessed.lesion.number)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("A-1", "a-1", True),
        ("A-1", "Ａ-１", True),
        ("A-1", "A-\u200b1", True),
        ("A-1", "A -1", True),
        ("é", "e\u0301", True),
        ("A-1", "A-2", False),
        ("A-1", "A1", False),
    ],
)
def test_pseudonyms_are_alike_when_a_person_cannot_tell_them_apart(
    one: str, other: str, alike: bool
) -> None:
    assert (fold(one) == fold(other)) is alike


class TestMarks:
    """An import keeps off locked forms, and ends the marks of what it changes."""

    @pytest.fixture
    def patient(self, into: Destination) -> m.Patient:
        write(into, draft("A-1", course(1), sex="female"))
        with system_scope():
            found: m.Patient = m.Patient.objects.get()
            m.Enrolment.objects.create(
                patient=found, study=into.study, protocol_version=into.protocol_version
            )
        return found

    def form(self) -> FormKey:
        with system_scope():
            return FormKey("course", m.Course.objects.get(number=1).pk)

    def test_a_changed_row_of_a_locked_form_is_refused_at_its_column(
        self, into: Destination, patient: m.Patient
    ) -> None:
        marks.lock(patient, self.form(), by=coordinator(into.study, display_name="Coordinator"))

        refused, other = write(into, draft("A-1", course(1, "2021-02-01")), draft("A-2", course()))

        (one,) = refused.refusals
        assert (one.origin, one.field) == ("course 1", "started_on")
        assert one.reason.startswith("Course 1 was locked by Coordinator on ")
        assert other.refusals == []

    def test_rows_of_a_locked_form_that_stand_as_stated_are_no_change(
        self, into: Destination, patient: m.Patient
    ) -> None:
        marks.lock(patient, self.form(), by=coordinator(into.study))

        (result,) = write(into, draft("A-1", course(1), course(2, "2022-01-04")))

        assert result.refusals == []
        assert result.created == {m.Course: 1}

    def test_a_locked_case_takes_no_new_row(self, into: Destination, patient: m.Patient) -> None:
        marks.lock(patient, whole_case(patient), by=coordinator(into.study))

        (result,) = write(into, draft("A-1", course(1), course(2, "2022-01-04")))

        (one,) = result.refusals
        assert (one.origin, one.field) == ("course 2", "number")
        assert one.reason.startswith("The whole case was locked by ")

    def test_a_verification_ends_with_the_change(
        self, into: Destination, patient: m.Patient
    ) -> None:
        marks.verify(patient, self.form(), by=monitor(into.study))
        write(into, draft("A-1", course(1)))
        with system_scope():
            assert m.FormMark.objects.get().ended_at is None

        person = data_manager(into.centre)
        write(into, draft("A-1", course(1, "2021-02-01")), by=person)

        with system_scope():
            mark = m.FormMark.objects.get()
        assert (mark.ended_by, mark.end_reason) == (person, "The form was changed.")

    def test_marks_cost_a_batch_a_fixed_number_of_queries(self, into: Destination) -> None:
        def marks_asked(*names: str) -> int:
            with CaptureQueriesContext(connection) as queries:
                write(into, *(draft(name, course(1)) for name in names))
            return sum("registry_formmark" in one["sql"] for one in queries)

        few = [f"A-{number}" for number in range(2)]
        many = [f"B-{number}" for number in range(9)]
        # New patients have no marks; the status asks for locked forms.
        assert marks_asked(*few) == marks_asked(*many) == 1
        assert marks_asked(*few) == marks_asked(*many) == 2
