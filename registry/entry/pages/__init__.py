"""The entry pages, one module each, in the order the work is done."""

from __future__ import annotations

from registry.entry.pages.assessment import ASSESSMENT
from registry.entry.pages.baseline import BASELINE
from registry.entry.pages.course import COURSE
from registry.entry.pages.death import DEATH
from registry.entry.pages.disease import DISEASE
from registry.entry.pages.enrolment import ENROLMENT
from registry.entry.pages.lesions import LESIONS
from registry.entry.pages.loss import LOSS
from registry.entry.pages.patient import IDENTITY, PATIENT
from registry.entry.pages.progression import PROGRESSION
from registry.entry.pages.toxicity import TOXICITY
from registry.entry.pages.treatment import TREATMENT
from registry.entry.pages.withdrawal import WITHDRAWAL
from registry.entry.spec import Page

PAGES: dict[str, Page] = {
    page.key: page
    for page in (
        PATIENT,
        IDENTITY,
        ENROLMENT,
        BASELINE,
        DISEASE,
        TREATMENT,
        LESIONS,
        COURSE,
        ASSESSMENT,
        TOXICITY,
        PROGRESSION,
        DEATH,
        LOSS,
        WITHDRAWAL,
    )
}
"""Every page by its key."""

WORK_ORDER = (
    "new-patient",
    "baseline",
    "disease",
    "treatment",
    "lesions",
    "course",
    "assessment",
)
"""Forms of a new case one after the other: "Save and next" follows it."""


def next_page(key: str) -> Page | None:
    """The form after this one in the order of work; None after the last and for other forms."""
    if key not in WORK_ORDER[:-1]:
        return None
    return PAGES.get(WORK_ORDER[WORK_ORDER.index(key) + 1])
