"""What the results of a report cannot bear, found in the results themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed, analysed
from analytics.artefacts.cox_parts import LEAST_EVENTS_PER_TERM, fit, has_few_events
from analytics.artefacts.follow_up_times import person_times
from analytics.artefacts.notes import patient_count
from analytics.artefacts.study_rates import observed
from analytics.artefacts.words import p_equation, percent_text
from analytics.cohort import Cohort
from analytics.curves import AT_MONTHS
from analytics.estimators import CoxModel
from analytics.extract import TimeToEvent
from analytics.figures import DAYS_PER_MONTH
from analytics.reports.material import Material
from followup.person_time import PersonTime
from registry.number_text import decimal, general
from registry.protocols.vocabulary import Unit

FEW_PATIENTS = 50
FEW_EVENTS = 10
FEW_AT_RISK = 10
LEAST_COMPLETENESS = 0.9
"""Clark's C below which losses are named."""
NON_PROPORTIONAL = 0.05
MANY_TESTS = 10
ALPHA = 0.05


def limitations(material: Material) -> tuple[str, ...]:
    """A sentence for each limitation that the results show."""
    cohort = material.cohort
    if cohort.patients.empty:
        return (_("There are no patients: nothing can be concluded."),)
    seen = (observed(cohort, endpoint.code) for endpoint in cohort.protocol.endpoints)
    tables = [table for table in seen if table is not None]
    return (
        *_of_the_study(cohort),
        *_of_endpoints(material, tables),
        *_of_models(material),
        _("No group was formed by chance: differences between groups may have other causes."),
    )


def _of_the_study(cohort: Cohort) -> Iterator[str]:
    if cohort.is_synthetic:
        yield _("The data are synthetic: nothing here says anything of real patients.")
    n = len(cohort.patients)
    if n < FEW_PATIENTS:
        yield _("Small numbers: %(patients)s.") % {"patients": patient_count(n)}
    index = sum(person_times(cohort).values(), PersonTime()).index
    if index is not None and index < LEAST_COMPLETENESS:
        yield _(
            "Follow-up is incomplete: %(share)s of the person-time that could have been observed "
            "was (Clark's C). If those who were not seen fare otherwise, rates are biased."
        ) % {"share": percent_text(index)}


def _of_endpoints(material: Material, tables: Sequence[TimeToEvent]) -> Iterator[str]:
    yield from _named(
        _("Few events, so that rates are imprecise: %(endpoints)s."),
        {
            table.endpoint.code: material.shown(events)
            for table in tables
            if (events := int(table.event.sum())) < FEW_EVENTS
        },
    )
    yield from _short(tables)
    yield from _clustered(material, tables)
    yield from _named(
        _("Rows in which a day is not known exactly: %(endpoints)s."),
        {
            table.endpoint.code: _part(material, _imputed(table), len(table.rows))
            for table in tables
        },
    )
    yield from _named(
        _("Could not be analysed: %(endpoints)s."),
        {
            table.endpoint.code: _part(
                material, len(table.excluded), len(table.rows) + len(table.excluded)
            )
            for table in tables
        },
    )


def _named(sentence: str, by_endpoint: Mapping[str, str]) -> Iterator[str]:
    """The sentence with endpoints and their figures; nothing where no endpoint has one."""
    said = "; ".join(f"{code} {words}" for code, words in by_endpoint.items() if words)
    if said:
        yield sentence % {"endpoints": said}


def _part(material: Material, n: int, whole: int) -> str:
    """ "3 of 37"; "" for none."""
    if not n:
        return ""
    return _("%(n)s of %(whole)s") % {"n": material.shown(n), "whole": material.shown(whole)}


def _imputed(table: TimeToEvent) -> int:
    return int(((table.rows["STARTDTF"] != "") | (table.rows["ADTF"] != "")).sum())


def _short(tables: Sequence[TimeToEvent]) -> Iterator[str]:
    """From which time on hardly anybody is under observation, of endpoints without a horizon."""
    since: dict[float, list[str]] = defaultdict(list)
    for table in tables:
        if table.endpoint.horizon_days is not None:
            continue
        for months in AT_MONTHS:
            if (table.days >= months * DAYS_PER_MONTH).sum() < FEW_AT_RISK:
                since[months].append(table.endpoint.code)
                break
    if since:
        said = "; ".join(
            _("from %(months)s months on: %(codes)s")
            % {"months": general(months), "codes": ", ".join(codes)}
            for months, codes in sorted(since.items())
        )
        yield _(
            "Short follow-up: fewer than %(least)d are under observation, and later rates hang on "
            "them, %(said)s."
        ) % {"least": FEW_AT_RISK, "said": said}


def _clustered(material: Material, tables: Sequence[TimeToEvent]) -> Iterator[str]:
    words = {}
    for table in tables:
        patients = table.rows["USUBJID"].nunique()
        if table.endpoint.unit is Unit.LESION and patients < len(table.rows):
            words[table.endpoint.code] = _("%(lesions)s lesions of %(patients)s patients") % {
                "lesions": material.shown(len(table.rows)),
                "patients": material.shown(patients),
            }
    yield from _named(
        _(
            "Lesions of one patient are alike; limits that allow for it are good for many patients "
            "only: %(endpoints)s."
        ),
        words,
    )


def _of_models(material: Material) -> Iterator[str]:
    cohort, paper = material.cohort, material.analyses
    tests = 0
    few: list[str] = []
    dropped: dict[str, str] = {}
    varying: list[str] = []
    for code in paper.endpoints:
        endpoint = cohort.protocol.endpoint(code)
        codes = paper.multivariable_of(endpoint)
        tests += len(paper.variables_of(endpoint))
        rows = analysed(cohort, code, codes)
        members = rows.known(codes)
        model = fit(rows, codes, members, paper.references) if codes else None
        if model is None:
            continue
        if has_few_events(model):
            few.append(code)
        dropped[code] = _part(material, int((~members).sum()), rows.n)
        varying += _varying(code, rows, model)
    if few:
        yield _(
            "Fewer than %(least)d events for each coefficient, so that hazard ratios are unstable, "
            "in the Cox models of %(endpoints)s."
        ) % {"least": LEAST_EVENTS_PER_TERM, "endpoints": ", ".join(few)}
    yield from _named(
        _("Left out of Cox models, since a variable is missing: %(endpoints)s."), dropped
    )
    if varying:
        yield _("Hazard ratios that are not constant over time: %(variables)s.") % {
            "variables": "; ".join(varying)
        }
    if tests >= MANY_TESTS:
        yield _(
            "%(tests)d variables were tested by themselves without correction: about %(chance)s P "
            "values below 0.05 are expected by chance alone."
        ) % {"tests": tests, "chance": decimal(tests * ALPHA, 1)}


def _varying(code: str, rows: Analysed, model: CoxModel) -> Iterator[str]:
    for test in model.zph():
        p = test.p_value
        # The test of all variables together has the name of none.
        if test.variable in rows.covariates and p is not None and p < NON_PROPORTIONAL:
            label = rows.covariates[test.variable].label
            yield _("%(variable)s for %(endpoint)s (%(p)s)") % {
                "variable": label,
                "endpoint": code,
                "p": p_equation(p),
            }
