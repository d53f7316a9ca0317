"""Loads the official CTCAE grade texts of a site's workbook into the terminology tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.audit import recorded
from registry.models import CtcaeGrade, User
from registry.terminology.ctcae_workbook import GradeText
from registry.terminology.errors import TerminologyError


@dataclass(frozen=True)
class LoadedTexts:
    """How many grade texts were new, differed from what was there, or stood there already."""

    added: int
    changed: int
    unchanged: int

    @property
    def is_news(self) -> bool:
        """Whether the load wrote anything."""
        return bool(self.added or self.changed)


def load_ctcae_grade_texts(
    *, release: str, texts: Iterable[GradeText], by: User | None
) -> LoadedTexts:
    """Store the official text of each grade; all or nothing, safe to repeat.

    ``texts`` as :func:`registry.terminology.ctcae_workbook.read_grade_texts` gives them;
    ``by=None`` for a load from the command line.

    Raises:
        TerminologyError: for a term or grade that the tables do not hold in this release.
    """
    added: list[CtcaeGrade] = []
    changed: list[CtcaeGrade] = []
    unchanged = 0
    with recorded(by=by, origin="load_ctcae"):
        grades = CtcaeGrade.objects.filter(term__release=release).select_related("term")
        rows = {(row.term.term, row.grade): row for row in grades}
        for text in texts:
            row = rows.get((text.term, text.grade))
            if row is None:
                raise TerminologyError(
                    f"the registry holds no grade {text.grade} of {text.term!r} "
                    f"in CTCAE {release}; has the database been migrated?"
                )
            if row.official_text == text.text:
                unchanged += 1
                continue
            (changed if row.official_text else added).append(row)
            row.official_text = text.text
        CtcaeGrade.objects.bulk_update([*added, *changed], ["official_text"], batch_size=500)
    return LoadedTexts(len(added), len(changed), unchanged)
