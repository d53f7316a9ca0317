"""The form of earlier treatment: rows are asked for where the answer is "yes"; timing beside it."""

from __future__ import annotations

import re

import pytest

from registry.models import PriorRadiotherapy, Surgery, SystemicTherapy, TreatmentHistory
from registry.partial_date import PartialDate
from registry.scope import system_scope
from tests.factories import CourseFactory, SurgeryFactory, TreatmentHistoryFactory

OPERATED = {
    "history-version": "1",
    "history-had_surgery": "true",
    "history-had_systemic_therapy": "false",
    "history-had_prior_radiotherapy": "unknown",
    "surgery-new": "n1",
    "surgery-n1-version": "1",
    "surgery-n1-performed_on": "2023-12-04",
    "surgery-n1-procedure": "wide_excision",
    "surgery-n1-residual_tumour": "r1",
}

THERAPY = {
    "therapy-new": "n1",
    "therapy-n1-version": "1",
    "therapy-n1-kind": "chemotherapy",
    "therapy-n1-regimen": "AIM",
}

PRIOR = {
    "history-version": "1",
    "history-had_prior_radiotherapy": "true",
    "prior-new": ["n1", "n2", "n3"],
    "prior-n1-version": "1",
    "prior-n1-site": "thigh",
    "prior-n1-dose_gy": "50",
    "prior-n2-version": "1",
    "prior-n2-site": "thigh",
    "prior-n2-dose_gy": "16.5",
    "prior-n3-version": "1",
    "prior-n3-site": "lung",
    "prior-n3-dose_gy": "30",
}


def shown(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_answers_and_operations_are_saved_together(desk):
    assert desk.send("treatment", "all", OPERATED).status_code == 302

    with system_scope():
        history, operation = TreatmentHistory.objects.get(), Surgery.objects.get()
    assert (history.had_surgery, history.had_systemic_therapy) == (True, False)
    assert history.missing == {"had_prior_radiotherapy": "unknown"}
    assert (operation.patient, operation.number) == (desk.patient, 1)
    assert (operation.performed_on, operation.residual_tumour) == (PartialDate(2023, 12, 4), "r1")


def test_rows_of_a_question_that_is_not_answered_with_yes_are_not_written(desk):
    desk.send("treatment", "all", OPERATED | THERAPY)

    with system_scope():
        assert Surgery.objects.count() == 1
        assert not SystemicTherapy.objects.exists()


def test_what_was_typed_is_there_again_when_the_answer_changes_back(desk):
    page = desk.send("treatment", "all", OPERATED | THERAPY | {"surgery-n1-margin_mm": "much"})

    assert page.status_code == 422
    assert 'value="AIM"' in page.content.decode()
    assert 'data-when="history-had_systemic_therapy"' in page.content.decode()


def test_both_addresses_lead_to_the_answers_on_record(desk):
    TreatmentHistoryFactory.create(patient=desk.patient, had_surgery=False)

    for key in ("all", "1"):
        assert desk.opened("treatment", key)["history-had_surgery"] == ["false"]


def test_a_form_that_was_left_blank_writes_nothing(desk):
    fields = desk.opened("treatment", "all")

    assert desk.send("treatment", "all", fields).status_code == 302

    with system_scope():
        assert not TreatmentHistory.objects.exists()


def test_a_yes_that_becomes_a_no_needs_a_reason(desk):
    TreatmentHistoryFactory.create(patient=desk.patient, had_surgery=True)

    fields = desk.opened("treatment", "all") | {"history-had_surgery": "false"}
    refused = desk.send("treatment", "all", fields)
    done = desk.send("treatment", "all", fields | {"reason-code": "typing_error"})

    assert "Choose why the saved values are changed." in shown(refused)
    assert done.status_code == 302
    with system_scope():
        assert TreatmentHistory.objects.get().had_surgery is False


@pytest.mark.parametrize(
    ("performed_on", "words", "is_outside"),
    [
        # 4 December 2023 to 15 January 2024: 27 + 15 = 42 days, the last one of the window.
        ("2023-12-04", "6.0 weeks (42 days)", False),
        ("2023-12-18", "4.0 weeks (28 days)", False),
        ("2023-12-03", "6.1 weeks (43 days)", True),
        ("2023-12-19", "3.9 weeks (27 days)", True),
    ],
)
def test_weeks_from_surgery_to_rt_stand_beside_the_protocol(
    make_desk, performed_on, words, is_outside
):
    """Protocol cams: radiotherapy starts four to six weeks (28 to 42 days) after surgery."""
    desk = make_desk("cams")
    CourseFactory.create(patient=desk.patient, number=1, started_on="2024-01-15")

    fields = OPERATED | {"surgery-n1-performed_on": performed_on}
    page = shown(desk.live("treatment", "all", fields))

    assert words in page
    assert ("Other than the protocol says" in page) is is_outside
    assert "Radiotherapy starts four to six weeks after surgery." in page


def test_before_the_course_the_form_says_when_rt_is_to_be_expected(make_desk):
    """28 and 42 days after 4 December 2023 are 1 and 15 January 2024."""
    page = shown(make_desk("cams").live("treatment", "all", OPERATED))

    assert "2024-01-01" in page
    assert "2024-01-15" in page


def test_under_a_preoperative_protocol_the_interval_runs_from_rt_to_surgery(make_desk):
    """31 January to 6 March 2024: 29 + 6 = 35 days."""
    desk = make_desk("preop")
    CourseFactory.create(patient=desk.patient, number=1, ended_on="2024-01-31")

    fields = OPERATED | {"surgery-n1-performed_on": "2024-03-06"}
    page = shown(desk.live("treatment", "all", fields))

    assert "RT to surgery" in page
    assert "5.0 weeks (35 days)" in page


def test_a_biopsy_is_not_the_operation(make_desk):
    desk = make_desk("cams")
    CourseFactory.create(patient=desk.patient, number=1, started_on="2024-01-15")
    SurgeryFactory.create(
        patient=desk.patient, number=1, performed_on="2024-01-08", procedure="biopsy"
    )

    page = shown(desk.live("treatment", "all", desk.opened("treatment", "all")))

    assert "weeks (" not in page


def test_earlier_doses_are_added_up_by_site(desk):
    """50 + 16.5 Gy at the thigh; the lung is another place."""
    page = shown(desk.live("treatment", "all", PRIOR))

    assert "<dt>Thigh</dt><dd>66.5 Gy</dd>" in page
    assert "<dd>30 Gy</dd>" in page
    desk.send("treatment", "all", PRIOR)
    with system_scope():
        assert [row.number for row in PriorRadiotherapy.objects.order_by("number")] == [1, 2, 3]


def test_an_error_is_told_at_its_field(desk):
    answer = desk.send("treatment", "all", OPERATED | {"surgery-n1-performed_on": "31.2.2023"})

    assert answer.status_code == 422
    assert 'href="#id_surgery-n1-performed_on"' in answer.content.decode()
    with system_scope():
        assert not TreatmentHistory.objects.exists()
