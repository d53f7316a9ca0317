"""Artefacts written as JSON are read back as they were."""

import json

import numpy as np
import pytest

from analytics.artefacts.curves import curves
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.snapshots.artefact_json import as_json, from_json
from tests.analytics.artefacts.survival_cohort import patients_of_r

pytestmark = pytest.mark.django_db


def there_and_back(artefact):
    drawings: dict[str, str] = {}
    text = json.dumps(as_json(artefact, drawings), allow_nan=False)
    return from_json(json.loads(text), drawings)


def test_tables_figures_and_curves_come_back_as_they_were():
    artefact = curves(patients_of_r(), endpoints=["OS"])
    assert there_and_back(artefact) == artefact


def test_an_artefact_without_parts_keeps_its_reason():
    artefact = Artefact("x", "X", reason="There is nobody.", of_one_patient=True)
    assert there_and_back(artefact) == artefact


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0.1 + 0.2, 0.30000000000000004),
        (np.float64(1 / 3), 1 / 3),
        (np.int64(7), 7),
        (float("nan"), None),
        (float("inf"), "inf"),
        ("<script>", "<script>"),
        (None, None),
    ],
)
def test_figures_keep_their_full_precision(value, read):
    table = Table("t", "T", "stub", (Column("c"),), (Row("r", (Cell("text", value),)), Row("h")))
    (part,) = there_and_back(Artefact("a", "A", (table,))).parts
    assert part.rows[0].cells[0] == Cell("text", read)
    assert part.rows[1].is_heading
