"""CTCAE terms for picking: found by their words, used recently, and the grades that each has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from registry.models import Centre, CtcaeTerm, ToxicityEvent
from registry.terminology.hints import hints
from registry.terminology.search import search

FOUND_AT_ONCE = 30
RECENT_AT_ONCE = 10


@dataclass(frozen=True)
class FoundTerms:
    """The nearest terms, and how many there are in all."""

    terms: tuple[CtcaeTerm, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class GradeChoice:
    """A grade that a term has; ``text`` says what it means, "" where nothing is known.

    ``is_official`` tells the text of the NCI, which the site loaded, from our own reminder.
    """

    grade: int
    text: str
    is_official: bool


def search_terms(release: str, text: str, *, limit: int = FOUND_AT_ONCE) -> FoundTerms:
    """Terms of a release that the text fits, the nearest first (see registry.terminology.search).

    Raises:
        TerminologyError: for a release that is not shipped.
    """
    names = [term.term for term in search(release, text)]
    shown = CtcaeTerm.objects.filter(release=release, term__in=names[:limit])
    return FoundTerms(_ordered(shown, names), len(names))


def recent_terms(
    release: str, centre: Centre, *, limit: int = RECENT_AT_ONCE
) -> tuple[CtcaeTerm, ...]:
    """Terms of a release that the centre entered last, the latest first, within the scope."""
    latest = (
        ToxicityEvent.objects.live()
        .filter(patient__centre=centre, patient__voided_at__isnull=True, term__release=release)
        .order_by()
        .values("term__term")
        .annotate(latest=Max("pk"))
        .order_by("-latest")[:limit]
    )
    names = [row["term__term"] for row in latest]
    return _ordered(CtcaeTerm.objects.filter(release=release, term__in=names), names)


def term_of(release: str, key: str) -> CtcaeTerm | None:
    """The term of that primary key; None without a key or for one that is not of this release."""
    # More digits than a key can have would be refused by the database.
    if not (key.isascii() and key.isdigit() and len(key) <= 9):
        return None
    return CtcaeTerm.objects.filter(release=release, pk=int(key)).first()


def grades_of(term: CtcaeTerm) -> tuple[GradeChoice, ...]:
    """The grades that exist of a term, ascending, each with the official text or our reminder.

    Raises:
        TerminologyError: for a term of a release that is not shipped.
    """
    reminders = hints(term.release, term.term)
    return tuple(
        GradeChoice(
            row.grade,
            row.official_text or reminders.get(row.grade, ""),
            is_official=bool(row.official_text),
        )
        for row in term.grades.order_by("grade")
    )


def _ordered(terms: Iterable[CtcaeTerm], names: list[str]) -> tuple[CtcaeTerm, ...]:
    place = {name: number for number, name in enumerate(names)}
    return tuple(sorted(terms, key=lambda row: place[row.term]))
