"""Keeps keys that stand in addresses out of the logs."""

from __future__ import annotations

import logging
import re

LOGGERS = ("django.request", "django.server", "django.security.csrf")
"""Loggers of Django that write the address of a request."""


class WithoutKeys(logging.Filter):
    """Takes the keys of one kind of address out of what is logged about requests.

    Attributes:
        pattern: the address, with groups for what stands before and after its key.
    """

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self.pattern = re.compile(pattern)

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, the key does not."""
        record.msg = self._without(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(self._without(value) for value in record.args)
        return True

    def _without(self, value: object) -> object:
        return self.pattern.sub(r"\1…\2", value) if isinstance(value, str) else value


def keep_keys_out_of_logs(pattern: str) -> None:
    """Lay a filter on every logger that writes addresses; doing it twice does no harm."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        there = (one.pattern.pattern for one in logger.filters if isinstance(one, WithoutKeys))
        if pattern not in there:
            logger.addFilter(WithoutKeys(pattern))
