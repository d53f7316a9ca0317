"""Response of treated lesions from their diameters.

RECIST 1.1: Eisenhauer EA et al., Eur J Cancer 2009;45:228-247. Diameters are the longest ones, in
cm. Not part of it: lymph nodes (short axis), lesions without a measurable diameter, new lesions
(progression by themselves) and the confirmation of a response by a second examination.

All arithmetic is decimal, so that 2.4 cm after 2.0 cm is exactly 20 %.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from django.utils.translation import gettext as _

from registry.models.choices import Response

Diameter = Decimal | float | int | None
"""Longest diameter in cm, 0 when the lesion is gone, None when it was not measured."""

PARTIAL_RESPONSE_DECREASE = Decimal("0.30")
PROGRESSION_INCREASE = Decimal("0.20")
PROGRESSION_INCREASE_CM = Decimal("0.5")


@dataclass(frozen=True)
class DiameterResponse:
    """A response with its ground.

    Attributes:
        response: category of choices.Response; NE when it cannot be evaluated.
        from_baseline_percent: change against the baseline, None when not evaluable.
        from_nadir_percent: change against the smallest diameter so far; None when not evaluable
            or when that was 0.
        why: the changes that decide, or what is missing; translated, to be shown.
    """

    response: Response
    from_baseline_percent: Decimal | None
    from_nadir_percent: Decimal | None
    why: str


@dataclass(frozen=True)
class Growth:
    """Whether a diameter has grown by the rule; None when it cannot be said."""

    has_grown: bool | None
    percent: Decimal | None
    why: str


def nadir_cm(baseline_cm: Diameter, earlier_cm: Iterable[Diameter] = ()) -> Decimal | None:
    """Smallest diameter (or sum) measured so far, the baseline included; None without any.

    Raises ValueError for a diameter below 0 or one that is no number.
    """
    measured = [_exact(diameter) for diameter in (baseline_cm, *earlier_cm)]
    return min((diameter for diameter in measured if diameter is not None), default=None)


def response_of_lesion(
    baseline_cm: Diameter, current_cm: Diameter, earlier_cm: Iterable[Diameter] = ()
) -> DiameterResponse:
    """Response of one lesion, or of a sum of diameters that is already made.

    Args:
        baseline_cm: diameter before treatment.
        current_cm: diameter at the assessment.
        earlier_cm: diameters between the two, in any order (or the smallest of them alone); the
            nadir is the smallest of these and the baseline.

    Raises:
        ValueError: a diameter below 0 or one that is no number.
    """
    baseline, current = _exact(baseline_cm), _exact(current_cm)
    nadir = nadir_cm(baseline_cm, earlier_cm)
    if baseline is None or nadir is None:
        return _not_evaluable(_("no diameter before treatment"))
    if baseline == 0:
        return _not_evaluable(_("there was nothing to measure before treatment"))
    if current is None:
        return _not_evaluable(_("not measured"))
    return DiameterResponse(
        response=_category(baseline, nadir, current),
        from_baseline_percent=_percent(current, baseline),
        from_nadir_percent=_percent(current, nadir) if nadir else None,
        why=_explained(baseline, nadir, current),
    )


def response_of_sum(
    baseline_cm: Sequence[Diameter],
    current_cm: Sequence[Diameter],
    earlier_sums_cm: Iterable[Diameter] = (),
) -> DiameterResponse:
    """Response of the sum of the diameters of the target lesions (at most five in RECIST 1.1).

    A lesion that was not measured now makes the sum not evaluable, unless what was measured is
    progression by itself: the missing one could only add to it.

    Args:
        baseline_cm: diameter of each lesion before treatment.
        current_cm: diameters of the same lesions, in the same order.
        earlier_sums_cm: sums at the assessments between; see :func:`sum_cm`.

    Raises:
        ValueError: sequences of different length, or a diameter as in :func:`response_of_lesion`.
    """
    if len(baseline_cm) != len(current_cm):
        raise ValueError(
            f"{len(baseline_cm)} diameters before treatment, {len(current_cm)} now: "
            "give one of each lesion, None where it was not measured"
        )
    baseline, earlier = sum_cm(baseline_cm), list(earlier_sums_cm)
    if None not in current_cm:
        return response_of_lesion(baseline, sum_cm(current_cm), earlier)
    measured = sum_cm([diameter for diameter in current_cm if diameter is not None])
    partial = response_of_lesion(baseline, measured, earlier)
    if partial.response is Response.PD:
        return partial
    return _not_evaluable(_("not all lesions were measured"))


def sum_cm(diameters_cm: Sequence[Diameter]) -> Decimal | None:
    """Sum of diameters; None when there is none or one was not measured."""
    exact = [_exact(diameter) for diameter in diameters_cm]
    known = [diameter for diameter in exact if diameter is not None]
    return sum(known, Decimal()) if known and len(known) == len(exact) else None


def growth_by_20_percent(reference_cm: Diameter, current_cm: Diameter) -> Growth:
    """Growth of a treated volume's diameter by at least 20 %, without a least one in cm.

    This is the local failure of the protocol jinling. It differs from RECIST 1.1 by the 5 mm that
    are not asked for, which matters for lesions below 2.5 cm.

    Args:
        reference_cm: smallest diameter since the treatment was planned, see :func:`nadir_cm`.
        current_cm: diameter at the assessment.

    Raises:
        ValueError: a diameter below 0 or one that is no number.
    """
    reference, current = _exact(reference_cm), _exact(current_cm)
    if reference is None or current is None:
        missing = _("no earlier diameter") if reference is None else _("not measured")
        return Growth(None, None, _("Cannot be said: %(reason)s.") % {"reason": missing})
    if reference == 0:
        if current == 0:
            return Growth(False, None, _("Gone, and still gone"))
        return Growth(True, None, _("There again after it was gone"))
    percent = _percent(current, reference)
    return Growth(
        has_grown=_has_grown(reference, current),
        percent=percent,
        why=_("%(change)s against %(reference)s cm")
        % {"change": _signed(percent), "reference": reference},
    )


def _category(baseline: Decimal, nadir: Decimal, current: Decimal) -> Response:
    if current == 0:
        return Response.CR
    # Growth over the nadir decides before the decrease from baseline: a lesion may do both.
    if nadir == 0:
        return Response.PD
    if _has_grown(nadir, current) and current - nadir >= PROGRESSION_INCREASE_CM:
        return Response.PD
    if current <= baseline * (1 - PARTIAL_RESPONSE_DECREASE):
        return Response.PR
    return Response.SD


def _has_grown(reference: Decimal, current: Decimal) -> bool:
    return current >= reference * (1 + PROGRESSION_INCREASE)


def _explained(baseline: Decimal, nadir: Decimal, current: Decimal) -> str:
    if current == 0:
        return _("The lesion is gone")
    if nadir == 0:
        return _("There again after it was gone")
    return _("%(since_baseline)s since baseline, %(since_nadir)s (%(growth)s mm) since nadir") % {
        "since_baseline": _signed(_percent(current, baseline)),
        "since_nadir": _signed(_percent(current, nadir)),
        "growth": f"{((current - nadir) * 10).normalize():+f}",
    }


def _not_evaluable(reason: str) -> DiameterResponse:
    return DiameterResponse(
        Response.NE, None, None, _("Cannot be said: %(reason)s.") % {"reason": reason}
    )


def _percent(current: Decimal, reference: Decimal) -> Decimal:
    """Change in per cent with one decimal, cut off: 19.99 % must not be shown as 20."""
    change = (current - reference) / reference * 100
    return change.quantize(Decimal("0.1"), rounding=ROUND_DOWN)


def _signed(percent: Decimal) -> str:
    return f"{percent:+} %"


def _exact(diameter: Diameter) -> Decimal | None:
    if diameter is None:
        return None
    exact = Decimal(str(diameter))
    if not exact.is_finite() or exact < 0:
        raise ValueError(
            _("A diameter must be 0 cm or more, not %(diameter)s.") % {"diameter": diameter}
        )
    return exact
