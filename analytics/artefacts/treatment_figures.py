"""Which figures of a treatment are shown, by course, by target and by lesion."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.artefacts.dose_words import bed_name
from analytics.cohort import Cohort


@dataclass(frozen=True)
class Quantity:
    """A number column with its label, which names the unit, and its decimals."""

    column: str
    label: str
    digits: int = 1


def doses(cohort: Cohort, prefix: str = "") -> Iterator[Quantity]:
    """Dose figures of courses, or (``prefix`` "lesion_") of lesions."""
    dose = cohort.protocol.dose
    unit = str(dose.unit)
    bed_tumour, bed_normal = bed_name(dose.alpha_beta_tumour), bed_name(dose.alpha_beta_normal)
    yield Quantity(f"{prefix}dose_gy", _("Total dose (%(unit)s)") % {"unit": unit})
    yield Quantity(f"{prefix}fraction_count", _("Fractions"))
    yield Quantity(f"{prefix}dose_per_fraction_gy", _("Fraction size (%(unit)s)") % {"unit": unit})
    for name, figure in (
        (f"{prefix}bed_tumour_gy", bed_tumour),
        (f"{prefix}bed_normal_gy", bed_normal),
        (f"{prefix}eqd2_tumour_gy", _("EQD2, tumour")),
    ):
        yield Quantity(name, _("%(figure)s (%(unit)s)") % {"figure": figure, "unit": unit})
    yield Quantity(f"{prefix}term_days", _("Treatment term (days)"))


def of_courses(cohort: Cohort) -> Iterator[Quantity]:
    """What is delivered around the dose: interruptions, rhythm, boost."""
    unit = str(cohort.protocol.dose.unit)
    yield Quantity("fractions_per_week", _("Fractions per week"))
    yield Quantity("interruption_days", _("Interruption (days)"))
    yield Quantity("boost_dose_gy", _("Boost dose (%(unit)s)") % {"unit": unit})


def of_targets(cohort: Cohort, *, with_gtv: bool) -> Iterator[Quantity]:
    """Volumes and the quality of the plan; the GTV only where lesions do not show theirs."""
    unit = str(cohort.protocol.dose.unit)
    if with_gtv:
        yield Quantity("gtv_cm3", _("GTV (cm³)"))
    yield Quantity("ctv_cm3", _("CTV (cm³)"))
    yield Quantity("itv_cm3", _("ITV (cm³)"))
    yield Quantity("ptv_cm3", _("PTV (cm³)"))
    yield Quantity("isodose_percent", _("Prescription isodose (%)"))
    yield Quantity("coverage_percent", _("PTV coverage (%)"))
    yield Quantity("ptv_d95_gy", _("D95 of the PTV (%(unit)s)") % {"unit": unit})
    yield Quantity("gtv_d99_gy", _("D99 of the GTV (%(unit)s)") % {"unit": unit})
    yield Quantity("conformity_index", _("Conformity index (CI)"), 2)
    yield Quantity("new_conformity_index", _("New conformity index (nCI)"), 2)
    yield Quantity("homogeneity_index", _("Homogeneity index (HI)"), 2)
