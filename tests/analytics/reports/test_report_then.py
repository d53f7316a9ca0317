"""Last year's report made again after corrections tells what it told then."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from analytics.reports.blocks import BLOCKS
from analytics.reports.report import Block, build_report
from analytics.reports.sight import Sight
from registry.models import Course, Death, Enrolment, Lesion, Patient, Progression, Study
from registry.scope import system_scope
from tests.analytics.cohort.test_read import void
from tests.analytics.extract.cohort import after, enrol, follow
from tests.analytics.reports.three_centres import centre, three_centres
from tests.factories import ProtocolVersionFactory, ScreeningFactory
from tests.registry.selectors.test_past_state import a_moment_later

pytestmark = [pytest.mark.django_db, pytest.mark.services]

CUT = dt.date(2021, 12, 31)
MADE_AT = dt.datetime(2022, 1, 3, 9, tzinfo=dt.UTC)

OF_TODAY = {"centres", "beside", "quality"}
"""Blocks that tell what is owed on the day of making, of which no record is kept."""

BLOCKS_THEN = [key for key in BLOCKS if key not in OF_TODAY]


@pytest.fixture
def study() -> Study:
    study = three_centres()
    for number, code in enumerate(("AMSEL", "BIRKE"), start=1):
        ScreeningFactory.create(study=study, centre=centre(code), screened_on=after(-number))
    return study


def correct(study: Study) -> None:
    """Dates are corrected, patients taken back and entered late, and the protocol is amended."""
    with system_scope():
        Death.objects.filter(patient__pseudonym="AMSEL-3").update(died_on=after(5))
        Death.objects.filter(patient__pseudonym="BIRKE-3").delete()
        Progression.objects.all().delete()
        Course.objects.filter(patient__pseudonym="AMSEL-1").update(technique="imrt")
        Lesion.objects.filter(patient__pseudonym="AMSEL-2").update(longest_diameter_cm=9)
        Enrolment.objects.filter(patient__pseudonym="BIRKE-1").update(enrolled_on="2019-02-03")
        Patient.objects.filter(pseudonym="AMSEL-4").update(sex="male")
    void(Patient._base_manager.get(pseudonym="BIRKE-2"))
    enrol(study, "AMSEL-LATE", centre="AMSEL", enrolled_on="2020-06-01")
    follow(study, "BIRKE-LATE", 200, died=True, centre="BIRKE")
    ScreeningFactory.create(study=study, centre=centre("AMSEL"), screened_on=after(-50))
    ProtocolVersionFactory.create(study=study, number=2, effective_on=dt.date(2020, 1, 1))


def blocks(study: Study, sight: Sight, known_at: dt.datetime | None) -> dict[str, Block]:
    made = build_report(
        study,
        sight=sight,
        made_at=MADE_AT,
        data_cut=CUT,
        known_at=known_at,
        blocks=BLOCKS_THEN,
    )
    assert [block.key for block in made.blocks if block.failed] == []
    return {block.key: block for block in made.blocks}


def test_after_corrections_every_part_tells_what_it_told_then(study: Study) -> None:
    sights = [Sight(), Sight(reads_cases=False)]
    then = [blocks(study, sight, None) for sight in sights]
    moment = a_moment_later()

    correct(study)

    for sight, told in zip(sights, then, strict=True):
        again = blocks(study, sight, moment)
        for key in BLOCKS_THEN:
            assert again[key] == told[key], key
    now = blocks(study, Sight(), None)
    changed = {key for key in BLOCKS_THEN if now[key] != then[0][key]}
    assert {"accrual", "flow", "characteristics", "treatment", "curves", "methods"} <= changed


def test_so_does_that_of_a_centre_whose_patients_stayed(study: Study) -> None:
    sight = Sight((centre("AMSEL").pk,))
    then = blocks(study, sight, None)
    moment = a_moment_later()

    correct(study)

    again = blocks(study, sight, moment)
    for key in BLOCKS_THEN:
        assert again[key] == then[key], key
    assert blocks(study, sight, None) != then


def files(study: Study, folder: Path, **options: Any) -> str:
    """What the command writes, without the head, which says when it was made."""
    call_command(
        "outcome_report",
        study=study.key,
        out=folder,
        format="html",
        data_cut=CUT.isoformat(),
        blocks=",".join(BLOCKS_THEN),
        **options,
    )
    (path,) = folder.iterdir()
    html = path.read_text(encoding="utf-8")
    assert 'id="accrual"' in html
    return html[re.search(r"<section\b", html).start() :]  # type: ignore[union-attr]


def test_the_command_makes_it_again(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = files(study, tmp_path / "then", known="now")
    moment = a_moment_later()
    correct(study)
    # The trail is written by the clock of the database: that moment is the end of the day here.
    monkeypatch.setattr("analytics.known.end_of_day", lambda _day: moment)

    assert files(study, tmp_path / "again") == then
    assert files(study, tmp_path / "now", known="now") != then
