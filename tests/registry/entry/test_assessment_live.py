"""What the form of a visit says while one types: response, time, and what the visit counts for."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from registry.models import Assessment
from registry.scope import system_scope
from tests.factories import AssessmentFactory, LesionAssessmentFactory, LesionFactory
from tests.registry.entry.visits import live, opened, state


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
