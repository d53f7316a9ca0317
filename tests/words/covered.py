"""What the catalogue of reports covers: the sources whose words stand in a report, and its data.

Pages are in English. A source that is not here has no words in a report, or is a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation

from analytics.published.series import FOLDER, series_sets
from registry.models import CLINICAL_MODELS, AuditEvent
from registry.protocols.presets import PRESETS, preset
from registry.selectors.history import BOOKKEEPING
from registry.terminology.codes import DATA, codes, group_names
from tests.conftest import ROOT

SOURCES = (
    "analytics/artefacts/",
    "analytics/cohort/",
    "analytics/covariates/",
    "analytics/curve_figure.py",
    "analytics/curve_words.py",
    "analytics/extract/",
    "analytics/figures/",
    "analytics/render/",
    "analytics/later/",
    "analytics/reports/",
    "followup/figures/accrual.py",
    "analytics/snapshots/changes.py",
    "analytics/snapshots/compare.py",
    "analytics/snapshots/corrections.py",
    "analytics/snapshots/overlay.py",
    "registry/charlson.py",
    "registry/date_text.py",
    "registry/models/choices.py",
    "registry/models/status.py",
    "registry/protocols/vocabulary.py",
    "registry/selectors/history.py",
    "registry/templatetags/protocol.py",
    "registry/templatetags/values.py",
    "templates/analytics/artefacts/",
    "templates/analytics/mail/report.html",
    "templates/analytics/mail/report.txt",
    "templates/analytics/mail/report_failed.html",
    "templates/analytics/mail/report_failed.txt",
    "templates/analytics/report/file.html",
    "templates/followup/_accrual_figure.html",
)
"""Files, and folders that end with a slash."""

PAGES = (
    "analytics/reports/choices.py",
    "analytics/reports/schedule_forms.py",
    "analytics/reports/schedule_views.py",
    "analytics/reports/views.py",
    "analytics/reports/words.py",
)
"""Among them, what only pages show."""

LISTS = ("region_site", "icdo3_morphology")
"""Code lists whose names and groups stand in a report. CTCAE terms stay as they are published."""


def is_covered(path: str) -> bool:
    """Whether the words of a source, named from the root of the project, are in the catalogue."""
    return path.startswith(SOURCES) and path not in PAGES


def data_words() -> Iterator[tuple[str, str]]:
    """Words of data files that a report translates where it shows them, each with its file."""
    yield from _of_protocols()
    yield from _of_series()
    yield from _of_lists()
    yield from _of_tables()


def _of_protocols() -> Iterator[tuple[str, str]]:
    for key in PRESETS:
        protocol = preset(key)
        for endpoint in protocol.endpoints:
            yield endpoint.label, f"registry/protocols/{key}.toml"
            yield endpoint.definition, f"registry/protocols/{key}.toml"
        for pattern in protocol.dose.patterns:
            yield pattern.label, f"registry/protocols/{key}.toml"


def _of_series() -> Iterator[tuple[str, str]]:
    folder = FOLDER.relative_to(ROOT).as_posix()
    for one in series_sets():
        texts = [one.title, one.citation, one.reference, one.note, one.not_pooled]
        for series in one.series:
            texts += [series.name, series.treatment, series.disease, series.note, series.reference]
        yield from ((text, f"{folder}/{one.key}.toml") for text in texts if text)


def _of_lists() -> Iterator[tuple[str, str]]:
    folder = DATA.relative_to(ROOT).as_posix()
    for system in LISTS:
        yield from ((row.name, f"{folder}/{system}.csv") for row in codes(system))
        yield from ((name, f"{folder}/groups.csv") for name in group_names(system).values())


def _of_tables() -> Iterator[tuple[str, str]]:
    """What the tables of a case and their columns are called, for what was corrected in them."""
    with translation.override("en"):
        for label in AuditEvent.Operation.labels:
            yield str(label), "registry/models/audit.py"
        for model in CLINICAL_MODELS:
            file = f"{model.__module__.replace('.', '/')}.py"
            yield str(model._meta.verbose_name), file
            for field in model._meta.concrete_fields:
                if field.name not in BOOKKEEPING and field.column not in BOOKKEEPING:
                    yield str(field.verbose_name), file
