"""Notes that stand under every table and figure: which study, which patients, up to which day.

An artefact writes its own notes (units, definitions, tests) first and ends with these.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.cohort import Cohort
from registry.number_text import count_text
from registry.templatetags.values import day_text


def standard_notes(cohort: Cohort) -> tuple[str, ...]:
    """Subset (where there is one), study and protocol version, data cut, synthetic data."""
    return tuple(_standard_notes(cohort))


def patient_count(n: int) -> str:
    """ "37 patients"."""
    return ngettext("%(n)s patient", "%(n)s patients", n) % {"n": count_text(n)}


def lesion_count(n: int) -> str:
    """ "58 lesions"."""
    return ngettext("%(n)s lesion", "%(n)s lesions", n) % {"n": count_text(n)}


def latest_day(cohort: Cohort) -> dt.date | None:
    """The last day on file on which somebody of the cohort was seen or died; None of nobody."""
    known = (
        day.day
        for patient in cohort.facts.patients
        for day in (patient.last_contact, patient.death.day if patient.death else None)
        if day is not None
    )
    return max(known, default=None)


def months_note() -> str:
    """How days become months; for every artefact that shows months."""
    return _("Months are days / 30.4375.")


def _standard_notes(cohort: Cohort) -> Iterator[str]:
    if cohort.subset:
        yield _("Only patients with: %(conditions)s.") % {"conditions": "; ".join(cohort.subset)}
    yield _("Study %(study)s, protocol version %(version)d; %(patients)s.") % {
        "study": cohort.study_key,
        "version": cohort.protocol_version,
        "patients": patient_count(len(cohort.patients)),
    }
    yield _data_cut(cohort)
    if cohort.is_synthetic:
        yield _("Synthetic data made for demonstration; no real patient.")


def _data_cut(cohort: Cohort) -> str:
    if cohort.data_cut is not None:
        return _("Data cut: %(day)s.") % {"day": day_text(cohort.data_cut)}
    if cohort.dates_are_relative:
        return _("No data cut: all facts on file; the dates of this study are relative.")
    latest = latest_day(cohort)
    if latest is None:
        return _("No data cut: all facts on file.")
    return _("No data cut: all facts on file, the latest contact or death of %(day)s.") % {
        "day": day_text(latest)
    }
