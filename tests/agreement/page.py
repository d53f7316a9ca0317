"""The table of docs/validation.md: how it is written, and how it is read again."""

from collections.abc import Iterable
from pathlib import Path

from tests.agreement.comparing import Agreement

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
BEGIN = "<!-- written by: python -m tests.agreement -->"
END = "<!-- end of the table -->"
HEAD = ("Statistic", "R", "Data sets", "Figures", "Absolute", "Relative", "Allowed")


def table(lines: Iterable[Agreement]) -> str:
    """Markdown table; differences with two digits."""
    rows = [f"| {' | '.join(HEAD)} |", "|---|---|--:|--:|--:|--:|--:|"]
    rows += [
        f"| {line.statistic} | {line.against} | {line.data_sets} | {line.figures:,} "
        f"| {line.absolute:.1e} | {line.relative:.1e} | {line.tolerance:.0e} |"
        for line in lines
    ]
    return "\n".join(rows)


def rewritten(text: str, lines: Iterable[Agreement]) -> str:
    """The page with its table replaced.

    Raises:
        ValueError: the page lacks one of the two marks.
    """
    before, mark, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{PAGE.name} has no table between {BEGIN!r} and {END!r}")
    return f"{before}{BEGIN}\n\n{table(lines)}\n\n{END}{after}"


def read(text: str) -> list[Agreement]:
    """The lines of the table of the page.

    Raises:
        ValueError: a cell that is no number where there must be one.
    """
    inside = text.partition(BEGIN)[2].partition(END)[0].strip().splitlines()[2:]
    found = []
    for row in inside:
        statistic, against, *rest = (cell.strip() for cell in row.strip("|").split(" | "))
        data_sets, figures, absolute, relative, tolerance = rest
        found.append(
            Agreement(
                statistic,
                against,
                int(data_sets),
                int(figures.replace(",", "")),
                float(absolute),
                float(relative),
                float(tolerance),
            )
        )
    return found
