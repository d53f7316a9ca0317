"""A report: blocks made one after another, of which one that fails does not take the others."""

from __future__ import annotations

import datetime as dt
import logging
import traceback
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import translation
from django.utils.translation import gettext as _

from analytics.artefacts.notes import standard_notes
from analytics.artefacts.parts import Artefact, Part
from analytics.artefacts.small_cells import too_few_words, without_small_cells
from analytics.reports.blocks import BLOCKS, BlockKind, Content, checked
from analytics.reports.goals import Goal
from analytics.reports.material import Material, read_material
from analytics.reports.sight import Sight
from registry.models import Study

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Block:
    """A part of a report under its own heading.

    Attributes:
        artefacts: tables and figures; a block has these or paragraphs.
        failed: it could not be made; then it has nothing else.
    """

    key: str
    title: str
    artefacts: tuple[Artefact, ...] = ()
    paragraphs: tuple[str, ...] = ()
    failed: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """Its paragraphs; of a failed one what a reader must know."""
        if not self.failed:
            return self.paragraphs
        return (
            _(
                "This part could not be made; the rest of the report is complete. Whoever runs "
                "the installation finds the cause in its log."
            ),
        )


@dataclass(frozen=True)
class Report:
    """An outcome report, ready to be written in any format.

    Attributes:
        title: of the study.
        study: its key.
        data_cut: last day whose facts count, None for all facts.
        known_at: what was on file at that moment counts; None for what was when it was made.
        made_at: when; stands on every page.
        blocks: in the order in which they are read.
        notes: what holds for every table and figure: study, data cut, synthetic data.
        language: its code; texts without a translation are English.
    """

    title: str
    study: str
    data_cut: dt.date | None
    made_at: dt.datetime
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    language: str = "en"
    known_at: dt.datetime | None = None


def build_report(
    study: Study,
    *,
    sight: Sight,
    made_at: dt.datetime,
    data_cut: dt.date | None = None,
    known_at: dt.datetime | None = None,
    blocks: Sequence[str] = (),
    goals: Sequence[Goal] = (),
    language: str | None = None,
) -> Report:
    """The report of a study as a sight shows it.

    Args:
        made_at: aware; its day is that of duties that are overdue or not.
        known_at: what was on file at that moment counts; None for what is on file now.
        blocks: keys of :data:`analytics.reports.blocks.BLOCKS`; all where none is named.
        goals: what the study wants to reach; they stand in the comparison.
        language: of words and figures; the one in force by default.

    Raises:
        ValueError: no such block, a goal that is not of the protocol, or a data cut for a study
            whose dates are relative.
        ProtocolVersion.DoesNotExist: the study has no protocol, or had none then.
    """
    keys = checked(blocks)
    with translation.override(language or translation.get_language()):
        material = read_material(
            study,
            sight=sight,
            today=made_at.date(),
            data_cut=data_cut,
            known_at=known_at,
            goals=goals,
        )
        return replace(report_of(material, made_at=made_at, blocks=keys), known_at=known_at)


def report_of(material: Material, *, made_at: dt.datetime, blocks: Sequence[str] = ()) -> Report:
    """The report of material that was read before, in the language in force; asks no database.

    Raises:
        ValueError: no such block.
    """
    cohort = material.cohort
    return Report(
        title=cohort.study_title,
        study=cohort.study_key,
        data_cut=cohort.data_cut,
        made_at=made_at,
        blocks=tuple(_block(key, BLOCKS[key], material) for key in checked(blocks)),
        notes=standard_notes(cohort),
        language=translation.get_language() or "en",
    )


def _block(key: str, kind: BlockKind, material: Material) -> Block:
    title = str(kind.title)
    if material.hides_everything:
        return Block(key, title, paragraphs=(too_few_words(),))
    try:
        content = kind.make(material)
        artefacts = _tidy(_artefacts(content), material, hides=not kind.is_of_others)
    except Exception as error:  # whatever it is, the other blocks are delivered
        _log(key, material.cohort.study_key, error)
        return Block(key, title, failed=True)
    return Block(key, title, artefacts, tuple(one for one in content if isinstance(one, str)))


def _artefacts(content: Content) -> list[Artefact]:
    return [one for one in content if isinstance(one, Artefact)]


def _tidy(
    artefacts: Iterable[Artefact], material: Material, *, hides: bool
) -> tuple[Artefact, ...]:
    """Without what the head of the report says once, and without small counts where needed."""
    common = frozenset(standard_notes(material.cohort))
    tidy = (replace(one, parts=tuple(_part(p, common) for p in one.parts)) for one in artefacts)
    if material.reads_cases or not hides:
        return tuple(tidy)
    return tuple(without_small_cells(one) for one in tidy)


def _part(part: Part, common: frozenset[str]) -> Part:
    return replace(part, notes=tuple(note for note in part.notes if note not in common))


def _log(block: str, study: str, error: Exception) -> None:
    """Where and as what it failed; an error's own words may name a patient, and are left out."""
    logger.error("report of %s: block %s failed: %s", study, block, failure(error))


def failure(error: Exception) -> str:
    """Kind and place of an error, for a log; its own words may name a patient."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "-"
    return f"{type(error).__name__} at {place}"
