"""Pieces of signing in that the environment decides: second factors, single sign-on, proxies."""

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

SINGLE_SIGN_ON = "sso"
"""The single sign-on's part in addresses: ``/login/sso/``."""


def single_sign_on(env: Env) -> dict[str, Any]:
    """The OpenID Connect provider of OIDC_ISSUER; nothing when none is named.

    Raises:
        ImproperlyConfigured: when only a part of what it needs is there, or it is not encrypted.
    """
    issuer = env.str("OIDC_ISSUER", default="").rstrip("/")
    client = {
        "OIDC_CLIENT_ID": env.str("OIDC_CLIENT_ID", default=""),
        "OIDC_CLIENT_SECRET": env.str("OIDC_CLIENT_SECRET", default=""),
    }
    if not issuer:
        return {}
    missing = [name for name, value in client.items() if not value]
    if missing:
        raise ImproperlyConfigured(f"OIDC_ISSUER is set; missing beside it: {', '.join(missing)}")
    if not issuer.startswith("https://"):
        raise ImproperlyConfigured("OIDC_ISSUER must start with https://")
    app = {
        "provider_id": SINGLE_SIGN_ON,
        "name": sign_on_name(env),
        "client_id": client["OIDC_CLIENT_ID"],
        "secret": client["OIDC_CLIENT_SECRET"],
        "settings": {"server_url": issuer},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}


def sign_on_name(env: Env) -> str:
    """What the button of the single sign-on says."""
    return env.str("OIDC_NAME", default="") or "single sign-on"


def form_targets(env: Env) -> list[str]:
    """Origins beside our own that a form may lead to: that of the single sign-on."""
    parts = urlsplit(env.str("OIDC_ISSUER", default=""))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []
