"""The form of a disease: scores and T, N, M with their meaning, as far as the chapter is known."""

from __future__ import annotations

from typing import Any

from registry.entry.answers import Answer, ChoiceAnswer
from registry.entry.row_form import RowForm
from registry.fnclcc import SCORES
from registry.models import Disease
from registry.staging import Schema, UnknownCode, categories, schema_of, t_choices
from registry.staging.codes import STAGES

CATEGORIES = ("t_category", "n_category", "m_category")


class DiseaseForm(RowForm):
    """A disease whose codes are chosen from the lists of the edition and chapter that apply."""

    row: Disease

    def make(self, name: str) -> Answer:
        """Lists for scores, categories and stage, else the column's field."""
        made = super().make(name)
        if name in SCORES:
            return self._list(made, name, list(SCORES[name].items()))
        if name in CATEGORIES:
            return self._list(made, name, self._codes(name))
        if name == "ajcc_stage":
            return self._list(made, name, [(stage, stage) for stage in STAGES])
        return made

    def _list(self, made: Answer, name: str, choices: list[tuple[Any, Any]]) -> ChoiceAnswer:
        """The field as a list; a value on record that the list does not have stays possible."""
        held = getattr(self.row, name)
        if held not in (None, "") and held not in dict(choices):
            choices = [*choices, (held, held)]
        return ChoiceAnswer(choices=choices, label=made.label, required=False)

    def _codes(self, name: str) -> list[tuple[str, str]]:
        """Codes of T, N or M: those of the chapter, of every chapter while it is not known."""
        edition, schema = self._chapter()
        if name == "t_category":
            return t_choices(edition, schema)
        return [(code, code) for code in getattr(categories(edition, schema), name)]

    def _chapter(self) -> tuple[int, Schema]:
        """Edition and chapter as typed when the page was sent, else as on record."""
        edition, topography, morphology = (
            self._as_it_stands(name) for name in ("ajcc_edition", "topography", "morphology")
        )
        try:
            schema = schema_of(int(edition), topography, morphology)
        except (ValueError, UnknownCode):
            schema = None
        return (int(edition), schema) if schema is not None else (8, Schema.OTHER)

    def _as_it_stands(self, name: str) -> str:
        held = self.data.get(self.add_prefix(name)) if self.is_bound else getattr(self.row, name)
        return str(held or "").strip()
