"""The dose language of a study in words: unit, model of the RBE, α/β."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from analytics.artefacts.labels import code_label
from analytics.cohort import Cohort
from registry.number_text import decimal
from registry.protocols.vocabulary import DoseUnit


def bed_name(alpha_beta_gy: float) -> str:
    """ "BED10": the biologically effective dose with α/β = 10 Gy."""
    return _("BED%(alpha_beta)s") % {"alpha_beta": dose_text(alpha_beta_gy)}


def dose_text(dose_gy: float) -> str:
    """ "45", "70.4": as many decimals as the dose has, two at most."""
    digits = next(n for n in (0, 1, 2) if n == 2 or round(dose_gy, n) == round(dose_gy, 2))
    return decimal(dose_gy, digits)


def dose_notes(cohort: Cohort) -> Iterator[str]:
    """Unit and RBE model; the formulas of BED and EQD2 with their α/β."""
    dose = cohort.protocol.dose
    if dose.unit is DoseUnit.GY_RBE:
        yield _(
            "Doses are RBE-weighted, in Gy(RBE), by the model %(models)s; they cannot be compared "
            "with photon doses, nor between models."
        ) % {"models": _models(cohort)}
    else:
        yield _("Doses are in Gy.")
    yield _(
        "BED = n·d·(1 + d/(α/β)) and EQD2 = n·d·(d + α/β)/(2 Gy + α/β) of n fractions of d each; "
        "α/β = %(tumour)s Gy for tumour, %(normal)s Gy for normal tissue."
    ) % {
        "tumour": dose_text(dose.alpha_beta_tumour),
        "normal": dose_text(dose.alpha_beta_normal),
    }


def _models(cohort: Cohort) -> str:
    """The models on file, the most frequent first; that of the protocol where none is."""
    models = cohort.courses["rbe_model"]
    found = models[models != ""].value_counts()
    if len(found):
        return ", ".join(code_label("rbe_model", str(code)) for code in found.index)
    if cohort.protocol.dose.rbe_model:
        return code_label("rbe_model", cohort.protocol.dose.rbe_model)
    return _("not named")
