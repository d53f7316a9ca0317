"""Later states as covariates: as they are at a landmark, or as they change in time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from numpy.typing import ArrayLike

from analytics.covariates.covariate import Covariate, CovariateError
from analytics.extract.landmark import LandmarkTime
from analytics.later.states import STATES, State, unfit
from registry.number_text import general
from registry.protocols.types import Endpoint

NO, YES = "no", "yes"


def at_landmark(landmark: LandmarkTime) -> Iterator[Covariate]:
    """Of each state whether it had begun by the landmark."""
    answers = ((NO, pgettext("answer", "no")), (YES, pgettext("answer", "yes")))
    for state in STATES.values():
        label = _("%(state)s up to month %(months)s") % {
            "state": state.label,
            "months": general(landmark.months),
        }
        yield Covariate(state.code, label, "category", categories=answers, is_later=True)


def in_time(state: State) -> Covariate:
    """The state as it changes in time."""
    return Covariate(
        state.code,
        _("%(state)s (time-dependent)") % {"state": state.label},
        "category",
        categories=((NO, _("not (yet) begun")), (YES, _("begun"))),
        is_later=True,
    )


def state_of(code: str, endpoint: Endpoint) -> State:
    """The state of that code, for that endpoint.

    Raises:
        CovariateError: there is none, or it cannot be asked for with the endpoint.
    """
    if code not in STATES:
        raise CovariateError(
            _("%(code)s is no state that begins later; there are %(there)s.")
            % {"code": code, "there": ", ".join(STATES)}
        )
    why = unfit(STATES[code], endpoint)
    if why:
        raise CovariateError(why)
    return STATES[code]


def yes_no(begun: ArrayLike) -> pd.Series:
    """Categories of 1 (begun), 0 and NaN (not known), without one that nobody is in."""
    answers = pd.Series(np.asarray(begun, dtype=np.float64)).map({0.0: NO, 1.0: YES})
    return answers.astype(pd.CategoricalDtype([NO, YES])).cat.remove_unused_categories()
