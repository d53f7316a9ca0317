"""Pages that show single patients behind the answers, to those who read their cases."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from analytics.address import read_data_cut
from analytics.artefacts.censoring_audit import censoring_audit as audit_of
from analytics.artefacts.dvh_table import dvh_table
from analytics.artefacts.parts import Artefact
from analytics.cohort.read import read_cohort, read_patient
from analytics.render import artefact_html
from registry.models import Enrolment, Patient
from registry.selectors.studies import reads_cases_of, sees_whole_study, visible_studies


@require_safe
def censoring_audit(request: HttpRequest, key: str, endpoint: str) -> HttpResponse:
    """How each row of an endpoint ended, under pseudonyms.

    ``?cut=`` is the data cut. 404 for another's study and an endpoint that its protocol has not.

    Raises:
        PermissionDenied: to those who see figures of the study, and not its cases.
    """
    study = get_object_or_404(visible_studies(), key=key)
    if not reads_cases_of(study):
        raise PermissionDenied(_("None of your roles lets you read the cases of this study."))
    data_cut, problems = read_data_cut(request.GET, allowed=not study.dates_are_relative)
    cohort = read_cohort(study, data_cut=data_cut)
    try:
        artefact = audit_of(
            cohort, endpoint_code=endpoint, today=timezone.localdate(), row_access=True
        )
    except LookupError:
        raise Http404 from None
    context = {
        "study": study,
        "whole_study": sees_whole_study(study),
        "endpoints": cohort.protocol.endpoints,
        "endpoint": cohort.protocol.endpoint(endpoint),
        "problems": problems,
        "data_cut": data_cut,
        "content": artefact_html(artefact),
    }
    return render(request, "analytics/censoring_audit.html", context)


@require_safe
def dose_volume(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """Dose-volume figures of a patient, structure by structure; 404 for one who is not visible."""
    patient = get_object_or_404(Patient.objects.live(), pseudonym=pseudonym)
    shown = [
        (one.title, f"structure-{place}", artefact_html(one))
        for place, one in enumerate(_structures(patient), start=1)
    ]
    return render(request, "analytics/dose_volume.html", {"patient": patient, "shown": shown})


def _structures(patient: Patient) -> list[Artefact]:
    """A table for each structure that has figures; [] of a patient without any, or no study."""
    enrolment = Enrolment.objects.live().filter(patient=patient).order_by("pk").first()
    if enrolment is None:
        return []
    cohort = read_patient(enrolment.study, patient)
    names = sorted(set(cohort.dose_metrics["structure"]), key=str.casefold)
    return [
        dvh_table(cohort, pseudonym=patient.pseudonym, structure=name)
        for name in {name.casefold(): name for name in names}.values()
    ]
