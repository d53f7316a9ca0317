"""Own-worded reminders of what a grade means, for the terms that sarcoma radiotherapy meets.

They stand in for the official grade texts, which a site loads itself; where both are there, the
official text decides. Layout: see the head of ``data/grade_hints.toml``.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from registry.terminology import ctcae
from registry.terminology.errors import TerminologyError

DATA = Path(__file__).parent / "data" / "grade_hints.toml"


def hints(release: str, term: str) -> dict[int, str]:
    """Grade → reminder, for exactly the grades of the term; empty for a term without reminders.

    Raises TerminologyError for a release that is not shipped.
    """
    known = ctcae.find(release, term)
    return dict(_shipped().get((release, known.term), {})) if known else {}


def hinted_terms(release: str) -> tuple[str, ...]:
    """The terms of a release that have reminders, in the order of the file."""
    return tuple(term for of_release, term in _shipped() if of_release == release)


@cache
def terms_of(concept: str, release: str) -> tuple[str, ...]:
    """The terms of a release for a concept of the file, such as "limb_oedema".

    Raises:
        KeyError: there is no such concept.
    """
    concepts = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return tuple(concepts[concept]["terms"].get(release, ()))


def read_hints(path: Path) -> dict[tuple[str, str], dict[int, str]]:
    """(release, term) → grade → reminder.

    Raises TerminologyError naming file and concept for a term that the release does not have, a
    term named twice, and reminders that are not for exactly the grades of the term.
    """
    found: dict[tuple[str, str], dict[int, str]] = {}
    try:
        concepts = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise TerminologyError(f"{path.name}: {error}") from error
    for name, concept in concepts.items():
        place = f"{path.name}, [{name}]"
        unknown = set(concept) - {"terms", "grades", "in"}
        if unknown or "terms" not in concept:
            raise TerminologyError(f"{place}: needs terms, grades, in; has {sorted(concept)}")
        for release, terms in concept["terms"].items():
            for term in terms:
                if (release, term) in found:
                    raise TerminologyError(f"{place}: {term!r} of {release} stands twice")
                found[release, term] = _hints_of(concept, release, term, place)
    return found


@cache
def _shipped() -> dict[tuple[str, str], dict[int, str]]:
    return read_hints(DATA)


def _hints_of(concept: dict[str, Any], release: str, term: str, place: str) -> dict[int, str]:
    known = ctcae.find(release, term)
    if known is None or known.term != term:
        raise TerminologyError(f"{place}: CTCAE {release} has no term {term!r}")
    general = {int(grade): text for grade, text in concept.get("grades", {}).items()}
    special = {int(grade): text for grade, text in concept.get("in", {}).get(release, {}).items()}
    missing = set(known.grades) - set(general) - set(special)
    surplus = set(special) - set(known.grades)
    if missing or surplus:
        raise TerminologyError(
            f"{place}: {term!r} of {release} has grades {list(known.grades)}; "
            f"reminders missing for {sorted(missing)}, given without need for {sorted(surplus)}"
        )
    return {grade: special.get(grade, general.get(grade, "")) for grade in known.grades}
