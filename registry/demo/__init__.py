"""The demo registry: five synthetic studies at five centres that do not exist."""

from registry.demo.logins import DEMO_LOGINS, DemoLogin

__all__ = ["DEMO_LOGINS", "DemoLogin"]
