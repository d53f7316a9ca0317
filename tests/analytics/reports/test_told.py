"""What editions tell: no centre who the others are, no reader of figures of a handful."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest

from analytics.artefacts.parts import Part, Table
from analytics.reports.files import FORMATS, report_bytes
from analytics.reports.material import read_material
from analytics.reports.report import Report, build_report, report_of
from analytics.reports.sight import Sight
from analytics.services.snapshots import freeze
from registry.scope import system_scope
from tests.access.collecting import plain
from tests.analytics.extract.cohort import follow
from tests.analytics.reports.three_centres import (
    NAMES,
    centre,
    pseudonyms,
    three_centres,
)
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 7, 10, 12, 30, tzinfo=dt.UTC)


def key_of(*codes: str) -> Sight:
    return Sight(tuple(sorted(centre(code).pk for code in codes)))


def text_of(report: Report, ending: str) -> str:
    kind, _make = FORMATS[ending]
    return plain(kind.split(";")[0], report_bytes(report, ending))


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_no_edition_of_a_centre_tells_who_the_others_are(ending: str) -> None:
    study = three_centres()
    sight = key_of("AMSEL")

    for one in (sight, sight.for_sending):
        made = build_report(study, sight=one, made_at=NOW)
        text = text_of(made, ending)
        others = [*NAMES.values(), *pseudonyms("BIRKE", "CEDER"), "BIRKE", "CEDER"]
        others.remove(NAMES["AMSEL"])
        assert [word for word in others if word.lower() in text.lower()] == []
        assert "AMSEL" in text
        assert not [block.key for block in made.blocks if block.failed]


@pytest.mark.slow
@pytest.mark.parametrize("ending", FORMATS)
def test_no_edition_of_figures_names_a_patient(ending: str) -> None:
    study = three_centres()

    for codes in ((), ("AMSEL",)):
        sight = key_of(*codes).for_sending
        text = text_of(build_report(study, sight=sight, made_at=NOW), ending)
        named = pseudonyms("AMSEL", "BIRKE", "CEDER")
        assert [word for word in named if word.lower() in text.lower()] == []
        assert "AMSEL" in text


SMALL = re.compile(r"[1-4]( \(|$)")
OF_FEW = re.compile(r"(?<![\d.,–])[1-4] (of|patients?|lesions?)\b")


def small_counts(report: Report) -> Iterator[str]:
    """Cells and sentences that tell of one to four patients or lesions of the study."""
    for block in report.blocks:
        for text in block.paragraphs:
            yield from (f"{block.key}: {found[0]}" for found in OF_FEW.finditer(text))
        for artefact in block.artefacts:
            for part in artefact.parts:
                yield from (f"{block.key}: {words}" for words in _of_part(part))


def _of_part(part: Part) -> Iterator[str]:
    if not isinstance(part, Table) and part.steps:
        return  # the numbers at risk of curves of enough rows are shown on every page
    table = part if isinstance(part, Table) else part.table
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=False):
            # A small count of a published series tells of nobody here.
            is_own = not table.key.startswith("published-") or row.label == "This study"
            if is_own and isinstance(cell.value, int) and SMALL.match(cell.text):
                yield f"{table.key} {row.label} {column.label}: {cell.text}"


def test_an_edition_of_figures_tells_no_small_count() -> None:
    study = three_centres()

    for codes in ((), ("AMSEL",), ("AMSEL", "CEDER")):
        figures = build_report(study, sight=key_of(*codes).for_sending, made_at=NOW)
        assert list(small_counts(figures)) == []


def test_what_has_changed_is_told_in_figures_without_a_small_count() -> None:
    study = three_centres()
    old = freeze(study=study, by=None)
    a_moment_later()
    for number in range(3):
        follow(study, f"AMSEL-LATE-{number}", 300, died=True, centre="AMSEL")
    new = freeze(study=study, by=None)

    def told(sight: Sight) -> Report:
        material = read_material(study, today=NOW.date(), sight=sight, changed=(old, new))
        return report_of(material, made_at=NOW, blocks=["changes"])

    with system_scope():
        cases, figures = told(Sight()), told(Sight(reads_cases=False))
    assert "changes: comparison-counts OS new: 3" in list(small_counts(cases))
    assert list(small_counts(figures)) == []
    assert "AMSEL" in text_of(cases, "html")
    assert "AMSEL" not in text_of(figures, "html")


def test_small_counts_would_be_found() -> None:
    """Or the test above would pass on empty reports."""
    found = list(small_counts(build_report(three_centres(), sight=Sight(), made_at=NOW)))

    assert len(found) > 20
    assert "beside: beside CEDER Patients: 3" in found
    assert "accrual: accrual CEDER Hospital Cedernau Enrolled: 3" in found


def test_a_centre_with_three_patients_cannot_be_had_by_subtraction() -> None:
    """The report says how many there are in all, so one hidden line takes another with it."""
    study = three_centres()
    figures = build_report(
        study, sight=Sight(reads_cases=False), made_at=NOW, blocks=["accrual", "centres", "beside"]
    )

    shown = []
    for block in figures.blocks:
        table = block.artefacts[0].parts[0]
        assert isinstance(table, Table)
        shown.append({row.label.split()[0]: row.cells[0].text for row in table.rows})
    accrual, _completeness, beside = shown
    assert accrual == {"AMSEL": "8", "BIRKE": "*", "CEDER": "< 5", "All": "17"}
    assert {code: beside[code] for code in ("AMSEL", "BIRKE", "CEDER")} == {
        code: accrual[code] for code in ("AMSEL", "BIRKE", "CEDER")
    }


def test_a_report_of_figures_on_a_handful_of_own_patients_says_nothing() -> None:
    study = three_centres()

    made = build_report(study, sight=key_of("CEDER").for_sending, made_at=NOW)

    assert {block.said for block in made.blocks} == {
        ("Fewer than 5 patients: nothing is shown that would tell of single ones.",)
    }
