"""The disease: site, histology, grade and stage."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.entry.disease_figures import figures
from registry.entry.disease_form import DiseaseForm
from registry.entry.spec import Group, Page, Part
from registry.models import Disease

DISEASE = Page(
    key="disease",
    title=_("Disease and stage"),
    section="disease",
    many=True,
    live=figures,
    parts=(
        Part(
            model=Disease,
            prefix="disease",
            form=DiseaseForm,
            groups=(
                Group(
                    title=_("Diagnosis"),
                    fields=(
                        "diagnosed_on",
                        "morphology",
                        "histology",
                        "site",
                        "laterality",
                        "topography",
                        "multifocal",
                    ),
                ),
                Group(
                    title=_("Grade"),
                    fields=(
                        "differentiation_score",
                        "mitosis_score",
                        "necrosis_score",
                        "grade",
                    ),
                ),
                Group(
                    title=_("Size and stage"),
                    fields=(
                        "size_cm",
                        "depth",
                        "ajcc_edition",
                        "t_category",
                        "n_category",
                        "m_category",
                        "ajcc_stage",
                        "metastatic_at_diagnosis",
                    ),
                ),
            ),
        ),
    ),
)
