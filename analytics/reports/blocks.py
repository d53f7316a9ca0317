"""The blocks of a report, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from analytics.artefacts.bed_bins import bed_bins
from analytics.artefacts.characteristics import characteristics
from analytics.artefacts.curves import curves
from analytics.artefacts.dose_patterns import dose_patterns
from analytics.artefacts.failure_pattern import failure_pattern
from analytics.artefacts.flow_chart import flow_chart
from analytics.artefacts.follow_up import follow_up
from analytics.artefacts.lost_and_complete import lost_and_complete
from analytics.artefacts.multivariable import multivariable
from analytics.artefacts.parts import Artefact
from analytics.artefacts.published_comparison import published_comparison
from analytics.artefacts.toxicity import toxicity
from analytics.artefacts.toxicity_over_time import toxicity_over_time
from analytics.artefacts.treatment_summary import treatment_summary
from analytics.artefacts.univariate import univariate
from analytics.reports.accrual import accrual
from analytics.reports.beside import beside
from analytics.reports.centres import centres
from analytics.reports.changes import changes
from analytics.reports.goals import goals_table
from analytics.reports.limitations import limitations
from analytics.reports.material import Material
from analytics.reports.methods import methods
from analytics.reports.quality import doubtful_rows, form_states

Content = Sequence[Artefact] | Sequence[str]
"""Artefacts, or paragraphs of text."""


@dataclass(frozen=True, slots=True)
class BlockKind:
    """What a block is called, and what makes it.

    Attributes:
        is_of_others: its figures are published ones too: small counts in it tell of nobody here.
    """

    title: str | Promise
    make: Callable[[Material], Content]
    is_of_others: bool = False


def _treatment(material: Material) -> Sequence[Artefact]:
    cohort = material.cohort
    return treatment_summary(cohort), dose_patterns(cohort), bed_bins(cohort)


def _univariate(material: Material) -> Sequence[Artefact]:
    return [univariate(material.cohort, endpoint=code) for code in material.analyses.endpoints]


def _toxicity(material: Material) -> Sequence[Artefact]:
    cohort = material.cohort
    return toxicity(cohort), toxicity_over_time(cohort)


def _comparison(material: Material) -> Sequence[Artefact]:
    goals = [goals_table(material.cohort, material.goals)] if material.goals else []
    return [*goals, published_comparison(material.cohort)]


BLOCKS: Mapping[str, BlockKind] = {
    "accrual": BlockKind(_("Accrual against plan"), lambda m: [accrual(m)]),
    "flow": BlockKind(_("Flow of patients"), lambda m: [flow_chart(m.cohort)]),
    "centres": BlockKind(
        _("Completeness by centre"), lambda m: [centres(m), lost_and_complete(m.cohort)]
    ),
    "beside": BlockKind(_("Centres beside each other"), lambda m: [beside(m)]),
    "characteristics": BlockKind(
        _("Characteristics of patients"), lambda m: [characteristics(m.cohort)]
    ),
    "treatment": BlockKind(_("Treatment"), _treatment),
    "follow-up": BlockKind(_("Follow-up"), lambda m: [follow_up(m.cohort)]),
    "curves": BlockKind(_("Endpoints"), lambda m: [curves(m.cohort)]),
    "univariate": BlockKind(_("Univariate analysis"), _univariate),
    "multivariable": BlockKind(_("Multivariable analysis"), lambda m: [multivariable(m.cohort)]),
    "failure": BlockKind(_("Pattern of failure"), lambda m: [failure_pattern(m.cohort)]),
    "toxicity": BlockKind(_("Toxicity"), _toxicity),
    "comparison": BlockKind(_("Comparison"), _comparison, is_of_others=True),
    "quality": BlockKind(_("Quality of the data"), lambda m: [form_states(m), doubtful_rows(m)]),
    "changes": BlockKind(_("Changes since the last report"), changes),
    "methods": BlockKind(_("Methods"), methods),
    "limitations": BlockKind(_("Limitations"), limitations),
}
"""Key, as it stands in addresses and options → the block."""


def checked(keys: Sequence[str]) -> tuple[str, ...]:
    """The blocks asked for, each once, in the order of a report; all where none is named.

    Raises:
        ValueError: a key that is none, naming those that there are.
    """
    unknown = [key for key in keys if key not in BLOCKS]
    if unknown:
        raise ValueError(f"no such block: {', '.join(unknown)}; there are {', '.join(BLOCKS)}")
    return tuple(key for key in BLOCKS if not keys or key in keys)
