"""Fine and Gray's model of an event that others compete with, such as local failure and death."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed, analysed
from analytics.artefacts.cox_parts import (
    care_words,
    endpoint_words,
    model_words,
    references_with_rows,
)
from analytics.artefacts.model_rows import model_columns, model_rows
from analytics.artefacts.notes import standard_notes
from analytics.artefacts.paper_variables import analyses_of
from analytics.artefacts.parts import Artefact, Table
from analytics.cohort import Cohort
from analytics.curve_words import competing_words, event_words
from analytics.curves import LEVEL
from analytics.estimators import fine_gray
from registry.number_text import count_text

KEY = "fine-gray"


def fine_gray_table(
    cohort: Cohort,
    *,
    endpoint: str,
    variables: Sequence[str] = (),
    references: Mapping[str, str] | None = None,
) -> Artefact:
    """Subdistribution hazard ratios of the endpoint's event, its competing events taken as such.

    Models of lesions are robust by patient.

    Args:
        endpoint: code of an endpoint with competing events, such as "LC".
        variables: codes of covariates; those of the study's paper where none is named.
        references: reference category by covariate, where it is not the first; None: the paper's.

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate, or it does not fit the endpoint.
    """
    paper = analyses_of(cohort)
    codes = list(variables or paper.multivariable_of(cohort.protocol.endpoint(endpoint)))
    rows = analysed(cohort, endpoint, codes)
    of_endpoint = rows.table.endpoint
    title = _("Fine and Gray model: %(event)s") % {"event": event_words(of_endpoint)}
    key = f"{KEY}-{endpoint.lower()}".replace("_", "-")
    if not of_endpoint.competing:
        return Artefact(key, title, reason=_("No event competes with this endpoint."))
    members = rows.known(codes)
    if not codes or not members.any():
        reason = _("There is nobody of whom all variables and the end are known.")
        return Artefact(key, title, reason=reason)
    patients = rows.patients
    cause = np.where(rows.table.competing, 2, rows.table.event.astype(np.int64))
    model = fine_gray(
        rows.table.days[members],
        cause[members],
        rows.frame.loc[members, codes],
        cluster=None if patients is None else patients[members],
        level=LEVEL,
        reference=references_with_rows(
            rows, codes, members, paper.references if references is None else references
        ),
    )
    table = Table(
        key=key,
        title=title,
        stub=_("Variable"),
        columns=model_columns(_("Subdistribution hazard ratio")),
        rows=tuple(model_rows(rows, model, members)),
        notes=(
            *endpoint_words(rows, members),
            _("Competing: %(events)s (%(n)s).")
            % {
                "events": competing_words(of_endpoint),
                "n": count_text(int(rows.table.competing[members].sum())),
            },
            _(
                "Whoever had a competing event stays at risk with a falling weight: ratios above 1 "
                "mean a higher cumulative incidence."
            ),
            *model_words(model, rows),
            *care_words(model, rows),
            *_robust(rows),
            *standard_notes(cohort),
        ),
    )
    return Artefact(key, title, (table,))


def _robust(rows: Analysed) -> Iterator[str]:
    if rows.patients is None:
        yield _("Limits and Wald tests are robust (sandwich estimate, each patient by itself).")
