"""Who changed what, when and why: told by the services, written by database triggers."""

from registry.audit.context import AuditContext, current_context, recorded

__all__ = ["AuditContext", "current_context", "recorded"]
