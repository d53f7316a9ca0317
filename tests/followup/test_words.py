"""Words on visits: what can be said of which visit, and what stands on record afterwards."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from followup.models import ExpectedVisit, VisitOverride, VisitState
from followup.schedules import OverrideKind, VisitStatus
from followup.services import say_about_visit, say_missed, withdraw_word
from registry.case_forms import whole_case
from registry.errors import Refused
from registry.models import Course, Enrolment, Study, User
from registry.scope import system_scope
from registry.services import marks
from tests.factories import (
    AssessmentFactory,
    CentreFactory,
    DeathFactory,
    IdentityFactory,
    coordinator,
    data_manager,
)
from tests.followup.factories import expected, followed, full_visit, stored

pytestmark = [pytest.mark.django_db, pytest.mark.services]

D = dt.date
TODAY = D(2024, 6, 1)
"""Month 3 (30 April; window 16 April to 14 May) is overdue, month 6 opens on 17 July."""

MISSED, POSTPONED, NOT_APPLICABLE = OverrideKind


@pytest.fixture
def enrolment() -> Enrolment:
    enrolment = followed()
    expected(enrolment, TODAY)
    return enrolment


def say(enrolment: Enrolment, key: str = "m03", **values: Any) -> VisitOverride:
    said = {"by": None, "kind": MISSED, "reason": "Was abroad", "today": TODAY}
    return say_about_visit(stored(enrolment)[key], **(said | values))


def postpone(enrolment: Enrolment, to: dt.date | None, **values: Any) -> VisitOverride:
    said = {"kind": POSTPONED, "reason": "Wound not healed", "postponed_to": to}
    return say(enrolment, **(said | values))


def words(enrolment: Enrolment) -> list[VisitOverride]:
    with system_scope():
        return list(VisitOverride.objects.filter(visit__enrolment=enrolment).order_by("pk"))


def own_manager(enrolment: Enrolment) -> User:
    return data_manager(enrolment.patient.centre)


class TestSaying:
    def test_a_missed_visit_is_closed_with_the_reason(self, enrolment):
        say(enrolment)
        month_3 = stored(enrolment)["m03"]
        assert month_3.state == VisitState.MISSED
        assert month_3.notes[0].reason == "Was abroad"

    def test_a_visit_that_does_not_apply_is_expected_no_more(self, enrolment):
        say(enrolment, "m06", kind=NOT_APPLICABLE, reason="Pacemaker")
        assert stored(enrolment)["m06"].state == VisitState.CANCELLED

    def test_a_postponed_visit_moves_with_its_window(self, enrolment):
        postpone(enrolment, D(2024, 6, 20))
        month_3 = stored(enrolment)["m03"]
        assert month_3.target == D(2024, 6, 20)
        assert (month_3.window_start, month_3.window_end) == (D(2024, 6, 6), D(2024, 7, 4))

    def test_a_later_word_replaces_the_earlier_one_which_stays_on_record(self, enrolment):
        say(enrolment)
        say(enrolment, kind=NOT_APPLICABLE, reason="Seen elsewhere by protocol")
        assert stored(enrolment)["m03"].state == VisitState.CANCELLED
        assert [word.is_in_force for word in words(enrolment)] == [False, True]

    def test_the_same_word_sent_twice_stands_once(self, enrolment):
        by = own_manager(enrolment)
        assert say(enrolment, by=by, seen=0).pk == say(enrolment, by=by, seen=0).pk
        assert len(words(enrolment)) == 1

    def test_what_somebody_said_meanwhile_is_not_replaced_unseen(self, enrolment):
        first = say(enrolment)
        with pytest.raises(Refused, match="changed meanwhile"):
            say(enrolment, reason="Did not come", seen=0)
        assert [word.reason for word in words(enrolment)] == ["Was abroad"]
        say(enrolment, reason="Did not come", seen=first.pk)
        assert len(words(enrolment)) == 2

    def test_a_part_that_was_provided_still_counts_when_the_rest_was_missed(self, enrolment):
        AssessmentFactory.create(
            patient=enrolment.patient, assessed_on="2024-05-02", toxicity_assessed=True
        )
        assert expected(enrolment, TODAY)["m03"].status_on(TODAY) == VisitStatus.OVERDUE
        say(enrolment, reason="No scanner was free")
        month_3 = stored(enrolment)["m03"]
        assert (month_3.state, month_3.done_on) == (VisitState.DONE, D(2024, 5, 2))

    def test_it_changes_no_fact_and_is_said_while_the_case_is_locked(self, enrolment):
        patient = enrolment.patient
        marks.lock(patient, whole_case(patient), by=coordinator(enrolment.study))
        say(enrolment, by=own_manager(enrolment))
        assert stored(enrolment)["m03"].state == VisitState.MISSED

    def test_of_a_visit_whose_date_is_not_known_it_can_only_be_said_that_it_does_not_apply(self):
        enrolment = followed()
        with system_scope():
            Course.objects.filter(patient=enrolment.patient).update(ended_on=None)
        expected(enrolment, TODAY)
        for values in ({}, {"kind": POSTPONED, "postponed_to": D(2024, 9, 1)}):
            with pytest.raises(Refused, match="kind: Until its date is known"):
                say(enrolment, "waiting", **values)
        say(enrolment, "waiting", kind=NOT_APPLICABLE, reason="Radiotherapy was given up")
        assert stored(enrolment)["waiting"].state == VisitState.CANCELLED


class TestRefusing:
    @pytest.mark.parametrize("kind", [MISSED, NOT_APPLICABLE])
    def test_a_word_needs_a_reason(self, enrolment, kind):
        with pytest.raises(Refused, match="reason: A .* needs a reason"):
            say(enrolment, kind=kind, reason=" \n")
        assert words(enrolment) == []

    def test_the_reason_does_not_name_the_patient(self, enrolment):
        IdentityFactory.create(
            patient=enrolment.patient, family_name="Quillanova", record_number="RN4711"
        )
        for reason in ("Quillanova was abroad", "see RN-4711"):
            with pytest.raises(Refused, match="reason: Write it without the patient's name"):
                say(enrolment, by=own_manager(enrolment), reason=reason)
        assert words(enrolment) == []

    def test_the_reason_has_an_end(self, enrolment):
        with pytest.raises(Refused, match="reason: at most 1000"):
            say(enrolment, reason="x" * 1001)

    def test_a_visit_whose_window_has_not_opened_was_not_missed(self, enrolment):
        with pytest.raises(Refused, match="kind: The window opens on 17 Jul 2024"):
            say(enrolment, "m06")
        say(enrolment, "m06", today=D(2024, 7, 17))

    def test_a_done_visit_takes_no_word(self, enrolment):
        full_visit(enrolment, "2024-05-02")
        expected(enrolment, TODAY)
        with pytest.raises(Refused, match="This visit is done"):
            say(enrolment)

    @pytest.mark.parametrize("key", ["m03", "m06"])
    def test_after_the_follow_up_has_ended_no_visit_takes_a_word(self, enrolment, key):
        DeathFactory.create(patient=enrolment.patient, died_on="2024-05-20")
        expected(enrolment, TODAY)
        with pytest.raises(Refused, match="Nobody is expected at this visit any more"):
            say(enrolment, key, kind=NOT_APPLICABLE)

    def test_a_visit_that_the_schedule_does_not_ask_for_any_more_takes_none(self, enrolment):
        with system_scope():
            Course.objects.filter(patient=enrolment.patient).update(ended_on=None)
        expected(enrolment, TODAY)
        with pytest.raises(Refused, match="does not ask for this visit any more"):
            say(enrolment)

    @pytest.mark.parametrize(
        ("to", "message"),
        [
            (None, "Give the new date"),
            (D(2024, 1, 15), "asks for the visit on 30 Apr 2024"),  # before radiotherapy ended
            (D(2024, 4, 30), "asks for the visit on 30 Apr 2024"),
            (D(2024, 5, 17), "would be over since 31 May 2024"),  # 14 days after the new target
            (D(2025, 6, 2), "At the latest 1 Jun 2025"),
        ],
    )
    def test_a_visit_is_not_postponed_to_any_day(self, enrolment, to, message):
        with pytest.raises(Refused, match=f"postponed_to: .*{message}"):
            postpone(enrolment, to)
        assert words(enrolment) == []

    @pytest.mark.parametrize("to", [D(2024, 5, 18), D(2025, 6, 1)])
    def test_the_first_and_the_last_day_that_can_be(self, enrolment, to):
        postpone(enrolment, to)
        assert stored(enrolment)["m03"].target == to

    def test_postponed_twice_it_counts_from_the_day_that_the_protocol_asks_for(self, enrolment):
        postpone(enrolment, D(2024, 9, 1))
        postpone(enrolment, D(2024, 6, 10))
        assert stored(enrolment)["m03"].target == D(2024, 6, 10)
        with pytest.raises(Refused, match="asks for the visit on 30 Apr 2024"):
            postpone(enrolment, D(2024, 4, 29))

    def test_a_visit_is_not_postponed_beyond_the_end_of_the_study(self, enrolment):
        Study.objects.update(follow_up_ends_on=D(2024, 8, 1))
        with pytest.raises(Refused, match="ends on 1 Aug 2024"):
            postpone(enrolment, D(2024, 8, 1))
        postpone(enrolment, D(2024, 7, 31))

    def test_a_new_date_belongs_to_a_postponed_visit(self, enrolment):
        with pytest.raises(Refused, match="postponed_to: A new date belongs"):
            say(enrolment, postponed_to=D(2024, 7, 1))

    def test_only_the_patients_centre_speaks(self, enrolment):
        for person in (data_manager(CentreFactory.create()), coordinator(enrolment.study)):
            for reason in ("Not seen", ""):
                with pytest.raises(PermissionDenied):
                    say(enrolment, by=person, reason=reason)
        say(enrolment, by=own_manager(enrolment))
        assert stored(enrolment)["m03"].state == VisitState.MISSED


class TestTakingBack:
    def back(self, enrolment: Enrolment, key: str = "m03", **values: Any) -> VisitOverride:
        said = {"by": None, "reason": "A slip", "today": TODAY}
        return withdraw_word(stored(enrolment)[key], **(said | values))

    def test_the_visit_stands_as_if_nothing_had_been_said(self, enrolment):
        before = stored(enrolment)["m03"]
        postpone(enrolment, D(2024, 6, 20))
        self.back(enrolment)
        after = stored(enrolment)["m03"]
        assert after.status_on(TODAY) == VisitStatus.OVERDUE
        assert (after.target, after.window_end, after.why) == (
            before.target,
            before.window_end,
            before.why,
        )

    def test_the_word_stays_on_record_with_who_took_it_back_and_why(self, enrolment):
        by = own_manager(enrolment)
        say(enrolment)
        self.back(enrolment, by=by)
        (word,) = words(enrolment)
        assert (word.reason, word.is_in_force) == ("Was abroad", False)
        assert (word.withdrawn_by, word.withdrawn_reason) == (by, "A slip")

    def test_it_needs_a_reason_without_names(self, enrolment):
        IdentityFactory.create(patient=enrolment.patient, family_name="Quillanova")
        say(enrolment)
        for reason, message in ((" ", "Say why"), ("Quillanova came", "without the patient's")):
            with pytest.raises(Refused, match=f"reason: .*{message}"):
                self.back(enrolment, by=own_manager(enrolment), reason=reason)
        assert words(enrolment)[0].is_in_force

    def test_without_a_word_in_force_there_is_nothing_to_take_back(self, enrolment):
        with pytest.raises(Refused, match="No word on this visit is in force"):
            self.back(enrolment)
        say(enrolment)
        self.back(enrolment)
        with pytest.raises(Refused, match="No word on this visit is in force"):
            self.back(enrolment)

    def test_another_word_than_the_one_seen_is_left_alone(self, enrolment):
        first = say(enrolment)
        say(enrolment, reason="Did not come")
        with pytest.raises(Refused, match="changed meanwhile"):
            self.back(enrolment, seen=first.pk)

    def test_after_a_death_that_was_entered_late_the_visit_is_closed_by_it(self, enrolment):
        say(enrolment)
        DeathFactory.create(patient=enrolment.patient, died_on="2024-05-10")
        expected(enrolment, TODAY)
        assert stored(enrolment)["m03"].state == VisitState.MISSED
        self.back(enrolment)
        assert stored(enrolment)["m03"].state == VisitState.CANCELLED

    def test_only_the_patients_centre_takes_back(self, enrolment):
        say(enrolment)
        with pytest.raises(PermissionDenied):
            self.back(enrolment, by=coordinator(enrolment.study))

    def test_the_database_takes_none_back_without_a_reason_or_while_it_holds(self, enrolment):
        word = say(enrolment)
        by = own_manager(enrolment)
        for change in (
            {"withdrawn_by": by, "replaced_at": word.at},
            {"withdrawn_by": by, "withdrawn_reason": "A slip"},
        ):
            with system_scope(), transaction.atomic(), pytest.raises(IntegrityError):
                VisitOverride.objects.filter(pk=word.pk).update(**change)


class TestSayingOfSeveral:
    @pytest.fixture
    def overdue(self) -> list[ExpectedVisit]:
        """Month 3 of three patients of one centre."""
        centre = CentreFactory.create()
        return [expected(followed(centre=centre), TODAY)["m03"] for _one in range(3)]

    def states(self, visits: list[ExpectedVisit]) -> list[str]:
        with system_scope():
            return [ExpectedVisit.objects.get(pk=visit.pk).state for visit in visits]

    def test_each_is_recorded_with_the_reason(self, overdue):
        by = data_manager(overdue[0].enrolment.patient.centre)
        said = say_missed(overdue[:2], by=by, reason="Scanner out of order", today=TODAY)
        assert [word.reason for word in said] == ["Scanner out of order"] * 2
        assert self.states(overdue) == ["missed", "missed", "open"]

    def test_if_one_cannot_be_none_is_written_and_it_is_named(self, overdue):
        full_visit(overdue[1].enrolment, "2024-05-02")
        expected(overdue[1].enrolment, TODAY)
        pseudonym = overdue[1].enrolment.patient.pseudonym
        with pytest.raises(Refused) as refused:
            say_missed(overdue, by=None, reason="Scanner out of order", today=TODAY)
        assert [finding.message for finding in refused.value.findings] == [
            f"{pseudonym}, Month 3: This visit is done."
        ]
        assert self.states(overdue) == ["open", "done", "open"]

    def test_the_reason_names_none_of_the_patients(self, overdue):
        patient = overdue[2].enrolment.patient
        IdentityFactory.create(patient=patient, family_name="Quillanova")
        by = data_manager(patient.centre)
        with pytest.raises(Refused, match="without the patient's name"):
            say_missed(overdue, by=by, reason="Quillanova and others were away", today=TODAY)
        assert self.states(overdue) == ["open"] * 3

    def test_all_of_them_are_of_the_persons_centres(self, overdue):
        stranger = expected(followed(), TODAY)["m03"]
        by = data_manager(overdue[0].enrolment.patient.centre)
        with pytest.raises(PermissionDenied):
            say_missed([*overdue, stranger], by=by, reason="Not seen", today=TODAY)
        assert self.states(overdue) == ["open"] * 3

    def test_two_visits_of_one_patient_are_missed_at_once(self, overdue):
        own = stored(overdue[0].enrolment)
        both = [own["m03"], own["m06"]]
        say_missed(both, by=None, reason="Was abroad", today=D(2024, 9, 1))
        assert self.states(both) == ["missed", "missed"]
