"""Words of the extract: what ended the time of a row, and why somebody is not in the table.

The table carries them in English, as CDISC data sets do; pages translate them where they show them.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from registry.protocols.vocabulary import Censoring, EventKind

EVENT_WORDS: dict[EventKind, str] = {
    EventKind.LOCAL_PROGRESSION: gettext_noop("local progression"),
    EventKind.REGIONAL_PROGRESSION: gettext_noop("regional progression"),
    EventKind.DISTANT_PROGRESSION: gettext_noop("distant progression"),
    EventKind.ANY_PROGRESSION: gettext_noop("progression"),
    EventKind.IN_FIELD_PROGRESSION: gettext_noop("progression in field"),
    EventKind.OUT_OF_FIELD_PROGRESSION: gettext_noop("progression out of field"),
    EventKind.DEATH_ANY: gettext_noop("death"),
    EventKind.DEATH_DISEASE: gettext_noop("death of the disease"),
    EventKind.AMPUTATION: gettext_noop("amputation"),
    EventKind.WOUND_COMPLICATION: gettext_noop("wound complication"),
    EventKind.LATE_TOXICITY_GRADE_2: gettext_noop("late toxicity of grade 2 or more"),
    EventKind.LATE_TOXICITY_GRADE_3: gettext_noop("late toxicity of grade 3 or more"),
}
"""EVNTDESC of events and competing events."""

CENSORED = gettext_noop("censored")
"""EVNTDESC where no event was seen."""

CENSORING_WORDS: dict[Censoring, str] = {
    Censoring.LAST_FOLLOW_UP: gettext_noop("last follow-up"),
    Censoring.LAST_IMAGING: gettext_noop("last imaging"),
    Censoring.LAST_LOCAL_IMAGING: gettext_noop("last imaging of the treated site"),
}
"""CNSDTDSC by the rule of the endpoint."""

AT_DEATH = gettext_noop("death")
AT_HORIZON = gettext_noop("end of the period of the endpoint")
AT_COMPETING_EVENT = gettext_noop("competing event")


class Reason(TextChoices):
    """Why somebody of the study is not in the table of an endpoint."""

    NO_LESION = "no_lesion", _("no lesion on file")
    NOT_TREATED = "not_treated", _("lesion that no course of radiotherapy treats")
    OUTSIDE_POPULATION = "outside_population", _("more than one viable site")
    POPULATION_UNKNOWN = "population_unknown", _("number of viable sites not recorded")
    NO_ORIGIN = "no_origin", _("day of the time origin not known")
    DEATH_BEFORE_ORIGIN = "death_before_origin", _("died before the time origin")
    UNDATED_EVENT = "undated_event", _("event without a date")
    MAYBE_LATE = "maybe_late", _("toxicity that may be acute or late")
    UNASSIGNED_EVENT = "unassigned_event", _("local failure that names none of several lesions")
    NO_FOLLOW_UP = "no_follow_up", _("no follow-up of the kind that the endpoint asks for")
    FOLLOW_UP_BEFORE_ORIGIN = "follow_up_before_origin", _("last follow-up before the time origin")
    EVENT_BEFORE_LANDMARK = "event_before_landmark", _("event up to the landmark")
    COMPETING_BEFORE_LANDMARK = "competing_before_landmark", _("competing event up to the landmark")
    CENSORED_BEFORE_LANDMARK = "censored_before_landmark", _("censored up to the landmark")


BEFORE_LANDMARK = (
    Reason.EVENT_BEFORE_LANDMARK,
    Reason.COMPETING_BEFORE_LANDMARK,
    Reason.CENSORED_BEFORE_LANDMARK,
)
"""Reasons for which a landmark analysis leaves out rows that the endpoint has."""
