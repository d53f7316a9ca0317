"""Which unlikely findings a person has confirmed already."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from registry.errors import Finding
from registry.models import ClinicalRow, Confirmation

VALUE_LENGTH = 300
"""Characters of a value by which a confirmation knows it again."""


def confirmed_value(row: ClinicalRow, field: str) -> str:
    """The value that a confirmation of a finding on this field is given for; "" for whole rows."""
    value = getattr(row, field) if field else None
    if isinstance(value, Decimal):
        # 61 as it was typed and 61.00 as the database gives it back are one value.
        value = f"{value.normalize():f}"
    return "" if value is None else str(value)[:VALUE_LENGTH]


def unconfirmed(
    findings: Iterable[Finding], confirmations: Iterable[Confirmation]
) -> list[Finding]:
    """The unlikely findings that no confirmation fits.

    A confirmation fits the check, row, field and value that it was given for: a value that was
    changed since is asked about anew.
    """
    given = _reasons(confirmations)
    return [
        finding
        for finding in findings
        if finding.severity == "unlikely" and _key(finding) not in given
    ]


def reason_given(finding: Finding, confirmations: Iterable[Confirmation]) -> str:
    """Why a person said that the finding is right, "" when nobody has."""
    return _reasons(confirmations).get(_key(finding), "")


def _reasons(confirmations: Iterable[Confirmation]) -> dict[tuple[object, ...], str]:
    return {
        (one.check_id, one.entity, one.row_id, one.field, one.value): one.reason
        for one in confirmations
    }


def _key(finding: Finding) -> tuple[str, str, int | None, str, str]:
    row = finding.row
    value = confirmed_value(row, finding.field) if row is not None else ""
    return (
        finding.check_id,
        finding.model,
        row.pk if row is not None else None,
        finding.field,
        value,
    )
