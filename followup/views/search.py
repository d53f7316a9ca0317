"""The search in the head of every page."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from followup.selectors.search import find_patients

LONGEST = 200


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """To the only patient found, or to the grid with all of them.

    Sent by POST, so that names and record numbers stay out of addresses, logs and histories; to
    the grid go their blind indexes.
    """
    text = request.POST.get("text", "")[:LONGEST].replace("\0", "").strip()
    hits = find_patients(text)
    if hits.pseudonym:
        return HttpResponseRedirect(reverse("registry:patient", args=[hits.pseudonym]))
    if hits.found or hits.part:
        query = {"found": hits.found} if hits.found else {"search": hits.part}
        return HttpResponseRedirect(reverse("followup:grid", query=query))
    return render(request, "followup/search.html", {"text": text})
