"""A case as PDF, to read, to sign on paper, to archive."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from registry.case import load_case
from registry.models import Patient
from registry.pdf.case import case_document
from registry.selectors.marks import marks_of


@require_safe
def case_pdf(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """The case of a patient of the reader's scope; 404 for others."""
    patients = Patient.objects.live().select_related("centre")
    patient = get_object_or_404(patients, pseudonym=pseudonym)
    document = case_document(load_case(patient), marks_of(patient), at=timezone.now())
    name = re.sub(r"[^\w.-]+", "-", patient.pseudonym)
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf") or ""
    return response
