"""Pages of those who keep accounts and centres."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse

from registry.models import User
from registry.permissions import require_account_keeper


def account_keepers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for everybody whom no role allows to keep accounts and centres."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require_account_keeper(cast(User, request.user))
        return view(request, *args, **kwargs)

    return guarded
