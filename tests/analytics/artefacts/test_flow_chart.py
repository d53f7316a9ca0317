"""The flow of a study, counted by hand."""

from dataclasses import replace

from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.parts import Figure
from tests.analytics.artefacts.people import cohort_of, person
from tests.analytics.artefacts.reading import lines
from tests.analytics.cohorts import make_cohort
from tests.analytics.extract.by_hand import lesions, progression


def figure(cohort) -> Figure:
    (part,) = flow_chart(cohort).parts
    assert isinstance(part, Figure)
    return part


def missed(reason, times=1, outcome="not_enrolled"):
    return [{"outcome": outcome, "reason_not_enrolled": reason}] * times


COHORT = cohort_of(
    person("P1", lesions=lesions([1], [])),  # the second lesion is not treated
    person("P2", lesions=lesions([1]), last_contact=None),
    person("P3", lesions=lesions([1]), progressions=[progression(None, lesion=1)]),
    person("P4", courses=[]),
    courses=[{"USUBJID": "P1"}, {"USUBJID": "P2"}, {"USUBJID": "P3"}, {"USUBJID": "P3"}],
    lesions=[{"USUBJID": "P1"}, {"USUBJID": "P2"}, {"USUBJID": "P3"}],
    screenings=[
        *missed("too_many_lesions", 2),
        *missed("other_histology"),
        *missed("", 1),
        *missed("", 1, outcome="pending"),
        {"outcome": "enrolled", "USUBJID": "P1"},
        {"outcome": "enrolled", "USUBJID": "P2"},
        {"outcome": "enrolled", "USUBJID": "P3"},
        {"outcome": "enrolled", "USUBJID": "P9"},
    ],
)


def test_each_stage_says_how_many_go_on_and_why_others_do_not():
    assert lines(figure(COHORT).table) == [
        "Screened | 9",
        "  Not enrolled | 6",
        "    Too many lesions | 2",
        "    Other histology | 1",
        "    Reason not known | 1",
        "    Decision pending | 1",
        "    Enrolled, but not among these patients | 1",
        "Enrolled | 4",
        "  No screening on file | 1",
        "  Radiotherapy not begun | 1",
        "Treated with radiotherapy | 3",
        "  Treated lesions | 3",
        "Local control: lesions analysed | 1",
        "  Not analysed | 2",
        "    No follow-up of the kind that the endpoint asks for | 1",
        "    Event without a date | 1",
        "Local control by patient: patients analysed | 1",
        "  Not analysed | 2",
        "    No follow-up of the kind that the endpoint asks for | 1",
        "    Event without a date | 1",
        "Overall survival: patients analysed | 2",
        "  Not analysed | 1",
        "    No follow-up of the kind that the endpoint asks for | 1",
        "Progression-free survival: patients analysed | 1",
        "  Not analysed | 2",
        "    No follow-up of the kind that the endpoint asks for | 1",
        "    Event without a date | 1",
        "Late toxicity of grade 2 or more: patients analysed | 2",
        "  Not analysed | 1",
        "    No follow-up of the kind that the endpoint asks for | 1",
        "Late toxicity of grade 3 or more: patients analysed | 2",
        "  Not analysed | 1",
        "    No follow-up of the kind that the endpoint asks for | 1",
    ]


def test_the_stages_add_up():
    n = {row.label: int(str(row.cells[0].value)) for row in figure(COHORT).table.rows}
    assert n["Screened"] - n["Not enrolled"] + n["No screening on file"] == n["Enrolled"]
    untreated = n["Radiotherapy not begun"]
    assert n["Enrolled"] - untreated == n["Treated with radiotherapy"]


def test_the_drawing_shows_what_the_table_says():
    shown = figure(COHORT)
    for svg in (shown.svg, shown.svg_compact):
        for words in ("Screened (n = 9)", "Too many lesions: 2", "Enrolled (n = 4)", "3 lesions"):
            assert words in svg
    assert "Screened (n = 9); Not enrolled (n = 6); Enrolled (n = 4); " in shown.svg
    assert 'id="flow-chart-jinling-title"' in shown.svg
    assert 'id="flow-chart-jinling-compact-title"' in shown.svg_compact


def test_without_screenings_the_chart_begins_with_those_enrolled():
    shown = figure(make_cohort(patients=[{}]))
    assert lines(shown.table)[0] == "Enrolled | 1"
    assert "No screening is on file." in shown.notes


def test_of_a_subset_screening_is_not_shown():
    shown = figure(replace(COHORT, subset=("grade: G3",)))
    assert lines(shown.table)[0] == "Enrolled | 4"
    assert "Screening is not shown of a part of the patients." in shown.notes


def test_an_observational_study_shows_no_treatment():
    shown = figure(make_cohort(protocol="tcga_sarc", patients=[{}]))
    assert not any("radiotherapy" in line for line in lines(shown.table)[:2])


def test_screening_alone_makes_a_chart():
    shown = figure(make_cohort(screenings=missed("declined", 3)))
    assert lines(shown.table)[:4] == [
        "Screened | 3",
        "  Not enrolled | 3",
        "    Declined | 3",
        "Enrolled | 0",
    ]


def test_without_anybody_the_reason_is_said():
    assert flow_chart(make_cohort()).reason == "Nobody has been screened or enrolled."
