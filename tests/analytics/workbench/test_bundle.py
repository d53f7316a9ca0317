"""The files of an analysis: R makes the same figures from them, and bytes do not change."""

import csv
import io
import math
import shutil
import subprocess
import zipfile
from bisect import bisect_right

import pytest

from analytics.artefacts.parts import Steps, Table
from analytics.cohort import Cohort
from analytics.extract.facts import ProgressionFact
from analytics.extract.words import BEFORE_LANDMARK
from analytics.figures import DAYS_PER_MONTH
from analytics.workbench.bundle import adtte_csv, bundle
from analytics.workbench.choices import Choices
from analytics.workbench.result import Result, analyse
from tests.analytics.artefacts.survival_cohort import (
    after,
    followed,
    lesions_of_r,
    patients_of_r,
)

STATE = "distant_progression"
DAYS = (None, 0, 30, 395, 420, 200, 610, 1000, 900, 100, None, 700)
"""Days of distant progression, one patient after the other; 395 is month 13."""


def progressed(make=patients_of_r) -> Cohort:
    """R's patients or lesions with distant progression; of one it is not known when it came."""
    cohort = make()
    for place, patient in enumerate(cohort.facts.patients):
        day = DAYS[place % len(DAYS)]
        if day is not None or place == 0:
            when = after(day) if day is not None else None
            patient.progressions.append(ProgressionFact(when, "distant", "", None))
    return cohort


def lesions_progressed() -> Cohort:
    return progressed(lesions_of_r)


CASES = {
    "patients": (
        patients_of_r,
        Choices("OS", group="sex", adjust=("grade", "age"), at_months=(6, 12)),
    ),
    "one curve": (patients_of_r, Choices("OS", at_months=(3, 6), conf_type="plain")),
    "lesions": (lesions_of_r, Choices("LC", adjust=("lesion_diameter_cm",), at_months=(6, 12))),
    "landmark": (
        progressed,
        Choices("OS", group=STATE, landmark=13, adjust=("age", "sex"), at_months=(6, 12)),
    ),
    "time-dependent": (progressed, Choices("OS", group="sex", later=(STATE,), at_months=(6,))),
    "both": (
        progressed,
        Choices("OS", landmark=6, adjust=("age",), later=(STATE, "later_surgery"), at_months=(6,)),
    ),
    "lesions at a landmark": (
        lesions_progressed,
        Choices("LC", group=STATE, landmark=6, adjust=("lesion_diameter_cm",), at_months=(6,)),
    ),
    "lesions in time": (
        lesions_progressed,
        Choices("LC", adjust=("lesion_diameter_cm",), later=(STATE,), at_months=(6,)),
    ),
}


def result_of(name: str) -> Result:
    make, choices = CASES[name]
    return analyse(make(), choices, row_access=True)


def figures_by_r(result: Result, folder) -> dict[tuple[str, str, str], float]:
    """What the script of the bundle writes, by what it is, group or term, and months."""
    with zipfile.ZipFile(io.BytesIO(bundle(result))) as archive:
        archive.extractall(folder)
    run = subprocess.run(["Rscript", "analysis.R"], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    with (folder / "results_r.csv").open(newline="") as file:
        return {
            (row["what"], row["group"], row["at"]): float(row["value"].replace("NA", "nan"))
            for row in csv.DictReader(file)
        }


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="Rscript is not installed")
@pytest.mark.parametrize("name", CASES)
def test_the_r_script_of_a_bundle_makes_the_same_figures(name, tmp_path):
    result = result_of(name)
    found = figures_by_r(result, tmp_path)

    labels = {"Female": "female", "Male": "male", "no": "no", "yes": "yes"}
    assert result.figure is not None
    for steps in result.figure.steps:
        group = labels.get(steps.label, "all")
        assert len(steps.days) > 0
        for months in result.choices.at_months:
            for what, ours in zip(
                ("rate", "rate_lower", "rate_upper"), at(steps, months), strict=True
            ):
                answer = found.get((what, group, f"{months:g}"), math.nan)
                assert ours == pytest.approx(answer, rel=1e-9, nan_ok=True), (what, group)
    rates = result.rates
    assert rates is not None
    for row in rates.rows:
        group = labels.get(row.label, "all")
        assert row.cells[1].value == found["events", group, "NA"]
        value = row.cells[2].value
        median = value * DAYS_PER_MONTH if isinstance(value, float) else math.nan
        assert median == pytest.approx(found["median_days", group, "NA"], rel=1e-9, nan_ok=True)
    if result.model is not None:
        table = next(part for part in result.model.parts if isinstance(part, Table))
        # Both list the levels of one variable after the other, the reference left out.
        adjusted = [row.cells[4] for row in table.rows]
        ratios = [cell.value for cell in adjusted if isinstance(cell.value, float)]
        by_r = [value for (what, *_), value in found.items() if what == "hr"]
        known = [value for value in by_r if not math.isnan(value)]
        assert [one for one in ratios if one != 1] == pytest.approx(known, rel=1e-8)
    if result.cohort.landmark is not None:
        numbers = result.cohort.table_of(
            result.cohort.protocol.endpoint(result.choices.endpoint)
        ).numbers
        for reason, what in zip(BEFORE_LANDMARK, ("events", "competing", "censored"), strict=True):
            assert found[f"left_out_{what}", "all", "NA"] == numbers.excluded.get(reason, 0)


def at(steps: Steps, months: float) -> tuple[float, float, float]:
    """Share and limits at a time, NaN past the last day; read off the steps, not estimated."""
    day = months * DAYS_PER_MONTH
    place = bisect_right(steps.days, day) - 1
    if place < 0:
        return 1, 1, 1
    if day > steps.days[-1] and steps.estimate[-1] != 0:
        return math.nan, math.nan, math.nan
    found = (steps.estimate[place], steps.lower[place], steps.upper[place])
    return tuple(math.nan if one is None else one for one in found)  # type: ignore[return-value]


def test_the_same_choices_over_the_same_facts_give_the_same_bytes():
    assert bundle(result_of("lesions")) == bundle(result_of("lesions"))


def test_the_rows_are_those_of_adtte_with_the_variables_chosen():
    rows = list(csv.DictReader(io.StringIO(adtte_csv(result_of("patients")))))
    assert len(rows) == 30
    assert {"USUBJID", "PARAMCD", "AVAL", "CNSR", "sex", "grade", "age"} <= set(rows[0])
    assert rows[0]["STARTDT"] == "2020-01-01"
    assert {row["PARAMCD"] for row in rows} == {"OS"}
    assert "" in {row["age"] for row in rows}  # missing stays empty


def test_a_bundle_says_what_it_is():
    with zipfile.ZipFile(io.BytesIO(bundle(result_of("patients")))) as archive:
        text = archive.read("README.txt").decode()
        assert archive.namelist()[:3] == ["README.txt", "adtte.csv", "analysis.R"]
    assert "Overall survival (OS)" in text
    assert "endpoint=OS&group=sex" in text


def test_a_bundle_of_nobody_has_rows_and_no_figure():
    nobody = analyse(followed([], []), Choices("OS"), row_access=True)
    with zipfile.ZipFile(io.BytesIO(bundle(nobody))) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".svg")]


def test_rows_at_a_landmark_count_from_it_and_the_archive_has_those_from_the_origin_too():
    result = result_of("both")
    rows = list(csv.DictReader(io.StringIO(adtte_csv(result))))
    # P2 comes into the state on day 0 and dies on day 200; month 6 is day 182.
    second = next(row for row in rows if row["USUBJID"] == "P2")
    assert (second["STARTDT"], second["AVAL"]) == ("2020-07-01", "18")
    assert (second[f"{STATE}_begun"], second[f"{STATE}_day"]) == ("yes", "-182")
    first = next(row for row in rows if row["USUBJID"] == "P11")
    assert (first[f"{STATE}_begun"], first[f"{STATE}_day"]) == ("no", "")
    with zipfile.ZipFile(io.BytesIO(bundle(result))) as archive:
        whole = list(csv.DictReader(io.StringIO(archive.read("adtte_from_origin.csv").decode())))
        text = archive.read("README.txt").decode()
    assert len(whole) == 30 > len(rows)
    second = next(row for row in whole if row["USUBJID"] == "P2")
    assert (second["STARTDT"], second["AVAL"], second[f"{STATE}_day"]) == ("2020-01-01", "200", "0")
    assert "Landmark at 6 months (day 182)" in text
    assert f"landmark=6&adjust=age&later={STATE}" in text


def test_a_state_whose_day_is_not_known_is_empty():
    rows = list(csv.DictReader(io.StringIO(adtte_csv(result_of("time-dependent")))))
    first = next(row for row in rows if row["USUBJID"] == "P1")
    assert (first[f"{STATE}_begun"], first[f"{STATE}_day"]) == ("", "")
