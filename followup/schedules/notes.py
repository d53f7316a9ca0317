"""Why an expected visit has its status, in words that can be translated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from registry.partial_date import PartialDate
from registry.protocols.vocabulary import gettext_noop, label


class NoteCode(StrEnum):
    """Reasons that the engine gives."""

    WAITING_FOR_DATE = "waiting_for_date"
    DAY_UNKNOWN = "day_unknown"
    ENDED = "ended"
    THINNED = "thinned"
    NOT_ASKED = "not_asked"
    RESTARTED = "restarted"
    LOST = "lost"
    POSTPONED = "postponed"
    MISSED = "missed"
    NOT_APPLICABLE = "not_applicable"
    EARLY = "early"
    LATE = "late"
    PARTIAL = "partial"


_TEXTS: dict[NoteCode, str] = {
    NoteCode.WAITING_FOR_DATE: gettext_noop("waiting for the date of: %(about)s"),
    NoteCode.DAY_UNKNOWN: gettext_noop("known only as %(on)s: %(about)s"),
    NoteCode.ENDED: gettext_noop("follow-up ended on %(on)s: %(about)s"),
    NoteCode.THINNED: gettext_noop("less is asked for since %(on)s: %(about)s"),
    NoteCode.NOT_ASKED: gettext_noop("not asked for since %(on)s: %(about)s"),
    NoteCode.RESTARTED: gettext_noop("visits count from the next course, which began on %(on)s"),
    NoteCode.LOST: gettext_noop("lost to follow-up until %(on)s"),
    NoteCode.POSTPONED: gettext_noop("postponed from %(on)s: %(reason)s"),
    NoteCode.MISSED: gettext_noop("missed: %(reason)s"),
    NoteCode.NOT_APPLICABLE: gettext_noop("not applicable: %(reason)s"),
    NoteCode.EARLY: gettext_noop("before the window, on %(on)s"),
    NoteCode.LATE: gettext_noop("after the window, on %(on)s"),
    NoteCode.PARTIAL: gettext_noop("not provided: %(about)s"),
}


@dataclass(frozen=True, slots=True)
class Note:
    """A reason: ``about`` are vocabulary words, ``reason`` is what a person wrote."""

    code: NoteCode
    about: tuple[StrEnum, ...] = ()
    on: PartialDate | dt.date | None = None
    reason: str = ""

    def text(
        self,
        translate: Callable[[str], str] = str,
        show_date: Callable[[PartialDate | dt.date], str] = str,
    ) -> str:
        """The reason in words; pages pass gettext and their way of writing dates."""
        return translate(_TEXTS[self.code]) % {
            "about": ", ".join(translate(label(word)) for word in self.about),
            "on": "" if self.on is None else show_date(self.on),
            "reason": self.reason,
        }
