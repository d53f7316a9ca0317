"""Finds CTCAE terms by the beginnings of words, in American or British spelling.

A term is found when it has every word of the text, in any order. The nearest come first:
the term begins with the word > a word of the term begins with it > it stands inside of the term >
a word of the system organ class begins with it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from registry.terminology import ctcae
from registry.terminology.spelling import british

LONGEST_TEXT = 250
"""Letters of a text that are looked at; no name of a term is longer."""

# In the name of nearly every class, so that they say nothing.
_IDLE = frozenset({"and", "disorders"})

_BEGINS_TERM, _BEGINS_WORD, _INSIDE, _IN_CLASS = range(4)


class _Entry(NamedTuple):
    """A term with what it is found by: its name and words in both spellings, words of its class."""

    term: ctcae.Term
    names: tuple[str, ...]
    words: frozenset[str]
    class_words: frozenset[str]


def search(release: str, text: str) -> list[ctcae.Term]:
    """All terms of a release that the text fits, the nearest first; none for a text without words.

    Raises TerminologyError for a release that is not shipped.
    """
    entries = _entries(release)
    typed = _words(text[:LONGEST_TEXT].casefold())
    if not typed:
        return []
    whole, wanted = " ".join(typed), list(dict.fromkeys(typed))
    found = []
    for entry in entries:
        ranks = _ranks(entry, wanted)
        if ranks is None:
            continue
        if any(name.startswith(whole) for name in entry.names):
            ranks = [_BEGINS_TERM]
        is_rest = entry.term.term.casefold().partition(" - other")[1] != ""
        found.append((max(ranks), sum(ranks), is_rest, entry.names[0], entry.term))
    return [term for *_, term in sorted(found)]


def _ranks(entry: _Entry, wanted: list[str]) -> list[int] | None:
    """How near each word comes; None when one of them is nowhere."""
    ranks = []
    for word in wanted:
        rank = _rank(entry, word)
        if rank is None:
            return None
        ranks.append(rank)
    return ranks


def _rank(entry: _Entry, word: str) -> int | None:
    if any(name.startswith(word) for name in entry.names):
        return _BEGINS_TERM
    if any(own.startswith(word) for own in entry.words):
        return _BEGINS_WORD
    if any(word in name for name in entry.names):
        return _INSIDE
    if any(own.startswith(word) for own in entry.class_words):
        return _IN_CLASS
    return None


@cache
def _entries(release: str) -> tuple[_Entry, ...]:
    return tuple(_entry(term) for term in ctcae.terms(release))


def _entry(term: ctcae.Term) -> _Entry:
    names = tuple(" ".join(words) for words in _spellings(term.term))
    in_class = {word for words in _spellings(term.soc) for word in words}
    return _Entry(
        term=term,
        names=names,
        words=frozenset(" ".join(names).split()),
        class_words=frozenset(in_class - _IDLE),
    )


def _spellings(text: str) -> list[list[str]]:
    american = text.casefold()
    return [_words(spelling) for spelling in dict.fromkeys((american, british(american)))]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)
