"""Figures drawn in both widths: for pages and paper, and for narrow screens."""

from __future__ import annotations

from typing import Protocol

from analytics.artefacts.parts import Figure, Steps, Table


class Draw(Protocol):
    """Draws one width of a figure as SVG."""

    def __call__(self, *, figure_id: str, compact: bool) -> str:
        """The drawing; ``figure_id`` is the prefix of the ids in it."""


def in_both_widths(
    draw: Draw, *, key: str, title: str, table: Table, steps: tuple[Steps, ...] = ()
) -> Figure:
    """The figure, whose ids begin with its key."""
    return Figure(
        key=key,
        title=title,
        svg=draw(figure_id=key, compact=False),
        svg_compact=draw(figure_id=f"{key}-compact", compact=True),
        table=table,
        steps=steps,
    )
