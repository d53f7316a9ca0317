"""Reports from material: order, failures, what is hidden from readers of figures, tiny cohorts."""

import datetime as dt
import logging

import pytest
from django.utils import translation

from analytics.artefacts.parts import Artefact
from analytics.reports.blocks import BLOCKS, BlockKind, checked
from analytics.reports.material import Material
from analytics.reports.report import report_of
from analytics.reports.sight import Sight
from tests.analytics.artefacts.survival_cohort import followed
from tests.analytics.cohorts import make_cohort

MADE_AT = dt.datetime(2026, 7, 10, 12, 30, tzinfo=dt.UTC)
TODAY = MADE_AT.date()
TINY = {
    "nobody": make_cohort(),
    "one patient": followed([400], [False]),
    "nobody with an event": followed([400, 500, 600], [0, 0, 0]),
}


def broken(_material: Material) -> list[Artefact]:
    raise RuntimeError("patient JIN-A-001 has no lesion")


def test_blocks_come_in_the_order_of_a_report_each_once() -> None:
    assert checked(["limitations", "flow", "flow"]) == ("flow", "limitations")
    assert checked([]) == tuple(BLOCKS)


def test_an_unknown_block_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(ValueError, match="no such block: prose; there are accrual, flow"):
        checked(["flow", "prose"])


def test_a_failing_block_leaves_the_others_and_no_identifier_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(BLOCKS, "flow", BlockKind("Flow", broken))

    with caplog.at_level(logging.ERROR):
        made = report_of(
            Material(followed([400], [False]), TODAY), made_at=MADE_AT, blocks=["flow", "methods"]
        )

    flow, methods = made.blocks
    assert flow.failed
    assert flow.said[0].startswith("This part could not be made")
    assert methods.paragraphs
    assert not methods.failed
    assert "report of jinling: block flow failed: RuntimeError at " in caplog.text
    assert "JIN-A-001" not in caplog.text


@pytest.mark.parametrize("name", TINY)
def test_a_report_of_a_tiny_cohort_has_every_block_and_says_why_one_is_empty(name: str) -> None:
    made = report_of(Material(TINY[name], TODAY), made_at=MADE_AT)

    assert [block.key for block in made.blocks] == list(BLOCKS)
    for block in made.blocks:
        assert not block.failed, block.key
        assert block.paragraphs or any(one.parts or one.reason for one in block.artefacts)


def test_what_holds_for_every_table_is_said_once_at_the_head() -> None:
    made = report_of(Material(followed([400, 500], [1, 0]), TODAY), made_at=MADE_AT)

    synthetic = "Synthetic data made for demonstration; no real patient."
    assert synthetic in made.notes
    notes = [n for b in made.blocks for a in b.artefacts for part in a.parts for n in part.notes]
    assert notes
    assert synthetic not in notes


def test_a_reader_of_figures_sees_nothing_of_fewer_than_five_patients() -> None:
    material = Material(followed([400] * 4, [0] * 4), TODAY, sight=Sight(reads_cases=False))

    made = report_of(material, made_at=MADE_AT)

    assert all(not block.artefacts for block in made.blocks)
    assert {text for block in made.blocks for text in block.said} == {
        "Fewer than 5 patients: nothing is shown that would tell of single ones."
    }


def test_a_reader_of_figures_sees_no_small_count() -> None:
    sexes = [{"sex": "male"}] * 8 + [{"sex": "female"}] * 3
    cohort = followed([400] * 11, [0] * 11, sexes)

    def lines(*, reads_cases: bool) -> list[str]:
        material = Material(cohort, TODAY, sight=Sight(reads_cases=reads_cases))
        made = report_of(material, made_at=MADE_AT, blocks=["characteristics"])
        table = made.blocks[0].artefacts[0].parts[0]
        return [row.cells[0].text for row in table.rows if row.indent]  # type: ignore[union-attr]

    assert lines(reads_cases=True)[:2] == ["3 (27.3 %)", "8 (72.7 %)"]
    assert lines(reads_cases=False)[:2] == ["< 5", "*"]


def test_figures_are_written_in_the_language_of_the_report() -> None:
    with translation.override("de"):
        made = report_of(
            Material(followed([400] * 3, [1, 0, 0]), TODAY), made_at=MADE_AT, blocks=["follow-up"]
        )

    assert made.language == "de"
    table = made.blocks[0].artefacts[0].parts[0]
    # 400 / 30.4375
    assert table.rows[1].cells[1].text.startswith("13,1")  # type: ignore[union-attr]
