"""The form of a visit: what it proposes, what is written, and what follows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from registry.models import Assessment, ImagingStudy, LesionAssessment
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import (
    AssessmentFactory,
    ImagingStudyFactory,
    LesionAssessmentFactory,
    LesionFactory,
    PatientFactory,
)
from tests.registry.entry.conftest import Fields, fields_of
from tests.registry.entry.visits import MONTH_3, address, live, opened, send, state


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
