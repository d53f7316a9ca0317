"""A figure of a paper as data: what was published, and how a registry has it from its own facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from analytics.covariates import Condition
from registry.protocols.vocabulary import ToxicityPhase, Unit


class FigureUnit(StrEnum):
    """Units of published figures."""

    PERCENT = "%"
    MONTHS = "months"
    YEARS = "years"
    DAYS = "days"
    GY = "Gy"
    CM3 = "cm3"
    CM = "cm"
    COUNT = "count"
    RATIO = "ratio"
    HAZARD_RATIO = "HR"
    P_VALUE = "p"


class Measure(StrEnum):
    """How a figure is computed again; what each needs, says ``NEEDS``."""

    RATE = "rate"  # Kaplan-Meier at some months
    MEDIAN_TIME = "median_time"  # Kaplan-Meier median
    EVENTS = "events"  # number of events of an endpoint
    EVENT_TIME = "event_time"  # median (range) of the months to the event, of those who had it
    FOLLOW_UP = "follow_up"  # median (range) of the months to death or last contact
    FOLLOW_UP_ALIVE = "follow_up_alive"  # the same of those alive
    ROWS = "rows"  # number of rows of a frame
    SHARE = "share"  # percent of the rows of a frame
    SPREAD = "spread"  # median (range) of a column
    TOXICITY = "toxicity"  # patients with toxicity, as percent or count
    TOXICITY_EVENTS = "toxicity_events"  # number of adverse events
    WOUND = "wound"  # percent of those operated, within 120 days
    LOG_RANK = "log_rank"  # P between those inside and outside of a condition
    HAZARD_RATIO = "hazard_ratio"  # of those inside against those outside, Cox
    SCREENED = "screened"  # persons considered


NEEDS: dict[Measure, tuple[str, ...]] = {
    Measure.RATE: ("endpoint", "months"),
    Measure.MEDIAN_TIME: ("endpoint",),
    Measure.EVENTS: ("endpoint",),
    Measure.EVENT_TIME: ("endpoint",),
    Measure.FOLLOW_UP: ("by",),
    Measure.FOLLOW_UP_ALIVE: ("by",),
    Measure.ROWS: ("frame",),
    Measure.SHARE: ("frame", "where"),
    Measure.SPREAD: ("frame", "column"),
    Measure.TOXICITY: ("grade",),
    Measure.TOXICITY_EVENTS: ("grade",),
    Measure.WOUND: (),
    Measure.LOG_RANK: ("endpoint", "where"),
    Measure.HAZARD_RATIO: ("endpoint", "where"),
    Measure.SCREENED: (),
}
"""Keys that a measure cannot do without."""

UNITS: dict[Measure, tuple[FigureUnit, ...]] = {
    Measure.RATE: (FigureUnit.PERCENT,),
    Measure.MEDIAN_TIME: (FigureUnit.MONTHS,),
    Measure.EVENTS: (FigureUnit.COUNT,),
    Measure.EVENT_TIME: (FigureUnit.MONTHS,),
    Measure.FOLLOW_UP: (FigureUnit.MONTHS,),
    Measure.FOLLOW_UP_ALIVE: (FigureUnit.MONTHS,),
    Measure.ROWS: (FigureUnit.COUNT,),
    Measure.SHARE: (FigureUnit.PERCENT,),
    Measure.TOXICITY: (FigureUnit.PERCENT, FigureUnit.COUNT),
    Measure.TOXICITY_EVENTS: (FigureUnit.COUNT,),
    Measure.WOUND: (FigureUnit.PERCENT,),
    Measure.LOG_RANK: (FigureUnit.P_VALUE,),
    Measure.HAZARD_RATIO: (FigureUnit.HAZARD_RATIO,),
    Measure.SCREENED: (FigureUnit.COUNT,),
}
"""Units that figures of a measure can have; a spread has that of its column."""


class Frame(StrEnum):
    """Frames of a cohort that figures are counted in."""

    PATIENTS = "patients"
    LESIONS = "lesions"
    TARGETS = "targets"
    COURSES = "courses"
    LOSSES = "losses"


@dataclass(frozen=True)
class Recompute:
    """How a figure is had from a cohort; what a measure does not need keeps its default.

    Attributes:
        endpoint, months: code of the endpoint, and the time of a rate.
        by: what follow-up is counted on.
        frame, column: frame and column of counts, shares and spreads.
        grade, phase, concepts, regions: toxicity of at least this grade; concepts are those of the
            grade reminders, such as "limb_oedema", and regions those of the primary. Empty: all.
        where: the patients or lesions meant; those whose value is missing are left out.
    """

    measure: Measure
    endpoint: str
    months: float
    by: Unit
    frame: Frame
    column: str
    grade: int
    phase: ToxicityPhase | None
    concepts: tuple[str, ...]
    regions: tuple[str, ...]
    where: Condition | None


@dataclass(frozen=True)
class PaperFigure:
    """One published figure.

    Attributes:
        name: what it is.
        value, lower, upper: as printed; limits of confidence, or a range.
        unit: of all three.
        reference: table, figure or section of the paper.
        recompute: None where a registry cannot have it; ``remark`` says why.
        remark: what a reader must know, such as figures that the paper's own numbers contradict.
    """

    name: str
    value: float
    lower: float | None
    upper: float | None
    unit: FigureUnit
    reference: str
    recompute: Recompute | None
    remark: str


@dataclass(frozen=True)
class Group:
    """Figures that stand together."""

    title: str
    figures: tuple[PaperFigure, ...]


@dataclass(frozen=True)
class Paper:
    """The figures of one paper; its citation is the source of the protocol."""

    note: str
    groups: tuple[Group, ...]
