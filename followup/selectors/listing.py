"""Lists of patients page by page: which keys stand on a page, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

MOST_COUNTED = 1_000
"""Rows are counted up to here: counting a hundred thousand takes longer than showing a page."""


class Listing(Sequence[int]):
    """Keys of patients in the order of a list, read from the database slice by slice.

    ``parts`` follow one another and hold the rows of ``rows`` between them; each is a query of keys
    in its own order, such that the database reads it along an index and stops at the end of the
    slice.
    """

    def __init__(self, rows: QuerySet[Any, Any], *parts: QuerySet[Any, int]) -> None:
        self.rows = rows
        self.parts = parts

    def __len__(self) -> int:
        """How many there are, at most one more than :data:`MOST_COUNTED`."""
        return self.rows.order_by()[: MOST_COUNTED + 1].count()

    def __getitem__(self, wanted: Any) -> Any:
        """The keys of a slice with start and stop."""
        start, stop = wanted.start, wanted.stop
        keys: list[int] = []
        for place, part in enumerate(self.parts):
            found = list(part[start:stop])
            keys += found
            if len(found) == stop - start or place == len(self.parts) - 1:
                break
            skipped = start + len(found) if found else part.order_by().count()
            start, stop = max(0, start - skipped), stop - skipped
        return keys


class ListingPaginator(Paginator):
    """Pages of a :class:`Listing`, which need not know how many there are in all.

    One key more than a page holds is read: where it is missing the page is the last one, and the
    number of rows is known without counting.
    """

    object_list: Listing
    most_counted = MOST_COUNTED

    def page_of(self, number: str | None) -> Page[int]:
        """The page of that number; the first for no number, the last for one beyond it."""
        page = int(number) if number and number.isdecimal() and len(number) < 10 else 1
        page = max(1, page)
        keys = self._keys(page)
        if not keys and page > 1:
            page = max(1, min(page, self.num_pages))
            keys = self._keys(page)
        if len(keys) <= self.per_page:
            self.__dict__["count"] = (page - 1) * self.per_page + len(keys)
        found = Page(keys[: self.per_page], page, self)
        self.__dict__["num_pages"] = page + (len(keys) > self.per_page)
        return found

    @property
    def is_capped(self) -> bool:
        """True when there are more rows than were counted."""
        return self.count > MOST_COUNTED

    def _keys(self, page: int) -> list[int]:
        start = (page - 1) * self.per_page
        keys: list[int] = self.object_list[start : start + self.per_page + 1]
        return keys
