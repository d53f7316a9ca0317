"""Two snapshots side by side: what is counted as changed, of whom, and why."""

import pytest
from django.utils import timezone

from analytics.services.snapshots import freeze
from analytics.snapshots.compare import compare
from registry.audit import recorded
from registry.models import Assessment, Death
from registry.scope import system_scope
from tests.analytics.extract.cohort import after, follow, see, study_of
from tests.factories import ProtocolVersionFactory
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """P-1 died earlier than was thought, P-2 dies, P-3 is seen longer, P-4 is new, P-5 goes."""
    study = study_of("jinling")
    follow(study, "P-1", 400, died=True)
    follow(study, "P-2", 300, died=False)
    third = follow(study, "P-3", 200, died=False)
    fifth = follow(study, "P-5", 100, died=False)
    a_moment_later()
    old = freeze(study=study, by=None)
    a_moment_later()
    with system_scope(), recorded(by=None, reason="Certificate <seen>"):
        Death.objects.update(died_on=after(350))
    with system_scope(), recorded(by=None, reason="Not of this study"):
        fifth.voided_at, fifth.void_reason = timezone.now(), "Not of this study"
        fifth.save()
        Assessment.objects.filter(patient__pseudonym="P-2").delete()
    follow(study, "P-4", 50, died=False)
    from tests.analytics.extract.cohort import die

    with system_scope():
        die(third.__class__.objects.get(pseudonym="P-2"), 320)
    see(third, 600)
    return old, freeze(study=study, by=None)


def table(artefacts, key):
    return next(part for one in artefacts for part in one.parts if part.key == key)


def texts(row):
    return [cell.text for cell in row.cells]


def test_rows_and_events_are_counted_by_what_became_of_them(pair):
    counts = table(compare(*pair, row_access=True), "comparison-counts")
    (row,) = [row for row in counts.rows if row.label == "OS"]
    # rows 4 → 4, events 1 → 2; new P-4, gone P-5, event P-2, none taken back, other days P-1,
    # followed longer P-3
    assert texts(row) == ["4", "4", "1", "2", "1", "1", "1", "0", "1", "1"]


def test_who_reads_cases_is_told_of_whom_and_why(pair):
    artefacts = compare(*pair, row_access=True)
    patients = table(artefacts, "comparison-patients")
    of_survival = [
        (row.label, row.cells[2].text) for row in patients.rows if row.cells[1].text == "OS"
    ]
    assert of_survival == [
        ("P-1", "other days"),
        ("P-2", "event since"),
        ("P-4", "new"),
        ("P-5", "gone"),
    ]
    corrections = table(artefacts, "comparison-corrections")
    told = {(row.label, row.cells[3].text) for row in corrections.rows}
    assert told == {("P-1", "Certificate <seen>"), ("P-5", "Not of this study")}
    (death,) = [row for row in corrections.rows if row.label == "P-1"]
    assert after(400) in death.cells[2].text
    assert after(350) in death.cells[2].text


def test_readers_of_figures_are_told_counts_and_of_nobody(pair):
    artefacts = compare(*pair, row_access=False)
    keys = {one.key for one in artefacts}
    assert keys == {"comparison", "comparison-rates", "comparison-curves"}
    assert "P-1" not in str(artefacts)


def test_rates_stand_side_by_side_and_curves_in_one_figure(pair):
    artefacts = compare(*pair, row_access=False)
    rates = table(artefacts, "comparison-rates")
    assert [column.label for column in rates.columns[:2]] == ["1", "2"]
    (row,) = [row for row in rates.rows if row.label == "OS"]
    # One death on day 350 (of two at risk: P-2 left on day 320, P-3 is followed on) at 12 months.
    assert row.cells[0].value == 1.0
    assert row.cells[1].value == pytest.approx(2 / 3 * 1 / 2)
    figure = table(artefacts, "comparison-os")
    assert [steps.label for steps in figure.steps] == ["Snapshot 1", "Snapshot 2"]
    assert figure.steps[0].days != figure.steps[1].days


def test_a_snapshot_compared_with_itself_has_not_changed(pair):
    old, _new = pair
    artefacts = compare(old, old, row_access=True)
    counts = table(artefacts, "comparison-counts")
    assert {cell.text for row in counts.rows for cell in row.cells[4:]} == {"0"}
    reasons = {one.key: one.reason for one in artefacts}
    assert reasons["comparison-patients"] == "No event and no day is another."
    assert reasons["comparison-corrections"] == "No date was corrected between the two."


def test_studies_are_not_compared_with_one_another():
    with pytest.raises(ValueError, match="two studies"):
        compare(
            *(
                freeze(study=ProtocolVersionFactory.create(study__key=key).study, by=None)
                for key in ("jinling", "cams")
            ),
            row_access=True,
        )


def test_empty_snapshots_can_be_compared():
    study = study_of("jinling")
    artefacts = compare(freeze(study=study, by=None), freeze(study=study, by=None), row_access=True)
    assert [one.reason for one in artefacts if one.key == "comparison-curves"] == [
        "There is no curve."
    ]
