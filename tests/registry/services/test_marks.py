"""Marks on forms: who may make them, what they keep off, and what ends them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.audit import recorded
from registry.case import load_case
from registry.case_forms import FormKey, whole_case
from registry.errors import Refused
from registry.models import (
    AuditEvent,
    CaseStatus,
    Course,
    Disease,
    FormMark,
    Identity,
    Lesion,
    Patient,
    Phase,
    Study,
    User,
)
from registry.models.choices import MarkKind
from registry.scope import system_scope
from registry.selectors.marks import marks_of
from registry.services import marks, records, status
from registry.signatures import digest_of
from tests.factories import (
    CentreFactory,
    CourseFactory,
    DiseaseFactory,
    EnrolmentFactory,
    IdentityFactory,
    LesionFactory,
    PatientFactory,
    PhaseFactory,
    ProtocolVersionFactory,
    UserFactory,
    coordinator,
    data_manager,
    monitor,
)
from tests.factories.people import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def patient() -> Patient:
    enrolment = EnrolmentFactory.create(
        patient__centre=CentreFactory.create(code="A"),
        protocol_version=ProtocolVersionFactory.create(),
    )
    found: Patient = enrolment.patient
    return found


@pytest.fixture
def study(patient: Patient) -> Study:
    return ProtocolVersionFactory.create().study


def investigator(patient: Patient) -> User:
    person = UserFactory.create()
    MembershipFactory.create(user=person, role="investigator", centre=patient.centre)
    return person


def key(row: Course | Disease | Lesion) -> FormKey:
    return FormKey(row.entity(), row.pk)


def standing(kind: MarkKind) -> list[FormMark]:
    with system_scope():
        return list(FormMark.objects.filter(kind=kind, ended_at=None))


def ended(kind: MarkKind) -> FormMark:
    with system_scope():
        return FormMark.objects.get(kind=kind, ended_at__isnull=False)


def grid(patient: Patient) -> CaseStatus:
    with system_scope():
        return CaseStatus.objects.get(patient=patient)


def signed(patient: Patient, row: Disease) -> User:
    """A disease form that an investigator has signed."""
    person = investigator(patient)
    marks.sign(patient, key(row), by=person, meaning="reviewed")
    return person


ROLES: dict[str, Callable[[Patient, Study], User]] = {
    "data manager": lambda patient, study: data_manager(patient.centre),
    "investigator": lambda patient, study: investigator(patient),
    "coordinator": lambda patient, study: coordinator(study),
    "monitor": lambda patient, study: monitor(study),
    "monitor of another study": lambda patient, study: monitor(
        ProtocolVersionFactory.create(study__key="preop").study
    ),
    "investigator of another centre": lambda patient, study: investigator(
        PatientFactory.create(centre=CentreFactory.create(code="B"))
    ),
}

MAY = {"verify": {"monitor"}, "lock": {"coordinator"}, "sign": {"investigator"}}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("step", MAY)
def test_each_mark_is_made_by_its_role_only(
    role: str, step: str, patient: Patient, study: Study
) -> None:
    disease, person = DiseaseFactory.create(patient=patient), ROLES[role](patient, study)
    steps = {
        "verify": lambda: marks.verify(patient, key(disease), by=person),
        "lock": lambda: marks.lock(patient, key(disease), by=person),
        "sign": lambda: marks.sign(patient, key(disease), by=person, meaning="reviewed"),
    }

    if role in MAY[step]:
        assert steps[step]() is not None
    else:
        with pytest.raises(PermissionDenied):
            steps[step]()
        with system_scope():
            assert not FormMark.objects.exists()


def test_a_mark_is_recorded_with_its_person(patient: Patient, study: Study) -> None:
    person = monitor(study)

    mark = marks.verify(patient, key(DiseaseFactory.create(patient=patient)), by=person)

    event = AuditEvent.objects.get(table="registry_formmark", row_id=mark.pk)
    assert (event.operation, event.actor_id) == ("I", person.pk)


def test_only_forms_of_the_patient_are_marked(patient: Patient, study: Study) -> None:
    others = DiseaseFactory.create()
    phase = PhaseFactory.create(course=CourseFactory.create(patient=patient))

    for wrong in (key(others), FormKey("phase", phase.pk), FormKey("case", patient.pk + 1)):
        with pytest.raises(Refused, match="no such form"):
            marks.verify(patient, wrong, by=monitor(study))


def test_a_form_is_verified_once_and_again_after_it_was_withdrawn(
    patient: Patient, study: Study
) -> None:
    disease, person = DiseaseFactory.create(patient=patient), monitor(study)
    marks.verify(patient, key(disease), by=person)

    with pytest.raises(Refused, match="already"):
        marks.verify(patient, key(disease), by=monitor(study))
    marks.withdraw_verification(patient, key(disease), by=person)

    assert ended(MarkKind.VERIFIED).ended_by == person
    with pytest.raises(Refused, match="not marked so any more"):
        marks.withdraw_verification(patient, key(disease), by=person)
    assert marks.verify(patient, key(disease), by=person)


def test_a_change_ends_verification_and_signature_and_names_the_editor(
    patient: Patient, study: Study
) -> None:
    disease = DiseaseFactory.create(patient=patient, number=1)
    marks.verify(patient, key(disease), by=monitor(study))
    signed(patient, disease)
    editor = data_manager(patient.centre)

    records.change(disease, by=editor, reason="typing error", version=1, size_cm="7.5")

    for kind in (MarkKind.VERIFIED, MarkKind.SIGNED):
        mark = ended(kind)
        assert (mark.ended_by, mark.end_reason) == (editor, "The form was changed.")


def test_a_change_of_another_form_ends_the_case_s_signature_only(patient: Patient) -> None:
    disease = DiseaseFactory.create(patient=patient)
    person = signed(patient, disease)
    with system_scope():
        FormMark.objects.create(
            patient=patient,
            kind=MarkKind.SIGNED,
            entity="case",
            row_id=patient.pk,
            content_sha256=digest_of(load_case(patient), whole_case(patient)),
            meaning="I have reviewed the case.",
            code="0" * 64,
            by=person,
            at=timezone.now(),
        )

    records.create(Lesion, by=data_manager(patient.centre), patient=patient, number=1)

    assert [mark.entity for mark in standing(MarkKind.SIGNED)] == ["disease"]
    assert ended(MarkKind.SIGNED).entity == "case"


def test_a_write_that_changes_nothing_ends_nothing(patient: Patient) -> None:
    disease = DiseaseFactory.create(patient=patient, size_cm="7.5")
    signed(patient, disease)

    records.change(
        disease, by=data_manager(patient.centre), reason="looked again", version=1, size_cm="7.50"
    )

    assert len(standing(MarkKind.SIGNED)) == 1


def test_an_incomplete_form_is_not_signed_and_what_is_missing_is_named(patient: Patient) -> None:
    disease = DiseaseFactory.create(patient=patient, number=1, diagnosed_on=None)

    with pytest.raises(Refused) as refusal:
        marks.sign(patient, key(disease), by=investigator(patient), meaning="reviewed")

    assert [(one.model, one.field) for one in refusal.value.findings] == [
        ("disease", "diagnosed_on")
    ]


def test_a_case_with_missing_forms_is_not_signed(patient: Patient) -> None:
    with pytest.raises(Refused, match="Radiotherapy: missing"):
        marks.sign(patient, whole_case(patient), by=investigator(patient), meaning="reviewed")


def test_a_signature_means_a_sentence_of_the_list(patient: Patient) -> None:
    disease = DiseaseFactory.create(patient=patient)

    with pytest.raises(Refused, match="what your signature means"):
        marks.sign(patient, key(disease), by=investigator(patient), meaning="whatever")
    signed(patient, disease)

    (mark,) = standing(MarkKind.SIGNED)
    assert mark.meaning == (
        "I have reviewed this form against the source data and it is complete and correct."
    )


def test_two_investigators_sign_and_each_of_them_once(patient: Patient) -> None:
    disease = DiseaseFactory.create(patient=patient)
    person = signed(patient, disease)
    signed(patient, disease)

    with pytest.raises(Refused, match="already"):
        marks.sign(patient, key(disease), by=person, meaning="responsible")
    assert len(standing(MarkKind.SIGNED)) == 2


def test_a_signature_that_an_edit_past_the_application_voids_is_shown_so_and_signed_anew(
    patient: Patient,
) -> None:
    disease = DiseaseFactory.create(patient=patient, histology="as reported")
    person = signed(patient, disease)
    with recorded(by=None, reason="by hand"), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_disease SET histology = %s", ["else"])

    with system_scope():
        (shown,) = marks_of(patient).shown
    assert shown.in_force
    assert not shown.is_intact

    marks.sign(patient, key(disease), by=person, meaning="reviewed")
    assert [mark.by for mark in standing(MarkKind.SIGNED)] == [person]
    assert ended(MarkKind.SIGNED).pk == shown.mark.pk


class TestLocked:
    """A locked form refuses every write of its rows, and says who locked it."""

    @pytest.fixture
    def person(self, study: Study) -> User:
        return coordinator(study, display_name="Coordinator of the study")

    @pytest.fixture
    def course(self, patient: Patient, person: User) -> Course:
        phase = PhaseFactory.create(course=CourseFactory.create(patient=patient, number=1))
        marks.lock(patient, key(phase.course), by=person)
        found: Course = phase.course
        return found

    def test_a_change_is_refused(self, course: Course) -> None:
        with pytest.raises(Refused) as refusal:
            records.change(course, by=None, reason="typing error", version=1, energy="6 MV")

        (finding,) = refusal.value.findings
        assert (finding.check_id, finding.model, finding.number) == ("locked", "course", 1)
        assert finding.message.startswith("Course 1 was locked by Coordinator of the study on ")

    def test_it_is_not_taken_back(self, course: Course) -> None:
        with pytest.raises(Refused, match="locked"):
            records.void(course, by=None, reason="entered twice", version=1)

    def test_a_new_part_is_refused(self, course: Course) -> None:
        with pytest.raises(Refused, match="Course 1 was locked"):
            records.create(Phase, by=None, course=course, number=9, dose_gy=2, fraction_count=1)

    def test_other_forms_are_written(self, course: Course) -> None:
        assert records.create(Lesion, by=None, patient=course.patient, number=1).pk

    def test_past_the_services_the_database_refuses(self, course: Course) -> None:
        with system_scope(), pytest.raises(IntegrityError), transaction.atomic():
            Course.objects.filter(pk=course.pk).update(energy="6 MV")

    def test_no_part_is_moved_out_of_it_or_into_it(self, course: Course) -> None:
        open_course = CourseFactory.create(patient=course.patient, number=2)
        own, other = Phase._base_manager.get(), PhaseFactory.create(course=open_course)

        for phase, to in ((own, open_course), (other, course)):
            refused = pytest.raises(IntegrityError, match="locked")
            with system_scope(), refused, transaction.atomic():
                Phase.objects.filter(pk=phase.pk).update(course=to)

    def test_it_is_signed_all_the_same(self, patient: Patient, person: User) -> None:
        disease = DiseaseFactory.create(patient=patient)
        marks.lock(patient, key(disease), by=person)

        signed(patient, disease)

        assert len(standing(MarkKind.SIGNED)) == 1

    def test_unlocking_asks_for_a_reason_and_lets_writes_in_again(
        self, course: Course, person: User
    ) -> None:
        with pytest.raises(Refused, match="why"):
            marks.unlock(course.patient, key(course), by=person, reason=" ")

        marks.unlock(course.patient, key(course), by=person, reason="The plan was corrected.")

        records.change(course, by=None, reason="typing error", version=1, energy="6 MV")
        assert ended(MarkKind.LOCKED).end_reason == "The plan was corrected."

    def test_a_locked_case_takes_no_new_form_but_the_identity_is_no_form(
        self, patient: Patient, person: User
    ) -> None:
        identity = IdentityFactory.create(patient=patient)
        marks.lock(patient, whole_case(patient), by=person)

        with pytest.raises(Refused, match="The whole case was locked"):
            records.create(Lesion, by=None, patient=patient, number=1)
        records.change(identity, by=None, reason="moved", version=1, contact="elsewhere")
        with system_scope():
            assert Identity.objects.get().contact == "elsewhere"

    def test_the_grid_s_column_is_locked_when_all_of_its_forms_are(
        self, patient: Patient, person: User
    ) -> None:
        lesions = [LesionFactory.create(patient=patient, number=number) for number in (1, 2)]

        marks.lock(patient, key(lesions[0]), by=person)
        assert grid(patient).lesions == "partial"
        marks.lock(patient, key(lesions[1]), by=person)
        assert (grid(patient).lesions, grid(patient).courses) == ("locked", "missing")
        marks.unlock(patient, key(lesions[0]), by=person, reason="one more diameter")
        assert grid(patient).lesions == "partial"

    def test_every_column_of_a_locked_case_is_locked(self, patient: Patient, person: User) -> None:
        marks.lock(patient, whole_case(patient), by=person)

        assert (grid(patient).lesions, grid(patient).outcome) == ("locked", "locked")
        status.refresh_patient(patient)
        assert grid(patient).courses == "locked"


def test_marks_cost_the_write_of_a_patient_without_any_two_queries(patient: Patient) -> None:
    with CaptureQueriesContext(connection) as queries:
        records.create(Lesion, by=None, patient=patient, number=1)

    asked = [one["sql"] for one in queries if "registry_formmark" in one["sql"]]
    # Marks in force before the write, locked forms for the status after it.
    assert len([sql for sql in asked if sql.startswith("SELECT")]) == 2
