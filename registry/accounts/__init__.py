"""Signing in: lockout, second factors, limits of sessions, single sign-on."""
