"""Tables in plain text, for commands."""

from __future__ import annotations

from collections.abc import Sequence


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Lines of aligned columns: the first ``left`` to the left, the others (numbers) to the right.

    Raises:
        ValueError: a row is not as long as the head.
    """
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]

    def aligned(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return "\n".join(aligned(line) for line in lines)


def percent(share: float | None) -> str:
    """A share between 0 and 1 as percent with one decimal; a dash where it is not known."""
    return "–" if share is None else f"{100 * share:.1f}"


def months(figure: float | None) -> str:
    """Months with one decimal; a dash where not reached."""
    return "–" if figure is None else f"{figure:.1f}"
