"""Expected visits as an iCalendar object (RFC 5545): pseudonyms, dates and links only.

One all-day event per visit, on its target date. The UID stays the same over every change; SEQUENCE
counts the changes, so that calendar programs follow moves and cancellations.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from followup.models import CalendarFeed, ExpectedVisit, VisitState
from followup.schedules import VisitStatus
from followup.selectors.calendar_visits import MOST_EVENTS, CalendarVisits
from registry.templatetags.ui import STATES
from registry.templatetags.values import day_text

REFRESH = dt.timedelta(hours=6)

_GONE = frozenset({VisitState.MISSED, VisitState.CANCELLED, VisitState.SUPERSEDED})
"""States that a calendar drops; what is done stays, and says so."""


def calendar_text(feed: CalendarFeed, shown: CalendarVisits, *, today: dt.date) -> bytes:
    """The whole calendar, UTF-8. The same visits on the same day give the same bytes.

    Visits come with study, patient and centre loaded.
    """
    with translation.override(settings.LANGUAGE_CODE):
        calendar = Calendar()
        name = _("Follow-up: %(name)s") % {"name": feed.name}
        calendar.add("prodid", "-//Sarcoma RT Registry//Follow-up//EN")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("method", "PUBLISH")
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("description", _about(shown))
        calendar.add("x-wr-caldesc", _about(shown))
        calendar.add("refresh-interval", REFRESH)
        calendar["refresh-interval"].params["VALUE"] = "DURATION"
        calendar.add("x-published-ttl", "PT6H")
        for visit in shown.visits:
            calendar.add_component(_event(visit, today))
        return bytes(calendar.to_ical())


def _about(shown: CalendarVisits) -> str:
    about = _("Expected follow-up visits under pseudonyms, as the registry knows them.")
    if not shown.is_cut:
        return about
    cut = _(
        "There are more than %(most)d: the open ones nearest to today are here, the others are in "
        "the registry."
    )
    return f"{about} {cut % {'most': MOST_EVENTS}}"


def _event(visit: ExpectedVisit, today: dt.date) -> Event:
    assert visit.target is not None, "visits without a date are in no calendar"
    host = urlsplit(settings.SITE_URL).hostname
    address = urljoin(
        settings.SITE_URL, reverse("registry:patient", args=[visit.enrolment.patient.pseudonym])
    )
    changed = _last_change(visit, today)
    event = Event()
    event.add("uid", f"visit-{visit.pk}@{host}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", visit.revision)
    event.add("dtstart", visit.target)
    event.add("dtend", visit.target + dt.timedelta(days=1))
    event.add("summary", _summary(visit))
    event.add("description", _description(visit, address, today))
    event.add("url", address)
    event.add("status", "CANCELLED" if visit.state in _GONE else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("categories", [visit.enrolment.study.key])
    return event


def _summary(visit: ExpectedVisit) -> str:
    """ "JINLING-A-001: Month 6 (Clinic visit, CTCAE assessment)"; of a settled one, its state."""
    what = visit.label or visit.requirements_text
    if visit.state == VisitState.OPEN:
        still = visit.outstanding_text if visit.label != visit.outstanding_text else ""
    else:
        still = _state_word(visit, VisitState(visit.state))
    words = f"{what} ({still})" if still else what
    return f"{visit.enrolment.patient.pseudonym}: {words}"


def _description(visit: ExpectedVisit, address: str, today: dt.date) -> str:
    # Reasons that people typed stay in the registry: they are free text.
    state = visit.status_on(today) if visit.state == VisitState.OPEN else VisitState(visit.state)
    lines = [_("Status: %(status)s") % {"status": _state_word(visit, state)}]
    if visit.window_start is not None and visit.window_end is not None:
        window = {"start": day_text(visit.window_start), "end": day_text(visit.window_end)}
        lines.append(_("Window: %(start)s to %(end)s") % window)
    if visit.state == VisitState.OPEN:
        lines.append(_("Still required: %(items)s") % {"items": visit.outstanding_text})
    lines.append(_("Study: %(study)s") % {"study": visit.enrolment.study.title})
    lines.append(_("Centre: %(centre)s") % {"centre": visit.enrolment.patient.centre.name})
    lines.append(address)
    return "\n".join(lines)


def _state_word(visit: ExpectedVisit, state: VisitStatus | VisitState) -> str:
    """A state in words: of a done visit with the day."""
    if state == VisitState.SUPERSEDED:
        return str(VisitState.SUPERSEDED.label)
    if state == VisitState.DONE and visit.done_on is not None:
        return _("done on %(day)s") % {"day": day_text(visit.done_on)}
    return str(STATES[state.value])


def _last_change(visit: ExpectedVisit, today: dt.date) -> dt.datetime:
    """When the event last became what it is: by a change of the visit, or by the day itself."""
    moments = [visit.changed_at.astimezone(dt.UTC).replace(microsecond=0)]
    if visit.state == VisitState.OPEN:
        assert visit.window_start is not None
        assert visit.window_end is not None
        turns = (visit.window_start, visit.window_end + dt.timedelta(days=1))
        moments += [
            dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC) for day in turns if day <= today
        ]
    return max(moments)
