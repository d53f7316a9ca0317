"""Lists of patients page by page: which keys stand on a page, and how many there are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

MOST_COUNTED = 500
"""Rows are counted up to here: counting a hundred thousand takes longer than showing a page."""


class Listing:
    """Keys of patients in the order of a list, read from the database slice by slice.

    ``parts`` follow one another; each is a query of keys in its own order, such that the database
    reads it along an index and stops at the end of the slice.
    """

    def __init__(self, *parts: QuerySet[Any, int]) -> None:
        self.parts = parts

    def __len__(self) -> int:
        """How many there are, at most one more than :data:`MOST_COUNTED`."""
        return len(self._first)

    def slice(self, start: int, stop: int) -> list[int]:
        """The keys from ``start`` to before ``stop``."""
        if stop <= MOST_COUNTED or len(self) <= MOST_COUNTED:
            return self._first[start:stop]
        return self._read(start, stop)

    @cached_property
    def _first(self) -> list[int]:
        """The keys that are counted: one query for the first pages and for the count."""
        return self._read(0, MOST_COUNTED + 1)

    def _read(self, start: int, stop: int) -> list[int]:
        keys: list[int] = []
        for part in self.parts:
            found = list(part[start:stop])
            keys += found
            if len(found) == stop - start or part is self.parts[-1]:
                break
            passed = start + len(found) if found else part.order_by().count()
            start, stop = max(0, start - passed), stop - passed
        return keys


class ListingPaginator(Paginator):
    """Pages of a :class:`Listing`, which need not know how many there are in all."""

    most_counted = MOST_COUNTED

    def __init__(self, listing: Listing, per_page: int) -> None:
        super().__init__((), per_page)
        self.listing = listing

    def page_of(self, number: str | None, behind: QuerySet[Any, int] | None = None) -> Page[int]:
        """The keys of a page; the first page for no number, the last for one beyond it.

        Beyond the rows that are counted the pages go on as long as there are rows. There the page
        is read from ``behind``, where the caller knows the keys that follow the page before.
        """
        wanted = int(number) if number and number.isdecimal() and len(number) < 10 else 1
        if wanted <= self.num_pages or not self.is_capped:
            wanted = max(1, min(wanted, self.num_pages))
        keys: list[int] = []
        if behind is not None and wanted > self.num_pages:
            keys = list(behind[: self.per_page + 1])
        keys = keys or self._keys(wanted)
        if not keys and wanted > 1:
            wanted = self.num_pages
            keys = self._keys(wanted)
        page = Page(keys[: self.per_page], wanted, self)
        if self.is_capped:
            self.__dict__["num_pages"] = wanted + (len(keys) > self.per_page)
        return page

    @property
    def is_capped(self) -> bool:
        """True when there are more rows than were counted."""
        return self.count > MOST_COUNTED

    @cached_property
    def count(self) -> int:
        """How many rows there are, as far as they are counted."""
        return len(self.listing)

    def _keys(self, page: int) -> list[int]:
        start = (page - 1) * self.per_page
        return self.listing.slice(start, start + self.per_page + 1)
