"""The form of a visit: what it proposes, what is written, what it says while one types.

Under the protocol jinling visits are expected 3 and 6 months after the last fraction, ± 14 days,
then every 6 months ± 30 days: after 31 January 2024 on 30 April (16 April to 14 May) and 31 July.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from followup.models import ExpectedVisit
from followup.services import recompute
from registry.models import Assessment, ImagingStudy, LesionAssessment
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    CourseFactory,
    ImagingStudyFactory,
    LesionAssessmentFactory,
    LesionFactory,
    PatientFactory,
)
from tests.registry.entry.conftest import Desk, Fields, fields_of

MONTH_3 = "last_rt_day-m03"
TODAY = dt.datetime(2024, 5, 10, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture
def treated(desk: Desk) -> Desk:
    """A patient irradiated until 31 January 2024, lesion 1 of 4 cm, visits planned."""
    CourseFactory.create(patient=desk.patient, number=1)
    recompute([desk.patient.pk], today=TODAY.date())
    return desk


def address(desk: Desk, key: str = "new", visit: str = MONTH_3) -> str:
    return reverse(
        "registry:enter", args=["assessment", key, desk.patient.pseudonym], query={"visit": visit}
    )


def opened(desk: Desk, visit: str = MONTH_3) -> Fields:
    return fields_of(desk.client.get(address(desk, visit=visit)).content.decode())


def send(desk: Desk, fields: Fields, **more: str) -> Any:
    return desk.client.post(address(desk), {"submission": str(uuid.uuid4()), **fields, **more})


def live(desk: Desk, fields: Fields, **more: str) -> str:
    answer = desk.client.post(
        address(desk).replace("/enter/", "/live/"),
        {**fields, **{name.replace("__", "-"): value for name, value in more.items()}},
    )
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def state(desk: Desk, key: str = MONTH_3) -> str:
    with system_scope():
        return ExpectedVisit.objects.get(key=key).state


class TestWhatStandsThere:
    def test_a_visit_of_the_protocol_proposes_its_kind_and_its_imaging_and_no_date(self, treated):
        fields = opened(treated)

        assert fields["visit-kind"] == ["clinic"]
        assert fields["visit-assessed_on"] == [""]
        assert (fields["imaging-n1-region"], fields["imaging-n1-modality"]) == (
            ["treated_site"],
            ["mr"],
        )
        assert (fields["imaging-n2-region"], fields["imaging-n2-modality"]) == (["chest"], ["ct"])
        assert fields["imaging-n1-performed_on"] == fields["imaging-n2-performed_on"] == [""]
        assert fields["lesion-p1-longest_diameter_cm"] == [""]

    def test_the_date_names_target_and_window(self, treated):
        page = treated.client.get(address(treated)).content.decode()

        assert "Month 3: 30 Apr 2024, window 16 Apr 2024 – 14 May 2024" in page

    def test_imaging_is_proposed_as_it_was_done_last_time(self, treated):
        before = AssessmentFactory.create(patient=treated.patient, assessed_on="2024-03-01")
        ImagingStudyFactory.create(assessment=before, modality="pet_ct", region="treated_site")
        ImagingStudyFactory.create(assessment=before, modality="ct", region="chest_abdomen")

        fields = opened(treated)

        assert fields["imaging-n1-modality"] == ["pet_ct"]
        assert fields["imaging-n2-region"] == ["chest_abdomen"]

    @pytest.mark.parametrize("visit", ["", "no-such-visit", "x" * 5000])
    def test_without_a_visit_of_the_protocol_nothing_is_proposed(self, treated, visit):
        fields = opened(treated, visit=visit)

        assert fields["visit-kind"] == [""]
        assert fields["imaging-n1-region"] == [""]
        assert "imaging-n2-region" not in fields

    def test_the_visit_of_another_patient_is_not_told(self, treated):
        other = PatientFactory.create(centre=treated.patient.centre)
        path = reverse("registry:enter", args=["assessment", "new", other.pseudonym])

        page = treated.client.get(f"{path}?visit={MONTH_3}").content.decode()

        assert "Month 3" not in page

    def test_there_is_a_row_for_every_lesion(self, treated):
        LesionFactory.create(patient=treated.patient, number=2, site="lung", laterality="left")

        assert "lesion-p2-response" in opened(treated)


class TestWhatIsWritten:
    def test_a_proposal_that_was_left_as_it_is_is_not_an_examination(
        self, treated, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(treated, opened(treated) | {"visit-assessed_on": "2024-05-02"})

        assert answer.status_code == 302
        with system_scope():
            assert Assessment.objects.get().kind == "clinic"
            assert not ImagingStudy.objects.exists()
            assert not LesionAssessment.objects.exists()
        assert state(treated) == "open"

    def test_a_visit_with_its_imaging_and_toxicity_is_done(
        self, treated, django_capture_on_commit_callbacks
    ):
        fields = opened(treated) | {
            "visit-assessed_on": "2024-05-02",
            "visit-toxicity_assessed": "true",
            "visit-disease_status": "no_evidence",
            "imaging-n1-performed_on": "2024-04-29",
            "imaging-n2-performed_on": "2024-05-02",
            "lesion-p1-longest_diameter_cm": "2.5",
            "lesion-p1-response": "pr",
        }
        with django_capture_on_commit_callbacks(execute=True):
            answer = send(treated, fields)

        assert answer.status_code == 302
        with system_scope():
            studies = ImagingStudy.objects.order_by("number")
            assert [(one.modality, one.region, one.performed_on) for one in studies] == [
                ("mr", "treated_site", PartialDate(2024, 4, 29)),
                ("ct", "chest", PartialDate(2024, 5, 2)),
            ]
            row = LesionAssessment.objects.get()
            assert (row.lesion, row.longest_diameter_cm) == (treated.lesion, Decimal("2.5"))
        assert state(treated) == "done"

    def test_a_proposal_that_was_changed_is_done_on_the_day_of_the_visit(self, treated):
        send(
            treated,
            opened(treated) | {"visit-assessed_on": "2024-05-02", "imaging-n1-modality": "ct"},
        )

        with system_scope():
            study = ImagingStudy.objects.get()
            assert (study.modality, study.performed_on) == ("ct", None)

    def test_a_proposal_survives_a_row_that_is_added_and_a_page_that_is_refused(self, treated):
        fields = opened(treated)
        added = treated.client.post(address(treated), {**fields, "add": "imaging"})
        again = fields_of(added.content.decode())
        refused = send(treated, again)

        assert again["imaging-new"] == ["n1", "n2", "n3"]
        assert refused.status_code == 422
        once_more = fields_of(refused.content.decode())
        answer = send(treated, once_more | {"visit-assessed_on": "2024-05-02"})
        assert answer.status_code == 302
        with system_scope():
            assert not ImagingStudy.objects.exists()

    def test_imaging_left_out_is_not_written(self, treated):
        send(
            treated,
            opened(treated)
            | {
                "visit-assessed_on": "2024-05-02",
                "imaging-n1-performed_on": "2024-05-02",
                "imaging-n1-remove": "1",
            },
        )

        with system_scope():
            assert not ImagingStudy.objects.exists()

    def test_a_lesion_that_is_gone_has_the_diameter_nought(self, treated):
        send(
            treated,
            opened(treated)
            | {"visit-assessed_on": "2024-05-02", "lesion-p1-longest_diameter_cm": "0"},
        )

        with system_scope():
            assert LesionAssessment.objects.get().longest_diameter_cm == 0

    def test_a_lesion_that_was_forgotten_can_be_added_later_without_a_reason(self, treated):
        visit = AssessmentFactory.create(patient=treated.patient, number=1)
        second = LesionFactory.create(patient=treated.patient, number=2)
        LesionAssessmentFactory.create(assessment=visit, lesion=treated.lesion)

        fields = treated.opened("assessment", "1")
        answer = treated.send("assessment", "1", fields | {"lesion-p2-response": "sd"})

        assert answer.status_code == 302
        assert "lesion-p1-response" not in fields
        with system_scope():
            assert LesionAssessment.objects.get(lesion=second).response == "sd"

    def test_a_visit_needs_a_date_or_the_reason_why_there_is_none(self, treated):
        refused = send(treated, opened(treated))
        taken = send(treated, opened(treated) | {"visit-assessed_on": "unknown"})

        assert refused.status_code == 422
        assert taken.status_code == 302
        with system_scope():
            assert Assessment.objects.get().missing == {"assessed_on": "unknown"}


class TestResponseWhileTyping:
    """Lesion 1 measured 4 cm at the start: 30 % less is 2.8 cm."""

    def test_the_response_of_a_lesion_is_told_with_its_ground(self, treated):
        shown = live(treated, opened(treated), **{"lesion-p1-longest_diameter_cm": "2,8"})

        assert "Lesion 1: <b>Partial response</b>" in shown
        assert "-30.0 % since baseline" in shown

    def test_the_smallest_diameter_of_earlier_visits_is_the_nadir(self, treated):
        """2 cm in March; 2.5 cm in May is 25 % and 5 mm more: progressive, 37.5 % below 4 cm."""
        before = AssessmentFactory.create(
            patient=treated.patient, number=1, assessed_on="2024-03-01"
        )
        LesionAssessmentFactory.create(
            assessment=before, lesion=treated.lesion, longest_diameter_cm=2, response="pr"
        )

        shown = live(
            treated,
            opened(treated),
            **{"visit-assessed_on": "2024-05-02", "lesion-p1-longest_diameter_cm": "2.5"},
        )

        assert "Lesion 1: <b>Progressive disease</b>" in shown
        assert "+25.0 % (+5 mm) since nadir" in shown
        assert "20 % rule: grown, +25.0 % against 2.00 cm" in shown

    def test_a_later_visit_is_no_nadir(self, treated):
        later = AssessmentFactory.create(
            patient=treated.patient, number=1, assessed_on="2024-05-09"
        )
        LesionAssessmentFactory.create(
            assessment=later, lesion=treated.lesion, longest_diameter_cm=2, response="pr"
        )

        shown = live(
            treated,
            opened(treated),
            **{"visit-assessed_on": "2024-05-02", "lesion-p1-longest_diameter_cm": "3.5"},
        )

        assert "Lesion 1: <b>Stable disease</b>" in shown

    def test_a_response_that_differs_is_pointed_out(self, treated):
        shown = live(
            treated,
            opened(treated),
            **{"lesion-p1-longest_diameter_cm": "2.8", "lesion-p1-response": "sd"},
        )

        assert "from the response entered: Stable disease" in shown

    def test_the_sum_of_two_lesions_has_its_own_response(self, treated):
        """4 + 2 = 6 cm; 3 + 1 = 4 cm is a third less: partial response."""
        LesionFactory.create(patient=treated.patient, number=2, longest_diameter_cm=2)

        shown = live(
            treated,
            opened(treated),
            **{"lesion-p1-longest_diameter_cm": "3", "lesion-p2-longest_diameter_cm": "1"},
        )

        assert "Lesion 1: <b>Stable disease</b>" in shown
        assert "Sum of all lesions: <b>Partial response</b>" in shown
        assert "-33.3 % since baseline" in shown

    @pytest.mark.parametrize("typed", ["1e999", "NaN", "-1", "٣", "cm", "1000000"])
    def test_a_diameter_that_is_none_gives_no_response_and_no_fault(self, treated, typed):
        assert "Lesion 1: <b>" not in live(
            treated, opened(treated), **{"lesion-p1-longest_diameter_cm": typed}
        )


class TestTimeAndSchedule:
    def test_days_and_months_since_origin_and_end_of_radiotherapy(self, treated):
        """15 January to 2 May 2024 is 108 days, 31 January to 2 May 92 days; / 30.4375."""
        shown = live(treated, opened(treated), **{"visit-assessed_on": "2024-05-02"})

        assert "First day of radiotherapy</dt><dd>108 days (3.5 months)" in shown
        assert "Last day of radiotherapy</dt><dd>92 days (3.0 months)" in shown

    def test_a_month_gives_no_days(self, treated):
        assert "Time since" not in live(
            treated, opened(treated), **{"visit-assessed_on": "2024-05"}
        )

    def test_without_a_date_the_visit_asked_for_is_shown(self, treated):
        shown = live(treated, opened(treated))

        assert "<b>Month 3</b>, jinling" in shown
        assert "Asked for: Clinical examination, toxicity assessment, local imaging" in shown

    def test_with_a_date_what_the_visit_still_requires(self, treated):
        shown = live(
            treated,
            opened(treated),
            **{"visit-assessed_on": "2024-05-02", "imaging-n1-performed_on": "2024-05-02"},
        )

        assert "<b>Month 3</b>" in shown
        assert "Within the window" in shown
        assert "There: Clinical examination, local imaging" in shown
        assert "Still required: Toxicity assessment, systemic imaging" in shown

    def test_a_contact_counts_for_the_visit_it_is_nearest_to(self, treated):
        """31 July ± 14 days: 10 July is 7 days before the window of month 6."""
        with time_machine.travel(dt.datetime(2024, 7, 20, tzinfo=dt.UTC)):
            treated.client.force_login(treated.user)
            shown = live(treated, opened(treated), **{"visit-assessed_on": "2024-07-10"})

        assert "<b>Month 6</b>" in shown
        assert "7 days before the window" in shown

    def test_a_telephone_call_counts_for_nothing(self, treated):
        shown = live(
            treated,
            opened(treated),
            **{"visit-assessed_on": "2024-05-02", "visit-kind": "phone"},
        )

        assert "counts for no expected visit" in shown

    def test_looking_ahead_stores_nothing(self, treated):
        live(
            treated,
            opened(treated),
            **{"visit-assessed_on": "2024-05-02", "visit-toxicity_assessed": "true"},
        )

        assert state(treated) == "open"
        with system_scope():
            assert not Assessment.objects.exists()


class TestWhatFollows:
    FAILED: Fields = {
        "visit-assessed_on": "2024-05-02",
        "imaging-n1-performed_on": "2024-04-29",
        "lesion-p1-longest_diameter_cm": "6",
        "lesion-p1-response": "pd",
    }

    def test_progressive_disease_offers_the_form_of_the_progression(self, treated):
        shown = live(treated, opened(treated), **self.FAILED)

        assert 'name="then" value="progression"' in shown

    def test_the_progression_begins_with_what_the_visit_has_shown(self, treated):
        answer = send(treated, opened(treated) | self.FAILED, then="progression")
        fields = fields_of(treated.client.get(answer.url).content.decode())

        assert fields["progression-occurred_on"] == ["2024-04-29"]
        assert fields["progression-kind"] == ["local"]
        assert fields["progression-lesion"] == ["1"]

    def test_a_toxicity_can_follow_at_once(self, treated):
        answer = send(
            treated, opened(treated) | {"visit-assessed_on": "2024-05-02"}, then="toxicity"
        )

        path = reverse("registry:enter", args=["toxicity", "new", treated.patient.pseudonym])
        assert answer.url.startswith(path)

    def test_a_form_that_is_not_offered_is_not_followed(self, treated):
        answer = send(treated, opened(treated) | {"visit-assessed_on": "2024-05-02"}, then="death")

        assert answer.url.startswith(reverse("registry:patient", args=[treated.patient.pseudonym]))
