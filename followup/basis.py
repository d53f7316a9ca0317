"""Reads what the plans of many patients rest on: facts, stored visits, the words of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from followup.columns import StoredVisit, read_stored
from followup.facts import PatientFacts, read_facts
from followup.models import VisitOverride
from followup.plan import Plan, plan_of
from followup.rules import Rules, StudyRules, read_study_rules
from followup.schedules import Override, OverrideKind
from registry.models import Enrolment


@dataclass
class Basis:
    """What decides on the expected visits of one enrolment."""

    enrolment: Enrolment
    rules: Rules | None
    facts: PatientFacts
    stored: list[StoredVisit] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)

    def plan(self, today: dt.date) -> Plan:
        """What has to be written so that the stored visits are the expected ones."""
        return plan_of(
            self.enrolment, self.rules, self.facts, self.stored, self.overrides, today=today
        )


def read_bases(patient_ids: Collection[int], *, rules: StudyRules | None = None) -> list[Basis]:
    """The bases of all live enrolments of these patients, in a fixed number of queries.

    ``rules``: other than those in force, to see what they would change.
    """
    prescribed = rules or read_study_rules()
    enrolments = (
        Enrolment.objects.live()
        .filter(patient__in=patient_ids)
        .annotate(country=F("patient__centre__country"))
        .order_by("pk")
    )
    facts = read_facts(patient_ids)
    rows: Iterable[Any] = enrolments  # their type does not know the country
    bases = {
        row.pk: Basis(
            row,
            prescribed.of(row.study_id, row.protocol_version_id, row.country),
            facts[row.patient_id],
        )
        for row in rows
    }
    for enrolment_id, visit in read_stored(bases):
        bases[enrolment_id].stored.append(visit)
    for word in VisitOverride.objects.filter(
        visit__enrolment__in=bases, replaced_at__isnull=True
    ).select_related("visit"):
        bases[word.visit.enrolment_id].overrides.append(
            Override(word.visit.key, OverrideKind(word.kind), word.reason, word.postponed_to)
        )
    return list(bases.values())
