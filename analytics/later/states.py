"""Which states can begin after the time origin, and for which endpoints they can be asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.extract.events import is_of_kind
from analytics.extract.facts import ProgressionFact
from analytics.extract.words import EVENT_WORDS
from registry.models.choices import FieldRelation, ProgressionKind
from registry.protocols.types import Endpoint
from registry.protocols.vocabulary import LATE_GRADES, EventKind, TimePoint, label

RADIOTHERAPY = "radiotherapy"
SYSTEMIC_THERAPY = "later_systemic_therapy"
SURGERY = "later_surgery"

_EVERY_ORIGIN = frozenset(TimePoint)
_BEFORE_RADIOTHERAPY = frozenset({TimePoint.DIAGNOSIS, TimePoint.SURGERY, TimePoint.ENROLMENT})


@dataclass(frozen=True)
class State:
    """Something that a patient or lesion is without, and from some day on is with, for good.

    Attributes:
        code: name in addresses, commands, files and columns.
        label: words for people.
        definition: one sentence: what begins it, and where its day is taken from.
        kinds: the events that begin it; () where no endpoint knows what does.
        origins: the time origins that it can come after.
    """

    code: str
    label: str | Promise
    definition: str | Promise
    kinds: tuple[EventKind, ...] = ()
    origins: frozenset[TimePoint] = _EVERY_ORIGIN


def _event(kind: EventKind, label: str | Promise, definition: str | Promise) -> State:
    return State(kind.value, label, definition, (kind,))


_LISTED = (
    _event(
        EventKind.LOCAL_PROGRESSION,
        gettext_lazy("Local progression"),
        gettext_lazy(
            "the first local progression on record from the time origin on, on its date, counted "
            "as the endpoints count it."
        ),
    ),
    _event(
        EventKind.REGIONAL_PROGRESSION,
        gettext_lazy("Regional progression"),
        gettext_lazy(
            "the first regional progression on record from the time origin on, on its date."
        ),
    ),
    _event(
        EventKind.DISTANT_PROGRESSION,
        gettext_lazy("Distant progression"),
        gettext_lazy(
            "the first distant progression on record from the time origin on, on its date."
        ),
    ),
    _event(
        EventKind.ANY_PROGRESSION,
        gettext_lazy("Any progression"),
        gettext_lazy(
            "the first progression of any kind on record from the time origin on, on its date."
        ),
    ),
    _event(
        EventKind.LATE_TOXICITY_GRADE_2,
        gettext_lazy("Late toxicity of grade 2 or more"),
        gettext_lazy(
            "the first late toxicity of grade 2 or more from the time origin on, on the day of its "
            "onset, counted as the endpoints of late toxicity count it."
        ),
    ),
    _event(
        EventKind.LATE_TOXICITY_GRADE_3,
        gettext_lazy("Late toxicity of grade 3 or more"),
        gettext_lazy(
            "the first late toxicity of grade 3 or more from the time origin on, on the day of its "
            "onset, counted as the endpoints of late toxicity count it."
        ),
    ),
    State(
        RADIOTHERAPY,
        gettext_lazy("Radiotherapy begun"),
        gettext_lazy(
            "the first day of the first course (of a lesion: of the first that treats it). Whoever "
            "was irradiated before the time origin is in the state from the start."
        ),
        origins=_BEFORE_RADIOTHERAPY,
    ),
    State(
        SYSTEMIC_THERAPY,
        gettext_lazy("Systemic therapy after the time origin"),
        gettext_lazy(
            "the first drug treatment (none of the interventional ones) that certainly began after "
            "the day of the time origin, on its first day."
        ),
    ),
    State(
        SURGERY,
        gettext_lazy("Surgery after the time origin"),
        gettext_lazy(
            "the first operation certainly after the day of the time origin, on its date; no "
            "biopsy, reconstruction or metastasectomy."
        ),
        (EventKind.AMPUTATION,),
    ),
)

STATES: Mapping[str, State] = {state.code: state for state in _LISTED}
"""The states by code, in the order in which they are offered."""


def unfit(state: State, endpoint: Endpoint) -> str:
    """Why the state cannot be asked for with the endpoint, in a sentence; "" where it can."""
    names = {"state": state.label, "endpoint": endpoint.code}
    own = [
        one
        for one in (*endpoint.events, *endpoint.competing)
        if any(_share(one, kind) for kind in state.kinds)
    ]
    if own:
        return _(
            "%(state)s cannot be a later state for %(endpoint)s: it is, or may be, what the "
            "endpoint itself counts (%(events)s)."
        ) % (names | {"events": ", ".join(_(EVENT_WORDS[kind]) for kind in own)})
    if endpoint.origin not in state.origins:
        return _("%(state)s cannot come after the time origin of %(endpoint)s (%(origin)s).") % (
            names | {"origin": _(label(endpoint.origin))}
        )
    return ""


def states_for(endpoint: Endpoint) -> Iterator[State]:
    """The states that can be asked for with the endpoint."""
    return (state for state in STATES.values() if not unfit(state, endpoint))


_FAILURES = tuple(
    ProgressionFact(None, kind, relation, None)
    for kind, relation in product(ProgressionKind.values, ("", *FieldRelation.values))
)
"""A failure of every sort that can be on record."""

_PROGRESSIONS = frozenset(
    {
        EventKind.LOCAL_PROGRESSION,
        EventKind.REGIONAL_PROGRESSION,
        EventKind.DISTANT_PROGRESSION,
        EventKind.ANY_PROGRESSION,
        EventKind.IN_FIELD_PROGRESSION,
        EventKind.OUT_OF_FIELD_PROGRESSION,
    }
)


def _share(one: EventKind, other: EventKind) -> bool:
    """Whether one event on record can be of both kinds."""
    if {one, other} <= _PROGRESSIONS:
        return any(is_of_kind(row, one) and is_of_kind(row, other) for row in _FAILURES)
    return one is other or {one, other} <= LATE_GRADES.keys()
