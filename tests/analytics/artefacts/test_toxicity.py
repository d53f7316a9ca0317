"""Toxicity by term and grade: the worst grade of each patient, of the patients treated."""

import pytest

from analytics.artefacts.parts import Table
from analytics.artefacts.toxicity import toxicity
from analytics.extract.days import day_of
from analytics.extract.facts import CourseFact, DeathFact, PatientFacts, StudyFacts
from tests.analytics.cohorts import make_cohort

GRADE_2, ANY, AT_LEAST_2, AT_LEAST_3 = 1, 5, 6, 7
LATE = 8  # columns of late toxicity come after the eight acute ones


def event(patient, term, grade, phase="late", **values):
    return {
        "USUBJID": patient,
        "term": term,
        "grade": grade,
        "phase": phase,
        "soc": "Blood/lymphatics",
        "release": "3.0",
    } | values


def cohort_of(patients, events, *, protocol="cams", facts=()):
    """Patients P1, P2, … with a course each, which ended on 1 March 2020 where facts are given."""
    names = [f"P{place}" for place in range(1, len(patients) + 1)]
    return make_cohort(
        protocol=protocol,
        patients=patients,
        courses=[{"USUBJID": name, "course": 1} for name in names],
        toxicities=events,
        facts=StudyFacts(protocol, None, tuple(facts)),
    )


def seen(name, last, *, died=None):
    return PatientFacts(
        name,
        "A",
        courses=[CourseFact(1, 1, day_of("2020-01-20"), day_of("2020-03-01"))],
        last_contact=day_of(last),
        death=DeathFact(day_of(died), "disease") if died else None,
    )


def rows(artefact, place=0):
    table = artefact.parts[place]
    assert isinstance(table, Table)
    return table.rows


def lines(artefact, place=0):
    return {row.label: [cell.text for cell in row.cells] for row in rows(artefact, place)}


def test_the_late_morbidity_of_51_extremity_patients_reads_as_published():
    """Wang 2015, Table 3: oedema 2, 3, 3, 1 of grades 1 to 4, joint stiffness 2, 2, 1."""
    patients = [{"site_region": "lower_extremity"}] * 51 + [{"site_region": "trunk_wall"}] * 29
    oedema = [1] * 2 + [2] * 3 + [3] * 3 + [4]
    stiffness = [1, 1, 2, 2, 3]
    events = [event(f"P{n}", "Edema:limb", grade) for n, grade in enumerate(oedema, 1)]
    events += [event(f"P{n}", "Joint-function", grade) for n, grade in enumerate(stiffness, 20)]
    events.append(event("P60", "Edema:limb", 3))  # of the trunk wall

    late = lines(toxicity(cohort_of(patients, events), regions=["lower_extremity"]))

    assert late["Edema:limb"][LATE:] == [
        "2 (3.9 %)", "3 (5.9 %)", "3 (5.9 %)", "1 (2.0 %)", "0", "9 (17.6 %)", "7 (13.7 %)",
        "4 (7.8 %)",
    ]  # fmt: skip
    assert late["Joint-function"][LATE + ANY] == "5 (9.8 %)"
    assert late["Any toxicity"][LATE + ANY] == "14 (27.5 %)"
    assert late["Any toxicity"][:LATE] == ["0"] * 8


def test_a_patient_counts_once_per_term_and_phase_at_the_worst_grade():
    events = [
        event("P1", "Fatigue", 1, "acute"),
        event("P1", "Fatigue", 2, "acute"),
        event("P1", "Fatigue", 3, "late"),
        event("P2", "Pain", 1, "acute"),
    ]
    found = toxicity(cohort_of([{}, {}, {}, {}], events))
    by_event = toxicity(cohort_of([{}, {}, {}, {}], events), worst_per_patient=False)

    assert lines(found)["Fatigue"][:LATE] == [
        "0", "1 (25.0 %)", "0", "0", "0", "1 (25.0 %)", "1 (25.0 %)", "0"
    ]  # fmt: skip
    assert lines(found)["Any toxicity"][ANY] == "2 (50.0 %)"
    assert lines(found)["Any toxicity"][LATE + AT_LEAST_3] == "1 (25.0 %)"
    assert lines(by_event)["Any toxicity"][ANY] == "3"


def test_late_toxicity_is_also_shown_of_those_followed_beyond_the_border():
    """The border of the protocol lies 90 days after 1 March 2020, on 30 May."""
    facts = [seen("P1", "2021-01-01"), seen("P2", "2020-05-30"), seen("P3", "2020-05-31")]
    facts.append(seen("P4", "2020-03-10", died="2020-07-01"))
    found = toxicity(cohort_of([{}, {}, {}, {}], [event("P1", "Fatigue", 2)], facts=facts))

    assert lines(found)["Any toxicity"][LATE + ANY] == "1 (25.0 %)"
    assert lines(found)["of the 3 followed beyond the border"][LATE + ANY] == "1 (33.3 %)"
    assert lines(found)["of the 3 followed beyond the border"][ANY] == "–"


def test_findings_from_before_radiotherapy_are_noted_and_not_counted():
    events = [event("P1", "Fatigue", 2, "acute", present_before_rt="yes")]
    found = toxicity(cohort_of([{}], events))

    assert lines(found)["Any toxicity"] == ["0"] * 16
    assert any("1 finding present before radiotherapy" in note for note in found.parts[0].notes)


def test_an_event_that_is_neither_acute_nor_late_is_named_under_the_table():
    found = toxicity(cohort_of([{}], [event("P1", "Fatigue", 2, "")]))

    assert any("Fatigue, grade 2 (1)" in note for note in found.parts[0].notes)


def test_attributions_are_counted_in_events_and_those_not_stated_have_a_line():
    events = [
        event("P1", "Fatigue", 1, attribution="definite"),
        event("P1", "Pain", 3, attribution="definite"),
        event("P2", "Pain", 3, attribution="unrelated"),
        event("P2", "Fatigue", 1),
    ]
    cohort = cohort_of([{}, {}], events)
    table = lines(toxicity(cohort), 1)
    related = toxicity(cohort, attribution=["possible", "probable", "definite"])

    assert table["Definite"] == ["0", "0", "2 (50.0 %)", "1 (50.0 %)"]
    assert table["Not stated"][2] == "1 (25.0 %)"
    assert lines(related)["Any toxicity"][LATE + ANY] == "1 (50.0 %)"
    assert any("Not counted by their attribution: 2" in note for note in related.parts[0].notes)


def test_a_term_asked_for_has_a_line_without_an_event():
    found = toxicity(cohort_of([{}], []), terms=["edema:LIMB"])

    assert lines(found)["Edema:limb"] == ["0"] * 16
    assert [row.label for row in rows(found) if row.is_heading] == ["Lymphatics"]


def test_terms_of_two_releases_are_told_apart():
    events = [event("P1", "Fatigue", 1), event("P2", "Fatigue", 1, release="5.0")]

    assert {"Fatigue (CTCAE 3.0)", "Fatigue (CTCAE 5.0)"} <= set(
        lines(toxicity(cohort_of([{}, {}], events)))
    )


def test_wounds_are_counted_among_those_operated_within_the_protocols_days():
    wounds = [("P1", 120, "yes"), ("P2", 121, "yes"), ("P3", 30, "no")]
    events = [
        event(name, "Wound complication", 3, "acute", days_from_surgery=days, is_wound=is_wound)
        for name, days, is_wound in wounds
    ]
    patients = [{"had_surgery": "yes"}] * 4 + [{"had_surgery": "no"}]
    table = lines(toxicity(cohort_of(patients, events, protocol="preop")), 2)

    assert table["Operated"] == ["4"]
    assert table["With a wound complication"] == ["1 (25.0 %)"]


@pytest.mark.parametrize(
    ("protocol", "patients", "reason"),
    [
        ("cams", [], "No patient has been treated yet."),
        ("tcga_sarc", [{}], "This study records no toxicity."),
    ],
)
def test_nothing_to_show_is_said_in_words(protocol, patients, reason):
    found = toxicity(cohort_of(patients, [], protocol=protocol))

    assert found.parts == ()
    assert found.reason == reason


def test_a_treated_patient_without_an_event_gives_a_table_of_zeros():
    found = toxicity(cohort_of([{}], []))

    assert lines(found)["Any toxicity"] == ["0"] * 16
    assert len(found.parts) == 1
