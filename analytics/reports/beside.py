"""Centres beside each other: each reader finds the own one by name among the others.

Who reads single centres is not told the names of the others, nor anything of one with a handful of
patients. Differences between centres say little of quality: their patients differ, and they are
few.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from analytics.artefacts.notes import months_note
from analytics.artefacts.parts import Artefact, Cell, Column, Row, Table
from analytics.artefacts.small_cells import LEAST_SHOWN
from analytics.artefacts.study_rates import follow_up_months, rate
from analytics.artefacts.words import DASH, count, number, share
from analytics.cohort import Cohort
from analytics.covariates.subset import of_patients
from analytics.reports.material import Material
from followup.selectors.centres import CentreLine, SideBySide
from registry.templatetags.values import day_text

KEY = "beside"
AT_MONTHS = 24.0
USUAL = ("LC", "OS")
"""Endpoints that centres ask for first."""


def beside(material: Material) -> Artefact:
    """Patients, follow-up, two rates and completeness, centre by centre."""
    title = _("Centres beside each other")
    if material.centres is None or material.whole is None:
        return Artefact(KEY, title, reason=_("There is no reading of all centres."))
    if len(material.centres.lines) < 2:
        return Artefact(KEY, title, reason=_("One centre takes part."))
    endpoints = _endpoints(material.whole)
    rates = [Column(_("%(code)s at 24 months (95 %% CI)") % {"code": code}) for code in endpoints]
    table = Table(
        key=KEY,
        title=title,
        stub=_("Centre"),
        columns=(
            Column(_("Patients")),
            Column(_("Median follow-up, months")),
            *rates,
            Column(_("Complete cases, %")),
            Column(_("Visits overdue, per 100 patients")),
        ),
        rows=tuple(_rows(material, material.whole, material.centres, endpoints)),
        notes=tuple(_notes(material)),
    )
    return Artefact(KEY, title, (table,))


def _endpoints(cohort: Cohort) -> list[str]:
    there = [endpoint.code for endpoint in cohort.protocol.endpoints]
    return [code for code in USUAL if code in there] or there[:2]


def _rows(
    material: Material, whole: Cohort, centres: SideBySide, endpoints: Sequence[str]
) -> Iterator[Row]:
    named, others = centres.lines, []
    if not material.sight.is_whole:
        named = [line for line in centres.lines if line.code in material.own_centres]
        others = [line for line in centres.lines if line.code not in material.own_centres]
    # Those whom the reader may see by name; from readers of figures the report hides small counts.
    for line in named:
        yield _cells_of(line.code, _at(whole, line), line, endpoints)
    for place, line in enumerate(sorted(others, key=partial(_mark, whole.study_key)), start=1):
        yield _other(_("Other %(place)d") % {"place": place}, _at(whole, line), line, endpoints)
    # Beside a sum the one centre of which nothing is told could be had by subtraction.
    sites = whole.patients["SITEID"]
    of_others = sites[~sites.isin([line.code for line in named])]
    if not (of_others.value_counts() < LEAST_SHOWN).any():
        yield _cells_of(_("All"), whole, centres.total, endpoints)


def _mark(study_key: str, line: CentreLine) -> str:
    """Orders centres neither by code nor by size, and so that nobody else can tell the order."""
    return salted_hmac(f"{__name__} {study_key}", line.code, algorithm="sha256").hexdigest()


def _at(whole: Cohort, line: CentreLine) -> Cohort:
    of_centre = whole.patients["SITEID"] == line.code
    return of_patients(whole, set(whole.patients["USUBJID"][of_centre]))


def _other(label: str, cohort: Cohort, line: CentreLine, endpoints: Sequence[str]) -> Row:
    if not 0 < len(cohort.patients) < LEAST_SHOWN:
        return _cells_of(label, cohort, line, endpoints)
    few = Cell(_("fewer than %(least)d") % {"least": LEAST_SHOWN})
    return Row(label, (few, *[DASH] * (len(endpoints) + 3)))


def _cells_of(label: str, cohort: Cohort, line: CentreLine, endpoints: Sequence[str]) -> Row:
    enrolled = len(cohort.patients)
    rates = []
    for code in endpoints:
        seen = rate(cohort, code, AT_MONTHS)
        rates.append(share(seen.estimate, seen.lower, seen.upper))
    return Row(
        label,
        (
            count(enrolled),
            number(follow_up_months(cohort, endpoints[-1]).estimate if enrolled else None),
            *rates,
            number(100 * line.complete / line.enrolled if line.enrolled else None, 0),
            number(100 * line.overdue / line.enrolled if line.enrolled else None, 0),
        ),
    )


def _notes(material: Material) -> Iterator[str]:
    yield _(
        "Centres treat different patients, and few of them: a difference between centres is not "
        "one of quality. Kaplan–Meier rates with log-log limits; follow-up by the reverse "
        "Kaplan–Meier method."
    )
    yield _("Complete cases and overdue visits: as on %(day)s.") % {"day": day_text(material.today)}
    if not material.sight.is_whole:
        yield _(
            "The other centres stand in no order and without their names; of one with fewer than "
            "%(least)d patients nothing is told."
        ) % {"least": LEAST_SHOWN}
    yield months_note()
