"""A Cox model of an endpoint with everything said beside it, for commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts.analysed import Analysed, Members, analysed
from analytics.artefacts.grouping import in_categories
from analytics.cohort import Cohort
from analytics.curves import LEVEL
from analytics.estimators import CoxModel, StepwiseCox, cox, stepwise_cox


@dataclass(frozen=True, eq=False)
class CoxResult:
    """A model and what it was made of.

    Attributes:
        rows: the endpoint's rows with their covariates, that of the strata among them.
        members: the rows, or pieces of rows, of whom all of these are known: the model's rows.
        strata: code of the covariate whose categories have a baseline hazard each; "" for none.
        model: None where no variable is left, or nobody.
        selection: the steps, where the variables were chosen step by step.
    """

    rows: Analysed
    members: Members
    strata: str
    model: CoxModel | None
    selection: StepwiseCox | None = None


def cox_result(
    cohort: Cohort,
    endpoint: str,
    covariates: Sequence[str],
    *,
    later: Sequence[str] = (),
    strata: str = "",
    stepwise: str = "",
    criterion: str = "lr",
) -> CoxResult:
    """Cox model (Efron) of the covariates; of lesions robust by patient.

    Args:
        covariates: codes; at least one, or one state.
        later: codes of states that begin later, as time-dependent covariates.
        strata: code of a covariate in categories, not one of ``covariates``.
        stepwise: "backward", "forward" or "both"; "" for all covariates together.
        criterion: of the selection, "lr" or "aic".

    Raises:
        LookupError: the protocol has no such endpoint.
        CovariateError: there is no such covariate or state, it does not fit the endpoint, or strata
            that are a number.
        ValueError: no covariate, strata among the covariates, time-dependent states that are to be
            chosen among, or an unknown direction or criterion.
    """
    codes = list(dict.fromkeys(covariates))
    states = list(dict.fromkeys(later))
    if not (codes or states):
        raise ValueError(_("At least one covariate is needed."))
    if states and stepwise:
        raise ValueError(_("Time-dependent states are not chosen step by step."))
    if strata in codes:
        raise ValueError(_("%(code)s cannot be both covariate and strata.") % {"code": strata})
    if strata:
        in_categories(cohort, strata)
    asked = [*codes, strata] if strata else codes
    rows = analysed(cohort, endpoint, asked, later=states)
    members = rows.known(rows.covariates)
    if not members.any():
        return CoxResult(rows, members, strata, None)
    days, event, frame = rows.days[members], rows.event[members], rows.frame[members]
    groups = frame[strata].astype(str).to_numpy() if strata else None
    patients = rows.patients
    cluster = None if patients is None else patients[members]
    if not stepwise:
        model = cox(
            days,
            event,
            frame[[*codes, *states]],
            entry=None if rows.entry is None else rows.entry[members],
            strata=groups,
            cluster=cluster,
            level=LEVEL,
        )
        return CoxResult(rows, members, strata, model)
    found = stepwise_cox(
        days,
        event,
        frame[codes],
        direction=stepwise,
        criterion=criterion,
        strata=groups,
        cluster=cluster,
        level=LEVEL,
    )
    return CoxResult(rows, members, strata, found.final, found)
