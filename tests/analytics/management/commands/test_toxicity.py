"""``manage.py toxicity``: counts by hand, as JSON and as tables."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from registry.models import CtcaeTerm
from tests.analytics.extract.cohort import after, follow, study_of
from tests.factories import ToxicityEventFactory

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("toxicity", study="cnao", **options, stdout=out)
    return out.getvalue()


@pytest.fixture
def study(db):
    """Acute up to day 90 of treatment: P-1 had fatigue G1 and G2 then, P-2 G3 on day 200."""
    study = study_of("cnao")
    patients = [follow(study, f"P-{n}", 100 * (n + 3), died=n == 3) for n in range(1, 5)]
    fatigue = CtcaeTerm.objects.get(release="4.03", term="Fatigue")
    for patient, day, grade in ((0, 10, 1), (0, 20, 2), (1, 200, 3)):
        ToxicityEventFactory.create(
            patient=patients[patient], term=fatigue, grade=grade, onset_on=after(day)
        )
    return study


def test_the_json_counts_patients_at_their_worst_grade(study):
    found = json.loads(run(format="json"))
    assert (found["study"], found["treated"], found["followed_beyond_acute"]) == ("cnao", 4, 4)
    acute, late = found["terms"]
    assert (acute["term"], acute["phase"], acute["events"], acute["patients"]) == (
        "Fatigue", "acute", 2, 1,
    )  # fmt: skip
    assert acute["worst_grades"] == {"1": 0, "2": 1, "3": 0, "4": 0, "5": 0}
    assert (late["phase"], late["worst_grades"]["3"]) == ("late", 1)


def test_the_incidence_counts_the_first_event_of_the_grade_and_phase(study):
    late = json.loads(run(format="json"))["cumulative_incidence"]
    # One of four on day 200, before anybody died or was last seen.
    assert (late["grade"], late["phase"], late["n"], late["events"]) == (2, "late", 4, 1)
    assert late["at"][0]["estimate"] == pytest.approx(0.25)
    acute = json.loads(run(format="json", phase="acute", grade=3))["cumulative_incidence"]
    assert (acute["events"], acute["deaths_without"]) == (0, 1)


def test_a_condition_leaves_only_those_who_fulfil_it(study):
    assert json.loads(run(format="json", where=["sex:in:male"]))["treated"] == 0


def test_the_tables_are_for_people(study):
    text = run()
    heads = [line for line in text.splitlines() if line.split() == ["Acute", "Late"]]
    assert heads, "acute and late stand above their columns"
    (fatigue,) = [line for line in text.splitlines() if line.strip().startswith("Fatigue")]
    assert fatigue.split()[:8] == ["Fatigue", "0", "1", "(25.0", "%)", "0", "0", "0"]
    assert "Cumulative incidence of late toxicity of grade ≥ 2" in text


def test_where_nothing_happened_the_reason_is_told(study):
    assert "None of the 4 patients with a known time had such toxicity." in run(
        grade=5, phase="acute"
    )
