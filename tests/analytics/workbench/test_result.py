"""What the workbench shows: small groups, contradictions, readings between the ticks."""

import pytest

from analytics.artefacts.parts import Figure, numbers_of
from analytics.covariates import Condition, CovariateError
from analytics.extract.facts import ProgressionFact
from analytics.workbench.choices import Choices
from analytics.workbench.readout import readout
from analytics.workbench.result import analyse
from tests.analytics.artefacts.survival_cohort import after, followed, patients_of_r


def grades(*counts: int):
    """Patients of grade 1, 2, … as many as counted, the n-th dying on day 100 n."""
    values = [{"grade": str(grade)} for grade, n in enumerate(counts, 1) for _one in range(n)]
    days = [100 * place for place in range(1, len(values) + 1)]
    return followed(days, [True] * len(values), values)


def shown(result) -> list[str]:
    figure = result.figure
    return [steps.label for steps in figure.steps] if isinstance(figure, Figure) else []


@pytest.mark.parametrize(
    ("small", "row_access", "labels"),
    [
        (False, True, ["G1"]),
        (True, True, ["G1", "G2"]),
        (True, False, ["G1"]),  # asking is not enough
    ],
)
def test_groups_of_fewer_than_five_are_for_those_who_read_the_cases(small, row_access, labels):
    choices = Choices(endpoint="OS", group="grade", small=small)
    assert shown(analyse(grades(5, 4), choices, row_access=row_access)) == labels


def test_a_handful_of_patients_is_shown_to_those_who_read_the_cases_only():
    few = grades(4)
    assert analyse(few, Choices(endpoint="OS"), row_access=True).figure is not None
    hidden = analyse(few, Choices(endpoint="OS", adjust=("age",)), row_access=False)
    assert hidden.figure is None
    assert "Fewer than 5 patients" in hidden.survival.reason
    assert hidden.model is None


def test_small_counts_beside_a_curve_are_for_those_who_read_the_cases():
    # Five patients of grade 1 die, and of the five of grade 2 one.
    values = [{"grade": "1"}] * 5 + [{"grade": "2"}] * 5
    cohort = followed(list(range(100, 1100, 100)), [1] * 5 + [1] + [0] * 4, values)
    choices = Choices(endpoint="OS", group="grade")
    rates = {
        row_access: analyse(cohort, choices, row_access=row_access).rates
        for row_access in (True, False)
    }
    events = {
        row_access: [row.cells[1].text for row in table.rows] if table else []
        for row_access, table in rates.items()
    }
    assert events[True] == ["5", "1"]
    assert events[False][1] == "< 5"


def test_a_handful_left_at_a_landmark_is_for_those_who_read_the_cases():
    # Nine patients die on days 100, 200, …: four after month 17, which is day 517.
    cohort = grades(9)
    late = Choices(endpoint="OS", landmark=17)
    assert len(shown(analyse(cohort, late, row_access=True))) == 1
    hidden = analyse(cohort, late, row_access=False)
    assert hidden.figure is None
    assert "Fewer than 5 patients" in hidden.survival.reason
    # Month 16 is day 487: five go on, and of the four left out it is not said how many.
    figure = analyse(cohort, Choices(endpoint="OS", landmark=16), row_access=False).figure
    assert figure is not None
    assert "Left out: event up to the landmark: < 5." in " ".join(figure.table.notes)


@pytest.mark.parametrize(
    ("small", "row_access", "labels"),
    [(False, True, ["no"]), (True, True, ["no", "yes"]), (True, False, ["no"])],
)
def test_small_groups_at_a_landmark_are_hidden_as_others_are(small, row_access, labels):
    cohort = followed(list(range(400, 1300, 100)), [1] * 9)
    for patient in cohort.facts.patients[:4]:
        patient.progressions.append(ProgressionFact(after(30), "distant", "", None))
    choices = Choices(endpoint="OS", group="distant_progression", landmark=6, small=small)
    assert shown(analyse(cohort, choices, row_access=row_access)) == labels


def test_small_counts_in_a_state_are_hidden_in_its_model():
    cohort = followed(list(range(400, 1600, 100)), [1, 0] * 6)
    for patient in cohort.facts.patients[:3]:
        patient.progressions.append(ProgressionFact(after(30), "distant", "", None))
    choices = Choices(endpoint="OS", later=("distant_progression",))
    counts = {}
    for row_access in (True, False):
        model = analyse(cohort, choices, row_access=row_access).model
        assert model is not None
        table = numbers_of(model.parts[0])
        counts[row_access] = [[cell.text for cell in row.cells[:2]] for row in table.rows[1:]]
    assert counts[True] == [["12", "4"], ["3", "2"]]
    assert counts[False] == [["*", "< 5"], ["< 5", "< 5"]]


def test_conditions_choose_the_patients():
    choices = Choices(endpoint="OS", where=(Condition.parse("grade:in:2"),))
    result = analyse(grades(5, 4), choices, row_access=True)
    assert len(result.cohort.patients) == 4
    assert result.cohort.subset == ("FNCLCC grade is G2",)


def test_a_value_of_lesions_does_not_fit_an_endpoint_of_patients():
    with pytest.raises(CovariateError, match="lesion"):
        analyse(grades(5), Choices(endpoint="OS", group="lesion_status"), row_access=True)


def test_without_patients_there_is_no_figure_and_a_reason():
    result = analyse(grades(), Choices(endpoint="OS", adjust=("grade",)), row_access=True)
    assert result.figure is None
    assert result.survival.reason
    assert readout(result) is None


def test_a_readout_holds_every_step_of_the_curve():
    # Two of four die, on days 100 and 200: S = 3/4, then 1/2; the others are last seen later.
    cohort = followed([100, 200, 300, 400], [1, 1, 0, 0])
    data = readout(analyse(cohort, Choices(endpoint="OS"), row_access=True))
    assert data is not None
    (curve,) = data["curves"]
    assert curve["days"] == (100, 200, 300, 400)
    assert curve["survival"] == (0.75, 0.5, 0.5, 0.5)
    assert curve["at_risk"] == (4, 3, 2, 1)
    assert data["last"] == pytest.approx(400 / 30.4375, abs=0.01)


def test_nothing_is_adjusted_for_unless_asked_for():
    cohort = patients_of_r()
    plain = analyse(cohort, Choices(endpoint="OS", group="sex"), row_access=True)
    adjusted = analyse(
        cohort, Choices(endpoint="OS", group="sex", adjust=("grade",)), row_access=True
    )
    assert plain.model is None
    assert adjusted.model is not None
    assert [artefact.key for artefact in adjusted.artefacts][1] == adjusted.model.key
