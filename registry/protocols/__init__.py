"""Study protocols as data: one TOML file per study, read into typed, immutable objects."""

from registry.protocols.calendar import MEAN_MONTH_DAYS, Offset, OffsetUnit, add_months
from registry.protocols.presets import PRESETS, preset, preset_text
from registry.protocols.reader import read_protocol
from registry.protocols.schedule import Clock, Schedule, Segment, Step, Window
from registry.protocols.section import ProtocolError
from registry.protocols.types import (
    AcuteBorder,
    Assumption,
    Criterion,
    DoseConstraint,
    DoseLimit,
    DosePattern,
    DosePolicy,
    Endpoint,
    PhasePattern,
    Protocol,
    Range,
    ReminderPolicy,
    RequiredItems,
    Source,
    ToxicityRule,
)

__all__ = [
    "MEAN_MONTH_DAYS",
    "PRESETS",
    "AcuteBorder",
    "Assumption",
    "Clock",
    "Criterion",
    "DoseConstraint",
    "DoseLimit",
    "DosePattern",
    "DosePolicy",
    "Endpoint",
    "Offset",
    "OffsetUnit",
    "PhasePattern",
    "Protocol",
    "ProtocolError",
    "Range",
    "ReminderPolicy",
    "RequiredItems",
    "Schedule",
    "Segment",
    "Source",
    "Step",
    "ToxicityRule",
    "Window",
    "add_months",
    "preset",
    "preset_text",
    "read_protocol",
]
