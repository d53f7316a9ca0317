"""Checks of the disease, the patient's state and the treatment beside radiotherapy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.utils.translation import gettext as _

from registry.applicability import SITES_OF_SEX
from registry.case import Case
from registry.checks.place import Place
from registry.fnclcc import SCORES, grade_of_scores
from registry.models import Assessment, Baseline, Disease, Lesion
from registry.models.choices import FnclccGrade, Sex
from registry.performance import ecog_of_kps
from registry.staging import UnknownCode, stage_of


def large_tumour(case: Case, today: dt.date) -> Iterator[Place]:
    """A diameter above 60 cm is a slip of the unit more often (mm for cm)."""
    for row in case.of(Disease):
        if row.size_cm is not None and row.size_cm > 60:
            yield Place(row, "size_cm", _("larger than 60 cm: was it entered in mm?"))


def large_lesion(case: Case, today: dt.date) -> Iterator[Place]:
    """The longest diameter of a lesion above 60 cm is a slip of the unit more often."""
    for row in case.of(Lesion):
        if row.longest_diameter_cm is not None and row.longest_diameter_cm > 60:
            yield Place(row, "longest_diameter_cm", _("larger than 60 cm: was it entered in mm?"))


def grade_of_the_scores(case: Case, today: dt.date) -> Iterator[Place]:
    """The FNCLCC grade is that of its three scores: sum 2–3 G1, 4–5 G2, 6–8 G3."""
    for row in case.of(Disease):
        scores = {name: getattr(row, name) for name in SCORES}
        if not row.grade or row.grade == FnclccGrade.GX:
            continue
        if any(scores[name] not in allowed for name, allowed in SCORES.items()):
            continue
        told = grade_of_scores(**scores)
        if row.grade != told.code:
            message = _("G{grade}, but the scores say G{code} ({why})")
            yield Place(row, "grade", message.format(grade=row.grade, code=told.code, why=told.why))


def stage_of_the_categories(case: Case, today: dt.date) -> Iterator[Place]:
    """The AJCC stage is that of T, N, M and grade in the edition named."""
    for row in case.of(Disease):
        if not row.ajcc_stage or row.ajcc_edition is None:
            continue
        try:
            told = stage_of(
                ajcc_edition=row.ajcc_edition,
                topography=row.topography,
                morphology=row.morphology,
                t_category=row.t_category,
                n_category=row.n_category,
                m_category=row.m_category,
                grade=row.grade,
            )
        except UnknownCode as problem:
            # A category of another chapter or edition: the stage cannot be told from it.
            if problem.field.endswith("_category"):
                yield Place(row, problem.field, str(problem))
            continue
        # "III" without a letter is less than "IIIA" says, and no contradiction.
        if told.stage and row.ajcc_stage not in (told.stage, told.stage.rstrip("ABC")):
            message = _("{stage}, but T, N, M and grade say {told} ({why})")
            yield Place(
                row,
                "ajcc_stage",
                message.format(stage=row.ajcc_stage, told=told.stage, why=told.why),
            )


def metastases_agree(case: Case, today: dt.date) -> Iterator[Place]:
    """M1 and “metastatic at diagnosis” say the same."""
    for row in case.of(Disease):
        category = row.m_category.upper()
        if category.startswith("M1") and row.metastatic_at_diagnosis is False:
            yield Place(row, "metastatic_at_diagnosis", _("“no”, but M is M1"))
        elif category == "M0" and row.metastatic_at_diagnosis is True:
            yield Place(row, "metastatic_at_diagnosis", _("“yes”, but M is M0"))


_FEMALE_TOPOGRAPHY = ("C51", "C52", "C53", "C54", "C55", "C56", "C57", "C58")
_MALE_TOPOGRAPHY = ("C60", "C61", "C62", "C63")


def site_of_sex(case: Case, today: dt.date) -> Iterator[Place]:
    """A site that only one sex has goes with the sex of the patient."""
    if case.patient.sex not in (Sex.FEMALE, Sex.MALE):
        return
    is_female = case.patient.sex == Sex.FEMALE
    sites = SITES_OF_SEX[Sex.MALE if is_female else Sex.FEMALE]
    codes = _MALE_TOPOGRAPHY if is_female else _FEMALE_TOPOGRAPHY
    rows: list[Disease | Lesion] = [*case.of(Disease), *case.of(Lesion)]
    for row in rows:
        for field, is_other in (
            ("site", row.site in sites),
            ("topography", row.topography.startswith(codes)),
        ):
            if is_other:
                message = _("does not go with the sex of the patient ({sex})")
                sex = case.patient.get_sex_display()
                yield Place(row, field, message.format(sex=sex))
                break


def performance_agrees(case: Case, today: dt.date) -> Iterator[Place]:
    """ECOG and Karnofsky performance status of one day differ by no more than one grade."""
    rows: list[Baseline | Assessment] = [*case.of(Baseline), *case.of(Assessment)]
    for row in rows:
        usual = ecog_of_kps(row.kps)
        if usual is not None and row.ecog is not None and abs(usual - row.ecog) > 1:
            message = _("ECOG {ecog} does not go with a Karnofsky status of {kps}")
            yield Place(row, "ecog", message.format(ecog=row.ecog, kps=row.kps))


# Four from 80 years on; some sheets give a fifth from 90 on.
_MOST_AGE_POINTS = 5


def age_adjusted_index(case: Case, today: dt.date) -> Iterator[Place]:
    """The age-adjusted Charlson index is the index and the points for age, not less."""
    for row in case.of(Baseline):
        if row.cci is None or row.cci_age_adjusted is None:
            continue
        points = row.cci_age_adjusted - row.cci
        if not 0 <= points <= _MOST_AGE_POINTS:
            message = _("{adjusted} is not {index} and the points for age")
            yield Place(
                row,
                "cci_age_adjusted",
                message.format(adjusted=row.cci_age_adjusted, index=row.cci),
            )
