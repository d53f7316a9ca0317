"""The form in which a person of a study groups a covariate anew."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.covariates import Covariate
from analytics.covariates.cuts import Group, Groups, Thresholds
from analytics.services.covariates import LONGEST_LABEL

_LONGEST_CODE = 40


class CovariateForm(forms.Form):
    """Label and code, and what the grouping is made of: borders of a number, or groups of codes.

    Every category has a field; categories with the same words in it are one group.
    """

    label = forms.CharField(
        label=gettext_lazy("Label"),
        help_text=gettext_lazy("As tables and figures call it, such as “Size, three classes”."),
        max_length=LONGEST_LABEL,
    )
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy(
            "In addresses and files: small letters, digits and _. Empty: made of the label."
        ),
        max_length=_LONGEST_CODE,
        required=False,
    )

    def __init__(self, data: QueryDict | None, *, covariate: Covariate) -> None:
        super().__init__(data)
        self.covariate = covariate
        if covariate.kind == "number":
            self._ask_for_borders()
        else:
            self._ask_for_groups()

    def _ask_for_borders(self) -> None:
        unit = self.covariate.unit_text
        self.fields["borders"] = forms.CharField(
            label=_("Borders (%(unit)s)") % {"unit": unit} if unit else _("Borders"),
            help_text=_("Rising numbers with a semicolon between them, such as 5; 10."),
            max_length=200,
        )
        self.fields["side"] = forms.ChoiceField(
            label=_("A value on a border belongs to the class"),
            choices=(("below", _("below it (≤ and >)")), ("above", _("above it (< and ≥)"))),
        )

    def _ask_for_groups(self) -> None:
        for place, (_code, label) in enumerate(self.covariate.categories):
            self.fields[f"group-{place}"] = forms.CharField(
                label=label, required=False, max_length=LONGEST_LABEL
            )

    @property
    def name_fields(self) -> list[forms.BoundField]:
        """What the grouping is called."""
        return [self["label"], self["code"]]

    @property
    def cut_fields(self) -> list[forms.BoundField]:
        """What it is made of."""
        return [self[name] for name in self.fields if name not in ("label", "code")]

    def clean(self) -> dict[str, Any]:
        """``code`` and ``cut`` (:class:`Thresholds` or :class:`Groups`) of what was typed."""
        cleaned = super().clean() or {}
        if not cleaned.get("code") and cleaned.get("label"):
            cleaned["code"] = code_of(cleaned["label"])
        try:
            if self.covariate.kind == "number":
                cleaned["cut"] = _thresholds(cleaned)
            else:
                cleaned["cut"] = _groups(self.covariate, cleaned)
        except ValueError as error:
            if not self.errors:
                field = "borders" if self.covariate.kind == "number" else None
                self.add_error(field, str(error))
        return cleaned


def code_of(label: str) -> str:
    """A code made of words: small letters, digits and _, with a letter first."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return (code if code[:1].isalpha() else f"g_{code}".rstrip("_"))[:_LONGEST_CODE]


def _thresholds(cleaned: dict[str, Any]) -> Thresholds:
    parts = [part.strip() for part in cleaned.get("borders", "").split(";") if part.strip()]
    try:
        # A decimal comma is a decimal point: borders have a semicolon between them.
        borders = tuple(float(part.replace(",", ".")) for part in parts)
    except ValueError:
        raise ValueError(_("Write numbers with a semicolon between them.")) from None
    try:
        return Thresholds(borders, upper_includes=cleaned.get("side") == "above")
    except ValueError:
        raise ValueError(_("At least one border, each higher than the one before.")) from None


def _groups(covariate: Covariate, cleaned: dict[str, Any]) -> Groups:
    """Groups in the order of their first category."""
    members: dict[str, list[str]] = {}
    for place, code in enumerate(covariate.codes):
        words = cleaned.get(f"group-{place}", "")
        if words:
            members.setdefault(words, []).append(code)
    if len(members) < 2:
        raise ValueError(_("Name at least two groups beside the categories."))
    taken: dict[str, str] = {}
    for words in members:
        code = code_of(words)
        taken[words] = code if code not in taken.values() else f"{code}_{len(taken) + 1}"
    return Groups(
        tuple(Group(taken[words], words, tuple(codes)) for words, codes in members.items())
    )
