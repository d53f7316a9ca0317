"""CTCAE term tables: system organ class, term and the grades that exist, for each release.

Within a release a term's name alone is unique (also when upper and lower case are taken as the
same), so ``(release, term)`` is the stable key of a term. Definitions and official grade texts are
not shipped: a site loads them from the official workbook (see ``ctcae_workbook``).

Layout of ``data/ctcae_<release>.txt``, one line per thing so that a change shows as one line::

    # comment
    [system organ class]
    2345<tab>Wound infection
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from registry.terminology.errors import TerminologyError

RELEASES = ("3.0", "4.03", "5.0", "6.0")

DATA = Path(__file__).parent / "data"


class Term(NamedTuple):
    """One CTCAE term; ``grades`` are the severity grades (1 to 5) that exist, ascending."""

    release: str
    soc: str
    term: str
    grades: tuple[int, ...]


@cache
def terms(release: str) -> tuple[Term, ...]:
    """All terms of a release in the order of the publication.

    Raises TerminologyError for a release that is not shipped or a damaged file.
    """
    if release not in RELEASES:
        known = ", ".join(RELEASES)
        raise TerminologyError(f"CTCAE {release!r} is not shipped; releases are {known}")
    return read_terms(DATA / f"ctcae_{release}.txt", release)


def find(release: str, term: str) -> Term | None:
    """The term of that name, ignoring case and runs of blanks; None when there is none.

    Raises TerminologyError for a release that is not shipped.
    """
    return _by_key(release).get(key(term))


def key(name: str) -> str:
    """Form under which two spellings of a name are the same name."""
    return " ".join(name.split()).casefold()


def read_terms(path: Path, release: str) -> tuple[Term, ...]:
    """Read one term table. Raises TerminologyError naming file and line."""
    found: dict[str, Term] = {}
    socs: set[str] = set()
    soc = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        place = f"{path.name}, line {number}"
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("["):
            soc = _heading(line, place)
            if soc in socs:
                raise TerminologyError(f"{place}: system organ class {soc!r} occurs twice")
            socs.add(soc)
            continue
        if not soc:
            raise TerminologyError(f"{place}: a term stands before the first [system organ class]")
        term = _term(line, place, release, soc)
        if key(term.term) in found:
            raise TerminologyError(f"{place}: term {term.term!r} occurs twice")
        found[key(term.term)] = term
    if not found:
        raise TerminologyError(f"{path.name}: holds no term")
    return tuple(found.values())


@cache
def _by_key(release: str) -> dict[str, Term]:
    return {key(term.term): term for term in terms(release)}


def _heading(line: str, place: str) -> str:
    soc = line.strip()
    if not soc.endswith("]") or not soc[1:-1].strip():
        raise TerminologyError(f"{place}: {line!r} is not a [system organ class]")
    return soc[1:-1].strip()


def _term(line: str, place: str, release: str, soc: str) -> Term:
    digits, tab, name = line.partition("\t")
    if not tab or not name.strip():
        raise TerminologyError(f"{place}: expected grades, a tab and a term, got {line!r}")
    if not digits or any(digit not in "12345" for digit in digits):
        raise TerminologyError(f"{place}: grades {digits!r} are not digits from 1 to 5")
    if list(digits) != sorted(set(digits)):
        raise TerminologyError(f"{place}: grades {digits!r} are not in ascending order")
    return Term(release, soc, name.strip(), tuple(int(digit) for digit in digits))
