"""All covariates of a cohort, and their values."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pandas as pd
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analytics.cohort.cohort import Cohort
from analytics.covariates.covariate import (
    Covariate,
    CovariateError,
    find_covariate,
    grouped,
)
from analytics.covariates.papers import of_papers
from analytics.covariates.recorded import recorded
from analytics.later.values import at_landmark
from registry.protocols.vocabulary import Unit

_MADE: WeakKeyDictionary[Cohort, dict[str | None, dict[str, Covariate]]] = WeakKeyDictionary()
"""Catalogues by cohort and language: each artefact asks for the one of its cohort many times."""


def catalogue(cohort: Cohort) -> dict[str, Covariate]:
    """Every covariate by code: recorded values, the papers' groupings, those of the study.

    All are known at the time origin; what comes later is among them at a landmark only.
    """
    in_languages = _MADE.setdefault(cohort, {})
    language = get_language()
    if language not in in_languages:
        in_languages[language] = _made(cohort)
    return dict(in_languages[language])


def _made(cohort: Cohort) -> dict[str, Covariate]:
    found: dict[str, Covariate] = {}
    if cohort.landmark is not None:
        found = {one.code: one for one in at_landmark(cohort.landmark)}
    found |= {one.code: one for one in recorded(cohort)}
    found |= {one.code: one for one in of_papers(found)}
    for own in cohort.covariates:
        if own.of in found:
            found[own.code] = grouped(
                found[own.of],
                own.cut,
                code=own.code,
                label=own.label,
                source=_("made in the study"),
            )
    return found


def covariate(cohort: Cohort, code: str) -> Covariate:
    """The covariate of that code.

    Raises:
        CovariateError: there is none, or its value comes after the time origin.
    """
    return find_covariate(catalogue(cohort), code)


def values(cohort: Cohort, code: str, unit: Unit) -> pd.Series:
    """The values of a covariate, one per row of ``cohort.patients`` or ``cohort.lesions``.

    Returns:
        float64 with NaN, or a Categorical of category codes, the reference first; a code that is
        none of the categories, and nothing on file, are missing.

    Raises:
        CovariateError: no such covariate, one that is known later only, or a value of lesions
            asked for patients.
    """
    return values_of(cohort, covariate(cohort, code), unit)


def values_of(cohort: Cohort, one: Covariate, unit: Unit) -> pd.Series:
    """As :func:`values`, of a covariate at hand."""
    if one.is_later:
        raise CovariateError(
            _("%(code)s depends on the endpoint: it forms groups and enters models of one only.")
            % {"code": one.code}
        )
    if one.level == "lesion" and unit is Unit.PATIENT:
        raise CovariateError(
            _("%(code)s is a value of lesions: it fits endpoints counted on lesions only.")
            % {"code": one.code}
        )
    frame = cohort.lesions if unit is Unit.LESION else cohort.patients
    column = frame[one.column]
    if one.cut is not None:
        return one.cut.cut(column).rename(one.code)
    if one.kind == "number":
        return column.astype("float64").rename(one.code)
    listed = column.astype(object).where(column.isin(one.codes), None)
    cells = pd.Categorical(listed, categories=list(one.codes))
    return pd.Series(cells, index=column.index, name=one.code)
