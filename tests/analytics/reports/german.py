"""A whole report of a synthetic study in German, and what was asked of gettext to make it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unittest import mock

from django.test import TestCase
from django.utils import translation

from analytics.cohort.read import read_cohort
from analytics.models import Snapshot
from analytics.reports.files import report_bytes
from analytics.reports.goals import Goal
from analytics.reports.material import read_material
from analytics.reports.report import Report, report_of
from analytics.reports.sight import EVERYTHING
from analytics.services.snapshots import freeze
from registry.audit import recorded
from registry.demo.cohorts import make_cohort
from registry.exchange.importer import Job, run_import
from registry.models import Centre, Death, Study
from registry.partial_date import PartialDate
from registry.protocols import preset
from registry.scope import system_scope
from registry.services.studies import add_centre_to_study, create_study_from_preset
from tests.registry.selectors.test_past_state import a_moment_later

TODAY = dt.date(2026, 3, 11)
WITH_CHANGES = "jinling"
"""The study of which two snapshots stand side by side; one is enough for the words."""
MADE_AT = dt.datetime(2026, 11, 30, 10, 5, tzinfo=dt.UTC)
STUDIES = {"jinling": "LC@24>=85.5", "preop": "LC@24>=85.5"}
"""A study that counts lesions, with screening, and one of patients, with wounds; their goals."""

REASON = "Sterbeurkunde"
"""Why days were corrected: in the words of who did it."""

Asked = set[tuple[str | None, str]]
"""Context and words."""


@dataclass
class Said:
    """The same report in both languages, and what German was asked for."""

    german: Report
    english: Report
    asked: Asked = field(default_factory=set)

    def text(self, language: str) -> list[str]:
        """The texts of the HTML file, one for each piece between two tags."""
        report = self.german if language == "de" else self.english
        return Texts(report_bytes(report, "html").decode()).found


class Texts(HTMLParser):
    """What is read in a page: its texts and the descriptions of its drawings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_style = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.found += [value for name, value in attrs if name == "aria-label" and value]

    def handle_data(self, data: str) -> None:
        words = re.sub(r"\s+", " ", data).strip()
        if words and not self._in_style:
            self.found.append(words)


def synthetic_study(key: str, folder: Path) -> Study:
    """The cohort of the demo under its protocol, in the database."""
    study = create_study_from_preset(
        key=key, by=None, effective_on=dt.date(2006, 1, 1), title="Studie", is_synthetic=True
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        for tables in make_cohort(key, today=TODAY):
            path = tables.write(folder)
            centre, _is_new = Centre.objects.get_or_create(
                code=path.name, defaults={"name": "Zentrum", "country": "CN", "timezone": "UTC"}
            )
            add_centre_to_study(
                study=study,
                centre=centre,
                by=None,
                activated_on=dt.date(2016, 1, 1),
                target_accrual=20,
                planned_per_month=Decimal("0.5"),
            )
            job = Job(paths=[path], study=key, centre=path.name, label="synthetic")
            run_import(job, by=None)
    return study


def corrected(study: Study) -> tuple[Snapshot, Snapshot]:
    """A snapshot, and the next one, after some deaths were found to be a month earlier."""
    a_moment_later()
    old = freeze(study=study, by=None)
    a_moment_later()
    with system_scope(), recorded(by=None, reason=REASON):
        deaths = Death.objects.filter(patient__enrolments__study=study).order_by("pk")
        for death in deaths[:3]:
            death.died_on = PartialDate.of(death.died_on.earliest - dt.timedelta(days=30))
            death.save()
    a_moment_later()
    return old, freeze(study=study, by=None)


def said_of(study: Study) -> Said:
    """The report in German and English, with every block."""
    goals = [Goal.read(STUDIES[study.key])]
    changed = corrected(study) if study.key == WITH_CHANGES else None
    with system_scope():
        # As a worker has it: read once, for copies in all languages.
        whole = read_cohort(study)

    def made(language: str) -> Report:
        with translation.override(language):
            material = read_material(
                study,
                sight=EVERYTHING,
                today=MADE_AT.date(),
                goals=goals,
                whole=whole,
                changed=changed,
            )
            return report_of(material, made_at=MADE_AT)

    with listening() as asked:
        german = made("de")
        report_bytes(german, "html")
    return Said(german, made("en"), asked)


@contextmanager
def listening() -> Iterator[Asked]:
    """Collects what gettext is asked for, by whatever name."""
    asked: Asked = set()
    real = translation._trans  # type: ignore[attr-defined]

    def hears(name: str, context: int | None, words: int) -> Any:
        answer = getattr(real, name)

        def heard(*texts: Any) -> str:
            asked.add((None if context is None else texts[context], texts[words]))
            return str(answer(*texts))

        return mock.patch.object(real, name, heard)

    with (
        hears("gettext", None, 0),
        hears("ngettext", None, 0),
        hears("pgettext", 0, 1),
        hears("npgettext", 0, 1),
    ):
        yield asked


def protocol_title(key: str) -> str:
    """The title that the methods quote: a name, in the language of the protocol."""
    return preset(key).title
