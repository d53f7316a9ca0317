"""Performance status: the ECOG grades and Karnofsky steps with their meaning, and how they compare.

Oken MM et al., Am J Clin Oncol 1982;5:649-655 (ECOG; the comparison); Karnofsky DA et al., Cancer
1948;1:634-656. The meanings are in the registry's own short words.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ECOG_GRADES = {
    0: _("0: fully active"),
    1: _("1: light work only"),
    2: _("2: self-care, up more than half the day"),
    3: _("3: limited self-care, in bed more than half the day"),
    4: _("4: in bed all day"),
    5: _("5: dead"),
}

KPS_STEPS = {
    100: _("100: no complaint"),
    90: _("90: minor symptoms"),
    80: _("80: active with effort"),
    70: _("70: cares for self, no work"),
    60: _("60: needs help at times"),
    50: _("50: needs much help and care"),
    40: _("40: disabled"),
    30: _("30: severely disabled"),
    20: _("20: very ill"),
    10: _("10: dying"),
    0: _("0: dead"),
}

_ECOG_OF_KPS = {100: 0, 90: 0, 80: 1, 70: 1, 60: 2, 50: 2, 40: 3, 30: 3, 20: 4, 10: 4, 0: 5}


def ecog_of_kps(kps: int | None) -> int | None:
    """The ECOG grade that usually goes with a Karnofsky status; None for none."""
    return None if kps is None else _ECOG_OF_KPS.get(kps)
