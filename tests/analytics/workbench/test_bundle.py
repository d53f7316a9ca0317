"""The files of an analysis: R makes the same figures from them, and bytes do not change."""

import csv
import io
import math
import shutil
import subprocess
import zipfile

import pytest

from analytics.artefacts.parts import Table
from analytics.workbench.bundle import adtte_csv, bundle
from analytics.workbench.choices import Choices
from analytics.workbench.result import Result, analyse
from tests.analytics.artefacts.survival_cohort import followed, lesions_of_r, patients_of_r

CASES = {
    "patients": (
        patients_of_r,
        Choices("OS", group="sex", adjust=("grade", "age"), at_months=(6, 12)),
    ),
    "one curve": (patients_of_r, Choices("OS", at_months=(3, 6), conf_type="plain")),
    "lesions": (lesions_of_r, Choices("LC", adjust=("lesion_diameter_cm",), at_months=(6, 12))),
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

    compared = 0
    labels = {"Female": "female", "Male": "male"}
    rates = result.rates
    assert rates is not None
    for row in rates.rows:
        group = labels.get(row.label, "all")
        assert row.cells[1].value == found["events", group, "NA"]
        for place, months in enumerate(result.choices.at_months):
            cell = row.cells[3 + 2 * place]
            expected = found.get(("rate", group, f"{months:g}"), math.nan)
            assert (math.nan if cell.value is None else cell.value) == pytest.approx(
                expected, rel=1e-9, nan_ok=True
            )
            compared += 1
    if result.model is not None:
        table = next(part for part in result.model.parts if isinstance(part, Table))
        ours = {cell.value for row in table.rows for cell in row.cells[4:5]}
        for (what, _term, _at), value in found.items():
            if what == "hr":
                assert any(
                    isinstance(one, float) and math.isclose(one, value, rel_tol=1e-8)
                    for one in ours
                )
                compared += 1
    assert compared >= 2


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
