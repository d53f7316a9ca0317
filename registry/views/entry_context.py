"""What the template of an entry page is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.checks.confirmed import reason_given
from registry.entry.answers import CodeAnswer
from registry.entry.entry import Entry
from registry.entry.pages import PAGES, next_page
from registry.entry.saving import corrections
from registry.errors import Finding
from registry.models import Confirmation
from registry.models.choices import CorrectionReason, MissingReason
from registry.terminology.codes import codes


def page_context(entry: Entry, address: str) -> dict[str, Any]:
    """The whole page at this address: forms, errors, questions, live figures."""
    saved = any(not one.is_new for one in entry.rows())
    return {
        "entry": entry,
        "address": address,
        "live_address": address.replace("/enter/", "/live/", 1),
        "page": entry.page,
        "patient": entry.patient,
        "errors": list(entry.errors),
        "asked": [
            (entry.confirmation_name(one), one, entry.explanation(one)) for one in entry.asked
        ],
        "corrections": corrections(entry) if entry.data is not None else [],
        "is_saved": saved,
        "can_take_back": entry.can_be_taken_back,
        "correction_reasons": CorrectionReason.choices,
        "missing_reasons": MissingReason.labels,
        "code_lists": {system: codes(system) for system in _systems(entry)},
        "next_page": next_page(entry.page.key),
        "offers": [PAGES[key] for key in entry.page.offers if key in PAGES],
        "warnings": _warnings(entry),
        "live_template": f"registry/entry/live/{entry.page.key}.html" if entry.page.live else "",
        **(entry.page.live(entry) if entry.page.live else {}),
        "beside_template": f"registry/entry/beside/{entry.page.key}.html"
        if entry.page.beside
        else "",
        **(entry.page.beside(entry) if entry.page.beside else {}),
    }


def _systems(entry: Entry) -> list[str]:
    """Code lists that the fields of the page suggest from."""
    found = {
        field.system
        for one in entry.rows()
        for field in one.form.fields.values()
        if isinstance(field, CodeAnswer)
    }
    return sorted(found)


@dataclass(frozen=True)
class Remark:
    """What a check says of a row of the page; ``target`` is the input to go to."""

    target: str
    finding: Finding
    confirmed_because: str


def _warnings(entry: Entry) -> list[Remark]:
    """What the checks say of the rows of the page as typed."""
    if entry.data is None and not any(not one.is_new for one in entry.rows()):
        return []
    confirmations = list(Confirmation.objects.filter(patient=entry.patient.pk))
    shown = []
    for finding in entry.findings_as_typed():
        one = entry.bound_row_of(finding.row)
        if one is not None and finding.severity != "incomplete":
            known = finding.field in one.form.fields
            target = one.form[finding.field].id_for_label if known else f"row-{one.prefix}"
            shown.append(Remark(target, finding, reason_given(finding, confirmations)))
    return shown
