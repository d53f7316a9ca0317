"""What follows from a disease as typed: names of its codes, grade, T category and stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from registry.entry.entry import Entry
from registry.entry.take import Take, take
from registry.fnclcc import Grade, grade_of_scores
from registry.models import Disease
from registry.models.choices import AjccEdition
from registry.selectors.code_names import code_name
from registry.staging import Schema, TCategory, UnknownCode, schema_of, stage_of, t_of_size

PREFIX = "disease"

NAMED = {
    "morphology": "icdo3_morphology",
    "topography": "icdo3_topography",
    "site": "region_site",
}
"""Columns whose codes are shown with their names, and the lists that have them."""


@dataclass(frozen=True)
class EditionFigures:
    """T category by size and stage in one edition.

    Attributes:
        chapter: None while the topography is not known.
        t: None where no chapter is known.
        stage: Roman figures, "" when it cannot be said; ``why`` says what is missing.
        is_entered: the disease is staged by this edition.
    """

    edition: AjccEdition
    chapter: Schema | None
    t: TCategory | None
    stage: str
    why: str
    is_entered: bool


def figures(entry: Entry) -> Mapping[str, Any]:
    """Names, grade, T and stage of both editions, and what may be taken over."""
    row = entry.root
    assert isinstance(row, Disease)
    grade = _grade(row)
    editions = [_edition(row, edition) for edition in AjccEdition]
    return {
        "row": row,
        "names": [
            (field_label(row, name), code_name(system, code))
            for name, system in NAMED.items()
            if (code := getattr(row, name))
        ],
        "grade": grade,
        "editions": editions,
        "takes": list(_takes(row, grade, editions)),
    }


def field_label(row: Disease, name: str) -> str:
    """The name of a column as the form has it."""
    column: Any = row._meta.get_field(name)
    return str(column.verbose_name)


def _grade(row: Disease) -> Grade:
    try:
        return grade_of_scores(
            differentiation_score=row.differentiation_score,
            mitosis_score=row.mitosis_score,
            necrosis_score=row.necrosis_score,
        )
    except ValueError as problem:
        return Grade("", None, str(problem))


def _edition(row: Disease, edition: AjccEdition) -> EditionFigures:
    """The other edition than the entered one is staged with the T that the size leads to."""
    is_entered = row.ajcc_edition == edition
    try:
        chapter = schema_of(edition, row.topography, row.morphology)
        t = None
        if chapter is not None and chapter is not Schema.OTHER:
            t = t_of_size(edition, chapter, row.size_cm, row.depth)
        by_size = t.category if t is not None else ""
        stage = stage_of(
            ajcc_edition=edition,
            topography=row.topography,
            morphology=row.morphology,
            t_category=(row.t_category if is_entered else "") or by_size,
            n_category=row.n_category,
            m_category=row.m_category,
            grade=row.grade,
        )
    except (UnknownCode, ValueError) as problem:
        return EditionFigures(edition, None, None, "", str(problem), is_entered)
    return EditionFigures(edition, chapter, t, stage.stage, stage.why, is_entered)


def _takes(row: Disease, grade: Grade, editions: list[EditionFigures]) -> Iterator[Take]:
    """Buttons for what is computed and not entered so."""
    if grade.code and row.grade != grade.code:
        yield take(_("Take over G{grade}").format(grade=grade.code), PREFIX, "grade", grade.code)
    for one in editions:
        if not one.is_entered:
            continue
        if one.t is not None and one.t.category and row.t_category != one.t.category:
            words = _("Take over {category}").format(category=one.t.category)
            yield take(words, PREFIX, "t_category", one.t.category)
        if one.stage and row.ajcc_stage != one.stage:
            words = _("Take over stage {stage}").format(stage=one.stage)
            yield take(words, PREFIX, "ajcc_stage", one.stage)
