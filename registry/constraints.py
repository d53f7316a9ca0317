"""Whether dose-volume figures keep a constraint of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from registry.protocols import DoseConstraint
from registry.protocols.types import DoseLimit
from registry.protocols.vocabulary import MetricUnit

_DOSES = (MetricUnit.GY.value, MetricUnit.GY_RBE.value)


class DoseFigure(Protocol):
    """A dose-volume figure: a row of the table, saved or not, or its plain values."""

    @property
    def structure(self) -> str:
        """Name of the structure as in TG-263."""

    @property
    def metric(self) -> str:
        """What was measured, as in TG-263: "V20Gy", "Max", "D1cc"."""

    @property
    def unit(self) -> str:
        """Unit of the value."""

    @property
    def value(self) -> Any:
        """The figure, None where it is not known."""

    @property
    def eqd2_alpha_beta_gy(self) -> Any:
        """α/β with which the figure was made an EQD2; None for a figure of physical dose."""


Figure = TypeVar("Figure", bound=DoseFigure)


class Measured(NamedTuple, Generic[Figure]):
    """A figure, the limit that it is about, and its value in the unit of the limit."""

    figure: Figure
    limit: DoseLimit
    value: float


@dataclass(frozen=True)
class Judgement(Generic[Figure]):
    """A constraint on one structure of one course.

    Attributes:
        structure: its name on file, such as "Kidney_L" under a constraint on kidneys.
        measured: what its limits are about, at least one.
        is_kept: one kept limit suffices.
    """

    structure: str
    measured: tuple[Measured[Figure], ...]
    is_kept: bool


def judgements(
    constraint: DoseConstraint, figures: Iterable[Figure], *, prescribed_gy: float | None
) -> Iterator[Judgement[Figure]]:
    """The constraint on each structure whose figures of one course tell whether it is kept.

    A structure belongs to the constraint when its name begins with one that the constraint names
    (left and right too). A structure without a figure for any limit is not judged, nor is one by
    figures of EQD2: the limits are physical doses.

    Args:
        figures: of one course.
        prescribed_gy: dose of the course, by which a dose in Gy is held against a limit in percent
            of the prescribed dose; None where it is not known.
    """
    by_structure: dict[str, list[Measured[Figure]]] = {}
    for figure in figures:
        measured = _measured(constraint, figure, prescribed_gy)
        if measured is not None and _is_meant(constraint, figure):
            by_structure.setdefault(figure.structure, []).append(measured)
    for structure, of_it in by_structure.items():
        is_kept = any(one.limit.holds(one.value) for one in of_it)
        yield Judgement(structure, tuple(of_it), is_kept)


def _measured(
    constraint: DoseConstraint, figure: Figure, prescribed_gy: float | None
) -> Measured[Figure] | None:
    """The figure in the unit of the limit that it is about; None where no limit is."""
    for limit in constraint.limits:
        if limit.metric.casefold() == figure.metric.casefold() and figure.value is not None:
            if limit.unit.value == figure.unit:
                return Measured(figure, limit, float(figure.value))
            if limit.unit is MetricUnit.PERCENT and figure.unit in _DOSES and prescribed_gy:
                return Measured(figure, limit, 100 * float(figure.value) / prescribed_gy)
    return None


def _is_meant(constraint: DoseConstraint, figure: DoseFigure) -> bool:
    name = figure.structure.casefold()
    is_of_it = any(name.startswith(structure.casefold()) for structure in constraint.structures)
    return is_of_it and figure.eqd2_alpha_beta_gy is None
