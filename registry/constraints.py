"""Whether dose-volume figures keep a constraint of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from registry.protocols import DoseConstraint
from registry.protocols.types import DoseLimit


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


@dataclass(frozen=True)
class Judgement(Generic[Figure]):
    """A constraint on one structure of one course.

    Attributes:
        structure: its name on file, such as "Kidney_L" under a constraint on kidneys.
        figures: what its limits are about, at least one.
        is_kept: one kept limit suffices.
    """

    structure: str
    figures: tuple[Figure, ...]
    is_kept: bool


def judgements(
    constraint: DoseConstraint, figures: Iterable[Figure]
) -> Iterator[Judgement[Figure]]:
    """The constraint on each structure whose figures of one course tell whether it is kept.

    A structure belongs to the constraint when its name begins with one that the constraint names
    (left and right too). A structure without a figure for any limit is not judged, nor is one by
    figures of EQD2: the limits are physical doses.
    """
    by_structure: dict[str, list[Figure]] = {}
    for figure in figures:
        if _is_meant(constraint, figure) and limit_of(constraint, figure) is not None:
            by_structure.setdefault(figure.structure, []).append(figure)
    for structure, measured in by_structure.items():
        is_kept = any(_keeps(constraint, figure) for figure in measured)
        yield Judgement(structure, tuple(measured), is_kept)


def limit_of(constraint: DoseConstraint, figure: DoseFigure) -> DoseLimit | None:
    """The limit of the constraint that the figure is about."""
    measured = (figure.metric.casefold(), figure.unit)
    for limit in constraint.limits:
        if (limit.metric.casefold(), limit.unit.value) == measured:
            return limit
    return None


def _keeps(constraint: DoseConstraint, figure: DoseFigure) -> bool:
    limit = limit_of(constraint, figure)
    return limit is not None and limit.holds(float(figure.value))


def _is_meant(constraint: DoseConstraint, figure: DoseFigure) -> bool:
    name = figure.structure.casefold()
    is_physical = figure.eqd2_alpha_beta_gy is None
    is_of_it = any(name.startswith(structure.casefold()) for structure in constraint.structures)
    return is_of_it and is_physical and figure.value is not None
