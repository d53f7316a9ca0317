"""A study protocol as typed, immutable data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from registry.protocols.calendar import Offset
from registry.protocols.schedule import Schedule, Step
from registry.protocols.vocabulary import (
    Calendar,
    Censoring,
    CtcaeRelease,
    DiseaseGroup,
    DiseaseSetting,
    DoseUnit,
    EventKind,
    Form,
    MetricUnit,
    Population,
    RbeModel,
    Region,
    StudyKind,
    Technique,
    TimePoint,
    ToxicityPhase,
    Unit,
)

# Names of target volumes in AAPM TG-263 begin with one of these.
_TARGET_PREFIXES = ("GTV", "CTV", "ITV", "PTV", "IGTV")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the protocol is taken from."""

    citation: str
    doi: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One inclusion or exclusion criterion."""

    id: str
    is_inclusion: bool
    text: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A time-to-event endpoint; ``definition`` is printed on its curves."""

    code: str
    label: str
    definition: str
    unit: Unit
    origin: TimePoint
    events: tuple[EventKind, ...]
    competing: tuple[EventKind, ...]
    censoring: Censoring
    population: Population
    horizon_days: int | None


@dataclass(frozen=True, slots=True)
class AcuteBorder:
    """Toxicity with onset up to ``offset`` after ``anchor`` is acute, later toxicity is late."""

    anchor: TimePoint
    offset: Offset

    def last_acute_day(self, anchor_day: dt.date) -> dt.date:
        """The last day on which an onset still counts as acute."""
        return self.offset.after(anchor_day)


@dataclass(frozen=True, slots=True)
class ToxicityRule:
    """Scale of toxicity grades; no release where the source has no toxicity data."""

    release: CtcaeRelease | None
    acute: AcuteBorder | None
    reported: tuple[ToxicityPhase, ...]
    wound_days_after_surgery: int | None


@dataclass(frozen=True, slots=True)
class Range:
    """Lowest and highest value; equal where the protocol states one."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PhasePattern:
    """Dose of one phase in the protocol's dose unit, with its fractions where stated."""

    dose: Range
    fractions: Range | None
    fractions_per_week: int | None
    is_boost: bool


@dataclass(frozen=True, slots=True)
class DosePattern:
    """A way of treating that the protocol allows."""

    id: str
    label: str
    phases: tuple[PhasePattern, ...]


@dataclass(frozen=True, slots=True)
class DosePolicy:
    """Dose language, α/β values in Gy, techniques (none: any) and the dose patterns."""

    unit: DoseUnit
    rbe_model: RbeModel | None
    alpha_beta_tumour: float
    alpha_beta_normal: float
    alpha_beta_structures: tuple[tuple[str, float], ...]
    patterns: tuple[DosePattern, ...]
    techniques: tuple[Technique, ...] = ()


@dataclass(frozen=True, slots=True)
class DoseLimit:
    """Upper limit of a dose-volume figure named as in TG-263 ("V40Gy", "Mean", "Max")."""

    metric: str
    unit: MetricUnit
    value: float
    is_strict: bool

    def holds(self, measured: float) -> bool:
        """True when the measured figure, in the limit's unit, keeps the limit."""
        return measured < self.value if self.is_strict else measured <= self.value


@dataclass(frozen=True, slots=True)
class DoseConstraint:
    """What a structure may receive: one kept limit suffices; without limits a person judges."""

    id: str
    structures: tuple[str, ...]
    text: str
    region: Region
    limits: tuple[DoseLimit, ...]


@dataclass(frozen=True, slots=True)
class RequiredItems:
    """Fields of a form that must carry a value or a reason why not."""

    form: Form
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """When people are told: days before the window opens, after it closed, and when to escalate."""

    ahead_days: int
    overdue_rounds_days: tuple[int, ...]
    escalate_after_days: int
    lost_after_days: int


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the source does not state; ``about`` is the key path in the protocol file."""

    about: str
    text: str


@dataclass(frozen=True, slots=True)
class Protocol:
    """Everything that a study prescribes. Read by :func:`registry.protocols.read_protocol`."""

    key: str
    title: str
    version: str
    kind: StudyKind
    calendar: Calendar
    source: Source
    disease_groups: tuple[DiseaseGroup, ...]
    settings: tuple[DiseaseSetting, ...]
    eligibility: tuple[Criterion, ...]
    time_origin: TimePoint
    endpoints: tuple[Endpoint, ...]
    schedule: Schedule | None
    toxicity: ToxicityRule
    dose: DosePolicy
    constraints: tuple[DoseConstraint, ...]
    required: tuple[RequiredItems, ...]
    reminders: ReminderPolicy | None
    assumptions: tuple[Assumption, ...]

    def endpoint(self, code: str) -> Endpoint:
        """The endpoint of that code.

        Raises:
            LookupError: naming the endpoints that there are.
        """
        for endpoint in self.endpoints:
            if endpoint.code == code:
                return endpoint
        there = ", ".join(endpoint.code for endpoint in self.endpoints)
        raise LookupError(f"protocol {self.key} has no endpoint {code}; it has {there}")

    def alpha_beta(self, structure: str) -> float:
        """α/β in Gy of a structure by its TG-263 name.

        The protocol's own value for the structure if it states one, else the tumour's for a
        target volume (GTV, CTV, ITV, PTV …), else that of normal tissue.
        """
        name = structure.casefold()
        for own, value in self.dose.alpha_beta_structures:
            if own.casefold() == name:
                return value
        if structure.upper().startswith(_TARGET_PREFIXES):
            return self.dose.alpha_beta_tumour
        return self.dose.alpha_beta_normal

    def required_fields(self, form: Form) -> tuple[str, ...]:
        """Names of the fields of a form that must carry a value or a reason."""
        for items in self.required:
            if items.form == form:
                return items.fields
        return ()

    def assumptions_about(self, path: str) -> tuple[Assumption, ...]:
        """Assumptions on a part of the protocol ("schedule", "endpoints.PFS") and within it."""
        return tuple(
            assumption
            for assumption in self.assumptions
            if assumption.about == path or assumption.about.startswith(path + ".")
        )

    @property
    def timing(self) -> tuple[Step, ...]:
        """Treatment steps whose timing is tracked."""
        return self.schedule.steps if self.schedule else ()
