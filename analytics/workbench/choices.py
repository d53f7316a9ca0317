"""What a reader has chosen on the workbench, and the address that says it.

The address is the whole state: who opens it sees the same choices over the patients that they may
see. Nothing is stored.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.covariates import Condition, Covariate, CovariateError
from analytics.covariates.covariate import find_covariate
from analytics.curves import AT_MONTHS
from analytics.estimators.inputs import CONFIDENCE_TYPES
from analytics.extract.landmark import months_of_landmark
from analytics.later.values import state_of
from registry.protocols.types import Protocol

MOST_TIMES = 12
MOST_ADJUSTED = 12
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices; every one has a value, so that an empty address is a good one.

    Attributes:
        endpoint: code of an endpoint of the protocol.
        group: code of a covariate in categories; "" for one curve.
        where: conditions that choose the patients or lesions.
        at_months: times at which rates are read.
        landmark: months after the time origin from which those still there are analysed; None for
            the origin.
        adjust: codes of covariates of a Cox model; () for none.
        later: codes of states that begin later, as time-dependent in the Cox model.
        data_cut: last day whose facts count, None for all.
        conf_type: scale of the limits.
        small: groups of a handful are shown too, to those who read the cases.
    """

    endpoint: str
    group: str = ""
    where: tuple[Condition, ...] = ()
    at_months: tuple[float, ...] = AT_MONTHS
    landmark: float | None = None
    adjust: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    data_cut: dt.date | None = None
    conf_type: str = "log-log"
    small: bool = False

    @property
    def query(self) -> str:
        """The part of the address after "?": only what is not as without choices."""
        pairs: list[tuple[str, str]] = [("endpoint", self.endpoint)]
        if self.group:
            pairs.append(("group", self.group))
        pairs.extend(("where", condition.text) for condition in self.where)
        if self.at_months != AT_MONTHS:
            pairs.append(("at", self.at_text))
        if self.landmark is not None:
            pairs.append(("landmark", self.landmark_text))
        pairs.extend(("adjust", code) for code in self.adjust)
        pairs.extend(("later", code) for code in self.later)
        if self.data_cut is not None:
            pairs.append(("cut", self.data_cut.isoformat()))
        if self.conf_type != "log-log":
            pairs.append(("ci", self.conf_type))
        if self.small:
            pairs.append(("small", "1"))
        return urlencode(pairs)

    @property
    def variables(self) -> tuple[str, ...]:
        """Codes of the covariates that groups and model need, the groups' one first."""
        return tuple(dict.fromkeys(filter(None, (self.group, *self.adjust))))

    @property
    def at_text(self) -> str:
        """The times as they are typed: "12, 24, 36"."""
        return ", ".join(f"{months:g}" for months in self.at_months)

    @property
    def landmark_text(self) -> str:
        """The landmark as it is typed: "12"; "" for none."""
        return "" if self.landmark is None else f"{self.landmark:g}"

    @property
    def has_model(self) -> bool:
        """True where a Cox model is asked for."""
        return bool(self.adjust or self.later)


def read_choices(
    query: QueryDict,
    protocol: Protocol,
    covariates: Mapping[str, Covariate],
    *,
    where: tuple[Condition, ...],
    landmark: float | None,
    data_cut: dt.date | None,
) -> tuple[Choices, list[str]]:
    """The other choices of an address, and in words what of it could not be used.

    What cannot be used is left out, so that an old or mistyped address still shows something.

    Args:
        covariates: those that there are at the landmark.
    """
    problems: list[str] = []

    def tried(read: Callable[[], T], otherwise: T) -> T:
        try:
            return read()
        except (CovariateError, ValueError) as error:
            problems.append(str(error))
            return otherwise

    codes = [endpoint.code for endpoint in protocol.endpoints]
    named = tried(lambda: _one_of(query.get("endpoint", ""), codes, _("Endpoint")), "")
    endpoint = named or codes[0]
    conf_type = query.get("ci") or "log-log"
    choices = Choices(
        endpoint=endpoint,
        group=tried(lambda: _group(query.get("group", ""), covariates), ""),
        where=where,
        at_months=tried(lambda: _times(query.get("at", "")), AT_MONTHS),
        landmark=landmark,
        adjust=tried(lambda: _codes(query.getlist("adjust"), covariates), ()),
        later=tried(lambda: _states(query.getlist("later"), protocol, endpoint), ()),
        data_cut=data_cut,
        conf_type=tried(lambda: _one_of(conf_type, list(CONFIDENCE_TYPES), _("Limits")), "log-log"),
        small=query.get("small") == "1",
    )
    return choices, problems


def _one_of(text: str, there: list[str], name: str) -> str:
    if text and text not in there:
        raise ValueError(
            _("%(name)s: there is no %(text)s; there are %(there)s.")
            % {"name": name, "text": text, "there": ", ".join(filter(None, there))}
        )
    return text


def read_landmark(query: QueryDict) -> tuple[float | None, list[str]]:
    """The landmark of an address, which decides what groups there are; what is wrong with it."""
    text = query.get("landmark", "").strip()
    if not text:
        return None, []
    try:
        return months_of_landmark(text), []
    except ValueError as error:
        return None, [str(error)]


def _group(code: str, covariates: Mapping[str, Covariate]) -> str:
    if code and find_covariate(covariates, code).kind == "number":
        raise ValueError(
            _("Group by: %(code)s is a number; choose a covariate in categories.") % {"code": code}
        )
    return code


def _codes(texts: list[str], covariates: Mapping[str, Covariate]) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(filter(None, texts)))
    if len(chosen) > MOST_ADJUSTED:
        raise ValueError(_("Adjust for: at most %(most)d variables.") % {"most": MOST_ADJUSTED})
    for code in chosen:
        find_covariate(covariates, code)
    return chosen


def _states(texts: list[str], protocol: Protocol, endpoint: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(filter(None, texts)))
    for code in chosen:
        state_of(code, protocol.endpoint(endpoint))
    return chosen


def _times(text: str) -> tuple[float, ...]:
    if not text.strip():
        return AT_MONTHS
    try:
        months = tuple(
            sorted({float(part) for part in text.replace(";", ",").split(",") if part.strip()})
        )
    except ValueError:
        raise ValueError(_("Times: %(text)s is no list of months.") % {"text": text}) from None
    if (
        not months
        or len(months) > MOST_TIMES
        or not all(0 <= one <= 1200 and math.isfinite(one) for one in months)
    ):
        raise ValueError(
            _("Times: up to %(most)d numbers of months from 0 to 1200.") % {"most": MOST_TIMES}
        )
    return months
