"""The censoring audits of a snapshot: counts as artefacts, lines as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from analytics.artefacts.censoring_audit import audit_summary
from analytics.artefacts.parts import Artefact
from analytics.cohort import Cohort
from analytics.extract.audit import CensoringLine, censoring_audit
from analytics.render import lines_csv
from registry.protocols.types import Endpoint

HEAD = ("SITEID", "USUBJID", "LESID", "CNSR", "STARTDT", "ADT", "AVAL", "WHY", "DOUBTS", "REASONS")


def audits(cohort: Cohort) -> Iterator[tuple[Endpoint, Artefact, str]]:
    """Of each endpoint the counts, and its lines as CSV.

    In the file CNSR is empty for who is not in the table of the endpoint. DOUBTS are codes,
    REASONS the same in words.
    """
    for endpoint in cohort.protocol.endpoints:
        on = cohort.data_cut
        lines = censoring_audit(cohort.facts, endpoint, cohort.protocol, on=on)
        yield endpoint, _counts(cohort, endpoint, lines), _csv(cohort, lines)


def _counts(cohort: Cohort, endpoint: Endpoint, lines: Sequence[CensoringLine]) -> Artefact:
    key = f"censoring-audit-{endpoint.code}".lower().replace("_", "-")
    title = _("Censoring audit: %(endpoint)s") % {"endpoint": _(endpoint.label)}
    if not lines:
        return Artefact(key, title, reason=_("There is nobody in the study."))
    table = audit_summary(cohort, endpoint, lines, cohort.data_cut)
    return Artefact(key, title, (replace(table, key=key),))


def _csv(cohort: Cohort, lines: Sequence[CensoringLine]) -> str:
    days = not cohort.dates_are_relative
    return lines_csv(
        HEAD,
        (
            (
                line.centre,
                line.pseudonym,
                line.lesion,
                line.status,
                line.start if days else None,
                line.end if days else None,
                line.days,
                line.words,
                ";".join(doubt.value for doubt, _why in line.doubts),
                "; ".join(why for _doubt, why in line.doubts),
            )
            for line in lines
        ),
    )
