"""Who asks: the person of a token, or of a session in the browser (for the pages about the API)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from registry.models import ApiToken, User

if TYPE_CHECKING:
    # Settings name this module, and the views of the framework read the settings.
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    """The person whom the middleware has found by the token."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Person and token; None for a request without one."""
        token = getattr(request._request, "api_token", None)
        return None if token is None else (token.user, token)

    def authenticate_header(self, request: Request) -> str:
        """What a stranger is asked for."""
        return "Token"


class MayUseApi(BasePermission):
    """Signed-in people; a token for reading does not write."""

    message: Any = None

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the request may go on; what it may see and write is decided further on."""
        if not (request.user.is_authenticated and request.user.is_active):
            return False
        token = request.auth
        if request.method in SAFE_METHODS or not isinstance(token, ApiToken) or token.may_write:
            return True
        self.message = _("This token only reads.")
        return False
