"""Ending reminder mails by the link in one of them, without signing in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from followup.models import ReminderWish
from followup.services.wishes import unsubscribe as end_reminders
from followup.unsubscribe import user_of
from registry.models import User

GONE = 410


@csrf_exempt
@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or end the mails at once for a mail program (RFC 8058); 410 for a link that is no good.

    A mail program has no token against forged requests, its request needs none: who sends it knows
    the signed link.
    """
    user = user_of(token)
    if user is not None and request.POST.get("List-Unsubscribe") == "One-Click":
        end_reminders(user, now=timezone.now())
        return HttpResponse(status=204)
    return _page(request, user)


@csrf_protect
def _page(request: HttpRequest, user: User | None) -> HttpResponse:
    if user is None:
        return render(request, "followup/unsubscribe.html", {"person": None}, status=GONE)
    if request.method == "POST":
        end_reminders(user, now=timezone.now())
        return HttpResponseRedirect(request.path)
    is_off = ReminderWish.objects.filter(user=user, unsubscribed_at__isnull=False).exists()
    context = {"person": user, "is_off": is_off}
    return render(request, "followup/unsubscribe.html", context)
