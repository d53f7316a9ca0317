"""The five centres of the demo and how many patients of each study they have."""

from __future__ import annotations

from typing import NamedTuple


class DemoCentre(NamedTuple):
    """A centre that does not exist."""

    code: str
    name: str
    country: str
    timezone: str


CENTRES = (
    DemoCentre("A", "Centre A", "JP", "Asia/Tokyo"),
    DemoCentre("B", "Centre B", "CN", "Asia/Shanghai"),
    DemoCentre("C", "Centre C", "IT", "Europe/Rome"),
    DemoCentre("D", "Centre D", "DE", "Europe/Berlin"),
    DemoCentre("E", "Centre E", "CA", "America/Toronto"),
)

PATIENTS: dict[str, dict[str, int]] = {
    "miyakojima": {"A": 17, "D": 11},
    "jinling": {"A": 11, "B": 16, "C": 10},
    "cnao": {"C": 34, "D": 20},
    "cams": {"A": 14, "B": 36, "C": 16, "E": 14},
    "preop": {"A": 10, "B": 9, "C": 12, "D": 13, "E": 16},
}
"""Patients by study and centre; the sums are the sizes of the published series."""
