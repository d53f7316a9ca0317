"""Overall survival of the imported TCGA cohort against R on an independently prepared table."""

import json
import shutil
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.conftest import ROOT

R_FOLDER = Path(__file__).parents[1] / "data" / "r"
ANSWER = json.loads((R_FOLDER / "tcga_sarc_os.json").read_text(encoding="utf-8"))
MAPPING = ROOT / "registry" / "exchange" / "mappings" / "tcga_sarc.toml"
TOLERANCE = 1e-9


@pytest.fixture
def survival(db, shared_data):
    """What ``manage.py survival`` says after ``manage.py import_cases``."""
    call_command(
        "import_cases",
        shared_data / "tcga_sarc",
        mapping=MAPPING,
        study="tcga_sarc",
        centre="TCGA",
        create_missing=True,
        stdout=StringIO(),
        stderr=StringIO(),
    )
    out = StringIO()
    call_command(
        "survival", study="tcga_sarc", endpoint="OS", at="12,24,36,60", format="json", stdout=out
    )
    return json.loads(out.getvalue())


@pytest.mark.services
def test_overall_survival_of_the_imported_cohort_is_that_of_r(survival):
    assert survival["n"] == ANSWER["n"] == 261
    assert survival["events"] == ANSWER["events"]
    assert survival["conf_type"] == "log-log"
    assert survival["median"] == pytest.approx(ANSWER["median"], abs=TOLERANCE, rel=0)
    assert survival["follow_up"] == pytest.approx(ANSWER["follow_up"], abs=TOLERANCE, rel=0)
    assert len(survival["at"]) == 4
    for ours, answer in zip(survival["at"], ANSWER["at"], strict=True):
        assert ours == pytest.approx(answer, abs=TOLERANCE, rel=0)


def test_the_stored_answer_is_what_the_script_says(shared_data):
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here: the stored answer is taken as it is")
    script = R_FOLDER / "tcga_sarc_os.R"
    run = subprocess.run(
        ["Rscript", str(script), str(shared_data / "tcga_sarc")], capture_output=True, text=True
    )
    if "there is no package" in run.stderr:
        pytest.skip("R has no package survival: the stored answer is taken as it is")

    assert run.returncode == 0, run.stderr
    again = json.loads(run.stdout)
    for part in ("median", "follow_up"):
        assert again.pop(part) == pytest.approx(ANSWER[part], rel=1e-12)
    for made, stored in zip(again.pop("at"), ANSWER["at"], strict=True):
        assert made == pytest.approx(stored, rel=1e-12)
    assert again == {"n": ANSWER["n"], "events": ANSWER["events"]}
