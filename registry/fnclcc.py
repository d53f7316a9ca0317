"""FNCLCC grade of a soft-tissue sarcoma from its three scores.

Trojani M et al., Int J Cancer 1984;33:37-42; Guillou L et al., J Clin Oncol 1997;15:350-362.
The sum of differentiation (1-3), mitoses (1-3) and necrosis (0-2) is G1 for 2 and 3, G2 for 4 and
5, G3 for 6 to 8.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models.choices import FnclccGrade

SCORES = {
    "differentiation_score": {
        1: gettext_lazy("1: resembles normal adult mesenchymal tissue"),
        2: gettext_lazy("2: histological type is certain"),
        3: gettext_lazy("3: embryonal, undifferentiated or of uncertain type"),
    },
    "mitosis_score": {
        1: gettext_lazy("1: 0 to 9 mitoses in 10 high-power fields"),
        2: gettext_lazy("2: 10 to 19 mitoses in 10 high-power fields"),
        3: gettext_lazy("3: 20 or more mitoses in 10 high-power fields"),
    },
    "necrosis_score": {
        0: gettext_lazy("0: no necrosis"),
        1: gettext_lazy("1: less than 50 % of the tumour"),
        2: gettext_lazy("2: 50 % of the tumour or more"),
    },
}
"""What may be entered, with the meaning to offer, by field of the model Disease."""

_GRADE_OF_TOTAL = {
    2: FnclccGrade.G1,
    3: FnclccGrade.G1,
    4: FnclccGrade.G2,
    5: FnclccGrade.G2,
    6: FnclccGrade.G3,
    7: FnclccGrade.G3,
    8: FnclccGrade.G3,
}


@dataclass(frozen=True)
class Grade:
    """A grade with its ground.

    Attributes:
        code: code of choices.FnclccGrade; "" when it cannot be said. Never "x": that the grade
            cannot be assessed is a statement of the pathologist.
        total: sum of the scores, None when one is missing.
        why: the sum, or what is missing; translated, to be shown.
    """

    code: str
    total: int | None
    why: str


def grade_of_scores(
    *,
    differentiation_score: int | None,
    mitosis_score: int | None,
    necrosis_score: int | None,
) -> Grade:
    """Grade from the three scores; None is a missing score.

    Raises:
        ValueError: a score outside its range, naming it and the range.
    """
    given = {
        "differentiation_score": differentiation_score,
        "mitosis_score": mitosis_score,
        "necrosis_score": necrosis_score,
    }
    names = {
        "differentiation_score": _("differentiation"),
        "mitosis_score": _("mitoses"),
        "necrosis_score": _("necrosis"),
    }
    for field, score in given.items():
        if score is not None and score not in SCORES[field]:
            raise ValueError(
                _("The score of %(name)s must be from %(low)s to %(high)s, not %(score)s.")
                % {
                    "name": names[field],
                    "low": min(SCORES[field]),
                    "high": max(SCORES[field]),
                    "score": score,
                }
            )
    missing = [names[field] for field, score in given.items() if score is None]
    if missing:
        reason = _("Cannot be said: no score of %(names)s.") % {"names": ", ".join(missing)}
        return Grade("", None, reason)
    scores = [score for score in given.values() if score is not None]
    total = sum(scores)
    return Grade(_GRADE_OF_TOTAL[total].value, total, " + ".join(map(str, scores)) + f" = {total}")
