"""Keeps the keys of calendars, which stand in their addresses, out of the logs."""

from __future__ import annotations

import logging
import re

_KEY_IN_PATH = re.compile(r"(/calendars/)[^/\s?]+(\.ics)")
LOGGERS = ("django.request", "django.server", "django.security.csrf")
"""Loggers of Django that write the address of a request."""


class WithoutKeys(logging.Filter):
    """Takes the keys of calendars out of what is logged about requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true: the line stays, the key does not."""
        record.msg = _without(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(_without(value) for value in record.args)
        return True


def _without(value: object) -> object:
    return _KEY_IN_PATH.sub(r"\1…\2", value) if isinstance(value, str) else value


def keep_keys_out_of_logs() -> None:
    """Lay the filter on every logger that writes addresses; doing it twice does no harm."""
    for name in LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(one, WithoutKeys) for one in logger.filters):
            logger.addFilter(WithoutKeys())
